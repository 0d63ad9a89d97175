import { median } from '../measure.ts';
import { type Axis, placeAxis, shownNumber } from './axis.ts';
import { horizontalAxis, legend, pixels, plotWidth, seriesMax, svgFile, text, widthOf } from './frame.ts';

export interface BarPlot {
  title: string;
  /** One line below the title: what was measured, on what. */
  note?: string;
  x: Axis;
  /** A name at the left with its bars below each other. */
  groups: { name: string; bars: Bar[] }[];
}

export interface Bar {
  /** Bars of one name have one colour. */
  name: string;
  /** Every measurement; the bar ends at the median and each is drawn as a dot. None: the bar is left out. */
  samples: number[];
  /** Default: the median. */
  text?: string;
}

const barHeight = 16;
const groupGap = 12;

/** Horizontal bars in groups. */
export function barPlot({ title, note, x, groups }: BarPlot): string {
  const series = [...new Set(groups.flatMap(({ bars }) => bars.map(({ name }) => name)))];
  if (series.length > seriesMax)
    throw new Error(`Expected at most ${seriesMax} kinds, got ${series.length}.`);
  const below = note === undefined ? 40 : 58;
  // One kind needs no legend.
  const names = series.length > 1 ? legend(series, below) : { body: [], height: 0 };
  const top = below + names.height + 6;
  const left = 24 + Math.max(...groups.map(({ name }) => widthOf(name)));
  const right = plotWidth - 90;
  const heights = groups.map(({ bars }) => bars.length * barHeight + groupGap);
  const bottom = top + heights.reduce((sum, height) => sum + height, 0);
  const values = groups.flatMap(({ bars }) => bars.flatMap(({ samples }) => samples));
  const across = placeAxis(x, values, left, right);
  const body: string[] = [];
  let y = top;
  for (const { name, bars } of groups) {
    body.push(text(left - 8, y + (bars.length * barHeight) / 2 + 10, name, 'text-anchor="end"'));
    for (const bar of bars) {
      body.push(...drawn(bar, y + 6));
      y += barHeight;
    }
    y += groupGap;
  }
  return svgFile(title, note, bottom + 50, [...names.body, ...horizontalAxis(across, top, bottom), ...body]);

  function drawn({ name, samples, text: words }: Bar, barTop: number): string[] {
    const finite = samples.filter(Number.isFinite);
    if (finite.length === 0) return [text(left + 6, barTop + 11, words ?? 'not measured')];
    const kind = series.indexOf(name);
    const end = across.at(median(finite));
    const furthest = Math.max(end, ...finite.map(across.at));
    return [
      `<rect class="f${kind}" x="${pixels(left)}" y="${pixels(barTop)}" width="${pixels(Math.max(1, end - left))}" height="${barHeight - 3}" rx="2"/>`,
      ...(finite.length > 1 ? finite : []).map(
        (value) =>
          `<circle class="mark paper s${kind}" cx="${pixels(across.at(value))}" cy="${pixels(barTop + (barHeight - 3) / 2)}" r="2"/>`,
      ),
      text(furthest + 6, barTop + 11, words ?? shownNumber(median(finite))),
    ];
  }
}
