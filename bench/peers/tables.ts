/** The tables of bench:peers and of docs/benchmarks.md, made of raw results. */
import { median, quantile, tableText } from '../measure.ts';
import type { ProcessMemory } from '../process-memory.ts';
import type { GrowthSample } from './growth.ts';
import type { MemorySample } from './memory.ts';
import type { QualityArm } from './quality.ts';
import type { Samples } from './rounds.ts';
import type { StartSample, ToolList } from './start.ts';
import type { WritesSample } from './writes.ts';

export interface StartResults {
  started: Samples<StartSample>;
  lists: Record<string, ToolList>;
}

export interface WritesResults {
  writes: number;
  pipelined: Samples<WritesSample>;
  twoProcesses: Samples<WritesSample>;
}

export type QualityResults = Record<string, QualityArm[]>;

/** By the name of the section. Each takes what its section measured. */
export const peerTables = {
  start: startTable,
  calls: callsTable,
  writes: writesTable,
  memory: memoryTable,
  idle: idleTable,
  growth: growthTable,
  quality: qualityTables,
};
export type PeerSection = keyof typeof peerTables;

function startTable({ started, lists }: StartResults): string {
  return tableText(
    ['server', 'to tools/list, ms', 'to a first search, ms', 'tools', 'tools/list, kB', 'its tokens'],
    Object.entries(started).map(([name, samples]) => {
      const list = lists[name];
      return [
        name,
        whole(middle(samples, ({ listedMs }) => listedMs)),
        whole(middle(samples, ({ searchedMs }) => searchedMs)),
        ...(list === undefined
          ? ['', '', '']
          : [list.tools, (list.bytes / 1_000).toFixed(1), whole(list.tokens)]),
      ];
    }),
  );
}

function callsTable(calls: Samples<number[]>): string {
  return tableText(
    ['server', 'a warm call, median, ms', 'p95, ms'],
    Object.entries(calls).map(([name, samples]) => [
      name,
      median(samples.flat()),
      quantile(samples.flat(), 0.95),
    ]),
  );
}

function writesTable({ writes, pipelined, twoProcesses }: WritesResults): string {
  const kept = (samples: WritesSample[] = []) => samples.map(({ kept }) => kept).join(', ');
  const acknowledged = (samples: WritesSample[] = []) =>
    samples.map(({ acknowledged }) => acknowledged).join(', ');
  return tableText(
    [
      'server',
      `${writes} at once: acknowledged`,
      'kept',
      `2 processes, ${writes} each: acknowledged`,
      'kept',
    ],
    Object.keys(pipelined).map((name) => [
      name,
      acknowledged(pipelined[name]),
      kept(pipelined[name]),
      acknowledged(twoProcesses[name]),
      kept(twoProcesses[name]),
    ]),
  );
}

function memoryTable(memory: Samples<MemorySample>): string {
  const of = (samples: MemorySample[], which: keyof MemorySample, value: keyof ProcessMemory) =>
    whole(middle(samples, (sample) => sample[which][value]));
  return tableText(
    [
      'server',
      'processes',
      'idle, resident MB',
      'idle, proportional MB',
      'used, resident MB',
      'ten idle, proportional MB',
    ],
    Object.entries(memory).map(([name, samples]) => [
      name,
      of(samples, 'idle', 'processes'),
      of(samples, 'idle', 'residentMegabytes'),
      of(samples, 'idle', 'proportionalMegabytes'),
      of(samples, 'used', 'residentMegabytes'),
      of(samples, 'together', 'proportionalMegabytes'),
    ]),
  );
}

function idleTable(memory: ProcessMemory): string {
  return tableText(
    ['server', 'after its model was given back, resident MB'],
    [['ltmc', whole(memory.residentMegabytes)]],
  );
}

function growthTable(growth: Samples<GrowthSample>): string {
  const rows = Object.entries(growth).flatMap(([name, samples]) => {
    const sizes = samples[0]?.sizes.map(({ notes }) => notes) ?? [];
    return sizes.map((notes) => {
      const at = samples.flatMap((sample) => sample.sizes).filter((size) => size.notes === notes);
      const stores = at.flatMap(({ storeMs }) => storeMs);
      const searches = at.flatMap(({ searchMs }) => searchMs);
      const isLargest = notes === sizes.at(-1);
      const bytes = middle(samples, ({ diskBytes }) => diskBytes) / notes;
      return [
        name,
        notes.toLocaleString('en-US'),
        ...[
          median(stores),
          quantile(stores, 0.95),
          middle(at, ({ storeProcessorMs }) => storeProcessorMs),
          median(searches),
          quantile(searches, 0.95),
          middle(at, ({ searchProcessorMs }) => searchProcessorMs),
        ].map((ms) => (Number.isFinite(ms) ? ms.toFixed(1) : '')),
        isLargest ? whole(bytes) : '',
      ];
    });
  });
  return tableText(
    [
      'server',
      'notes',
      'store, ms',
      'p95',
      'processor',
      'search, ms',
      'p95',
      'processor',
      'bytes on disk a note',
    ],
    rows,
  );
}

function qualityTables(quality: QualityResults): string {
  return Object.entries(quality)
    .map(([set, arms]) => `${titles[set] ?? set}, ${arms[0]?.questions} questions\n\n${qualityTable(arms)}`)
    .join('\n\n');
}

const titles: Record<string, string> = {
  devbench: 'DevBench',
  nl2code: "CodeRAG-Bench's canonical sets",
};

function qualityTable(arms: readonly QualityArm[]): string {
  return tableText(
    [
      'server',
      'recall@1',
      'recall@5',
      'MRR',
      'silent where nothing answers',
      'bytes of an answer',
      'its tokens',
    ],
    arms.map((arm) => [
      arm.arm,
      arm.recallAt1.toFixed(3),
      arm.recallAt5.toFixed(3),
      arm.meanReciprocalRank.toFixed(3),
      arm.unanswerable === 0 ? '' : `${arm.silent} of ${arm.unanswerable}`,
      whole(arm.answerBytes),
      whole(arm.answerTokens),
    ]),
  );
}

/** A number that was not measured is null once it was kept as JSON. */
function whole(value: number | null): string {
  return value === null || !Number.isFinite(value) ? '' : Math.round(value).toLocaleString('en-US');
}

function middle<Sample>(samples: readonly Sample[], of: (sample: Sample) => number): number {
  return median(samples.map(of));
}
