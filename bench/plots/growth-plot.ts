import type { MeasuredSize } from '../growth/measured-size.ts';
import { median } from '../measure.ts';
import { readResults } from '../results.ts';
import type { DrawnPlot } from './every-plot.ts';
import { linePlot } from './line-plot.ts';

/** Storing and retrieving as the database grows, from the raw values of `npm run bench:growth`. */
export const growthPlot: DrawnPlot = { file: 'growth.svg', draw };

function draw(): string {
  const { raw, machine } = readResults<MeasuredSize[]>('growth');
  const series = (name: string, of: (size: MeasuredSize) => number[]) => ({
    name,
    points: raw.map((size): [number, number] => [size.memories, median(of(size))]),
  });
  return linePlot({
    title: 'Storing and retrieving as the database grows',
    note: `medians, through the server; ${machine}`,
    x: { label: 'memories', scale: 'log' },
    y: { label: 'milliseconds' },
    series: [
      series('store, its embedding included', ({ store }) => store),
      series('retrieve beyond its embedding', ({ retrieveBeyondEmbedding }) => retrieveBeyondEmbedding),
      series('of it the scan', ({ scan }) => scan),
    ],
  });
}
