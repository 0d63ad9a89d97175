/** Pictures of what bench:peers measured. */
import { median } from '../measure.ts';
import type { GrowthSample, SizeSample } from '../peers/growth.ts';
import type { MemorySample } from '../peers/memory.ts';
import type { Samples } from '../peers/rounds.ts';
import type { QualityResults, StartResults, WritesResults } from '../peers/tables.ts';
import { readResults } from '../results.ts';
import { shownNumber } from './axis.ts';
import { barPlot } from './bar-plot.ts';
import type { DrawnPlot } from './every-plot.ts';
import { linePlot } from './line-plot.ts';

export const peerPlots: DrawnPlot[] = [
  { file: 'peers-start.svg', draw: startPlot },
  { file: 'peers-writes.svg', draw: writesPlot },
  { file: 'peers-memory.svg', draw: memoryPlot },
  {
    file: 'peers-store.svg',
    draw: () => growthPlot('Storing one more note', ({ storeProcessorMs }) => storeProcessorMs),
  },
  {
    file: 'peers-search.svg',
    draw: () => growthPlot('One search', ({ searchProcessorMs }) => searchProcessorMs),
  },
  { file: 'peers-quality.svg', draw: qualityPlot },
];

function startPlot(): string {
  const { started } = readResults<StartResults>('peers-start').raw;
  return barPlot({
    title: 'From process start',
    note: 'Fresh processes; each dot is one of them, the bar ends at the median.',
    x: { label: 'ms' },
    groups: Object.entries(started).map(([name, samples]) => ({
      name,
      bars: [
        { name: 'to the list of tools', samples: samples.map(({ listedMs }) => listedMs) },
        { name: 'to a first search', samples: samples.map(({ searchedMs }) => searchedMs) },
      ].filter((bar) => bar.samples.some(isNumber)),
    })),
  });
}

function writesPlot(): string {
  const { writes, pipelined, twoProcesses } = readResults<WritesResults>('peers-writes').raw;
  const share = (samples: { kept: number }[] = [], asked: number) =>
    samples.map(({ kept }) => (100 * kept) / asked);
  return barPlot({
    title: 'Writes that are there afterwards',
    note: 'Of those asked for, percent. Each dot is one round.',
    x: { label: '%', max: 100 },
    groups: Object.keys(pipelined).map((name) => ({
      name,
      bars: [
        { name: `${writes} at once in one process`, samples: share(pipelined[name], writes) },
        { name: `${writes} in each of two processes`, samples: share(twoProcesses[name], 2 * writes) },
      ],
    })),
  });
}

function memoryPlot(): string {
  const memory = readResults<Samples<MemorySample>>('peers-memory').raw;
  return barPlot({
    title: 'Memory of a server with all its processes',
    note: 'Used: after 50 notes were stored and searched. Ten idle ones: shared pages counted once.',
    x: { label: 'MB' },
    groups: Object.entries(memory).map(([name, samples]) => ({
      name,
      bars: [
        { name: 'idle', samples: samples.map(({ idle }) => idle.residentMegabytes) },
        { name: 'used', samples: samples.map(({ used }) => used.residentMegabytes) },
        { name: 'ten idle ones', samples: samples.map(({ together }) => together.proportionalMegabytes) },
      ],
    })),
  });
}

function growthPlot(title: string, of: (size: SizeSample) => number): string {
  const growth = readResults<Samples<GrowthSample>>('peers-growth').raw;
  return linePlot({
    title,
    note: 'Processor time of all processes of the server, on average; notes of 200 characters.',
    x: { label: 'notes stored', scale: 'log' },
    y: { label: 'ms', scale: 'log' },
    series: Object.entries(growth).map(([name, samples]) => {
      const sizes = samples[0]?.sizes.map(({ notes }) => notes) ?? [];
      return {
        name,
        points: sizes.map((notes): [number, number] => [
          notes,
          median(samples.flatMap((sample) => sample.sizes.filter((size) => size.notes === notes).map(of))),
        ]),
      };
    }),
  });
}

function qualityPlot(): string {
  const quality = readResults<QualityResults>('peers-quality').raw;
  const names: Record<string, string> = { devbench: 'DevBench', nl2code: 'tasks to code' };
  const arms = [...new Set(Object.values(quality).flatMap((each) => each.map(({ arm }) => arm)))];
  return barPlot({
    title: 'Recall among the first five hits',
    note: Object.entries(quality)
      .map(([set, [arm]]) => `${names[set] ?? set}: ${shownNumber(arm?.questions ?? 0)} questions`)
      .join('; '),
    x: { label: 'recall@5', max: 1 },
    groups: arms.map((arm) => ({
      name: arm,
      bars: Object.entries(quality).map(([set, each]) => {
        const found = each.find((one) => one.arm === arm)?.recallAt5;
        return {
          name: names[set] ?? set,
          samples: found === undefined ? [] : [found],
          text: found?.toFixed(2) ?? '',
        };
      }),
    })),
  });
}

/** What was not measured is null once it was kept as JSON. */
function isNumber(value: number | null): boolean {
  return value !== null && Number.isFinite(value);
}
