import { readResults } from '../results.ts';
import type { DrawnPlot } from './every-plot.ts';
import { linePlot } from './line-plot.ts';

/** Of one kind of question among so many notes: how far each answer was above (from 0 on) or below the threshold. */
interface Kept {
  rows: number;
  kind: 'right' | 'everyday' | 'technical' | 'software' | 'absent';
  excess: number[];
}

const lines = [
  ['the note is there: given', ['right'], true],
  ['everyday questions: silent', ['everyday'], false],
  ['other engineering: silent', ['technical'], false],
  ['other software: silent', ['software'], false],
] as const;

export const confidencePlots: DrawnPlot[] = [{ file: 'confidence.svg', draw: confidencePlot }];

function confidencePlot(): string {
  const { raw } = readResults<Kept[]>('confidence');
  const sizes = [...new Set(raw.map(({ rows }) => rows))];
  const share = (rows: number, kinds: readonly string[], given: boolean) => {
    const excess = raw
      .filter((kept) => kept.rows === rows && kinds.includes(kept.kind))
      .flatMap((kept) => kept.excess);
    return (100 * excess.filter((value) => value >= 0 === given).length) / excess.length;
  };
  return linePlot({
    title: 'What is said of short notes',
    note: '144 notes with a question each, 174 questions about something else; stores drawn at random',
    x: { label: 'notes in the store', scale: 'log' },
    y: { label: '% of questions', min: 80, max: 100 },
    series: lines.map(([name, kinds, given]) => ({
      name,
      points: sizes.map((rows): [number, number] => [rows, share(rows, kinds, given)]),
    })),
  });
}
