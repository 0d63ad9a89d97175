import { type Axis, placeAxis } from './axis.ts';
import { gridLine, horizontalAxis, legend, pixels, plotWidth, seriesMax, svgFile, text } from './frame.ts';

export interface LinePlot {
  title: string;
  /** One line below the title: what was measured, on what. */
  note?: string;
  x: Axis;
  y: Axis;
  /** Points that are not finite leave a gap. `samples` are single measurements, drawn as dots around the line. */
  series: { name: string; points: [x: number, y: number][]; samples?: [x: number, y: number][] }[];
}

/** Lines over a common axis. */
export function linePlot({ title, note, x, y, series }: LinePlot): string {
  if (series.length > seriesMax)
    throw new Error(`Expected at most ${seriesMax} lines, got ${series.length}.`);
  const names = legend(
    series.map(({ name }) => name),
    note === undefined ? 40 : 58,
  );
  const top = (note === undefined ? 40 : 58) + names.height + 22;
  const bottom = top + 250;
  const left = 64;
  const right = plotWidth - 40;
  const all = series.flatMap(({ points, samples = [] }) => [...points, ...samples]);
  const across = placeAxis(
    x,
    all.map(([value]) => value),
    left,
    right,
  );
  const up = placeAxis(
    y,
    all.map(([, value]) => value),
    bottom,
    top,
  );
  return svgFile(title, note, bottom + 50, [
    ...names.body,
    ...up.ticks.flatMap((tick) => [
      gridLine(left, tick.at, right, tick.at),
      text(left - 8, tick.at + 4, tick.text, 'text-anchor="end"'),
    ]),
    text(16, top - 10, up.label),
    ...horizontalAxis(across, top, bottom),
    ...series.flatMap(({ points, samples = [] }, i) => [
      ...samples.filter(isPlace).map((sample) => dot(sample, 2, `mark f${i}`)),
      ...runs(points).map(
        (run) =>
          `<polyline class="line s${i}" points="${run.map(([a, b]) => `${pixels(across.at(a))},${pixels(up.at(b))}`).join(' ')}"/>`,
      ),
      // Of a curve of many points the dots would hide the line.
      ...(points.length > 30 ? [] : points.filter(isPlace).map((point) => dot(point, 3.5, `f${i}`))),
    ]),
  ]);

  function dot([a, b]: [number, number], radius: number, classes: string): string {
    return `<circle class="${classes}" cx="${pixels(across.at(a))}" cy="${pixels(up.at(b))}" r="${radius}"/>`;
  }
}

function isPlace([a, b]: [number, number]): boolean {
  return Number.isFinite(a) && Number.isFinite(b);
}

/** The stretches of points without a gap. */
function runs(points: readonly [number, number][]): [number, number][][] {
  const found: [number, number][][] = [[]];
  for (const point of points) {
    if (isPlace(point)) found.at(-1)?.push(point);
    else found.push([]);
  }
  return found.filter((run) => run.length > 0);
}
