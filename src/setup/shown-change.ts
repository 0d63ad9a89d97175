import { diffLines } from 'diff';
import { limits } from '../limits.ts';

/**
 * The lines that go (`-`) and come (`+`). The lines around them are not shown, and a very long one is not
 * either: clients keep keys and a history in these files.
 */
export function shownChange(before: string, after: string): string[] {
  return diffLines(before, after).flatMap(({ added, removed, value }) => {
    if (!added && !removed) return [];
    const lines = value.replace(/\n$/, '').split(/\r?\n/);
    return lines.map((line) => `${added ? '+' : '-'} ${shortened(line)}`);
  });
}

function shortened(line: string): string {
  if (line.length <= limits.shownDiffLineCharactersMax) return line;
  return `(a line of ${line.length} characters)`;
}
