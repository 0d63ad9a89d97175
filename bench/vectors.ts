/**
 * The vectors in memory: search times, recall against the full vectors, memory and the cost of one more, at several
 * sizes, beside faiss's exact scan over the same vectors; and opening a database with and without its file of vectors.
 *
 *     npm run bench:vectors -- [--python PYTHON] [--sizes 10000,100000,1000000] [--open 100000] [--rounds 3] [--keep]
 *
 * PYTHON is one with faiss-cpu and numpy; without it faiss is left out. The vectors: what the model makes of pieces of
 * real prose and code, and mixtures of them (bench/vectors/mixed-set.ts). Every measurement is a process of its own, the order
 * turned round each round.
 *
 * --open N  the size of the database that is opened     --real N  of the vectors, so many are the model's
 * --keep    keeps the raw values in bench/results
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine, median, printTable, quantile } from './measure.ts';
import { writeResults } from './results.ts';
import { writeMixedSet } from './vectors/mixed-set.ts';
import { measureOpen, type OpenFigures, writeDatabase } from './vectors/open.ts';
import { realVectors } from './vectors/real-vectors.ts';
import type { ScanFigures } from './vectors/scan.ts';
import './usage.ts';

const { values } = parseArgs({
  options: {
    python: { type: 'string' },
    sizes: { type: 'string', default: '10000,100000,1000000' },
    open: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '3' },
    real: { type: 'string', default: '5800' },
    keep: { type: 'boolean', default: false },
  },
});
const sizes = values.sizes.split(',').map(Number);
const openSize = Number(values.open);
const queryCount = 200;
const searches = 50;

const folder = mkdtempSync(join(tmpdir(), 'ltmc-bench-vectors-'));
const [vectorsPath, queriesPath, databasePath] = ['set.f32', 'queries.f32', 'ltmc.db'].map((name) =>
  join(folder, name),
) as [string, string, string];
const bench = import.meta.dirname;

function run<Figures>(command: string, args: readonly (string | number)[]): Figures {
  const output = execFileSync(command, args.map(String), {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(output) as Figures;
}

const arm = <Figures>(...args: (string | number)[]) =>
  run<Figures>(process.execPath, ['--expose-gc', join(bench, 'vectors', 'arm.ts'), ...args]);

const faiss = (count: number, threads: number) =>
  run<{ searchMs: number[] }>(values.python as string, [
    join(bench, 'vectors', 'faiss_scan.py'),
    vectorsPath,
    queriesPath,
    count,
    searches,
    threads,
  ]);

const raw: {
  scan: Record<number, ScanFigures[]>;
  faiss: Record<string, number[][]>;
  open: Record<'with' | 'without', OpenFigures[]>;
} = {
  scan: Object.fromEntries(sizes.map((count) => [count, []])),
  faiss: {},
  open: { with: [], without: [] },
};

try {
  const real = await realVectors(Number(values.real) + queryCount);
  const queries = Buffer.concat(real.slice(-queryCount).map((query) => new Uint8Array(query.slice().buffer)));
  writeFileSync(queriesPath, queries);
  writeMixedSet(vectorsPath, real.slice(0, -queryCount), Math.max(...sizes, openSize));

  for (let round = 0; round < Number(values.rounds); round++) {
    for (const count of sizes) {
      const arms = [
        () => raw.scan[count]?.push(arm('scan', vectorsPath, queriesPath, count, searches)),
        ...(values.python === undefined
          ? []
          : [1, 2].map((threads) => () => {
              const key = `${count} vectors, ${threads} threads`;
              raw.faiss[key] = [...(raw.faiss[key] ?? []), faiss(count, threads).searchMs];
            })),
      ];
      for (const measure of round % 2 === 0 ? arms : arms.reverse()) measure();
    }
  }

  await writeDatabase(databasePath, vectorsPath, openSize);
  await measureOpen(databasePath, real[0] as Float32Array, true);
  for (let round = 0; round < Number(values.rounds); round++) {
    const arms = [
      () => raw.open.with.push(arm('open-with-file', databasePath, queriesPath)),
      () => raw.open.without.push(arm('open-without-file', databasePath, queriesPath)),
    ];
    for (const measure of round % 2 === 0 ? arms : arms.reverse()) measure();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

console.log(machine());
const faissOf = (count: number, threads: number) =>
  (raw.faiss[`${count} vectors, ${threads} threads`] ?? []).flat();
printTable(
  [
    'vectors',
    'search, ms',
    'p95',
    'faiss, 1 thread',
    'faiss, 2 threads',
    'recall@10',
    'bytes each',
    'add, us',
  ],
  sizes.map((count) => {
    const figures = raw.scan[count] ?? [];
    const searchMs = figures.flatMap((one) => one.searchMs);
    return [
      count,
      median(searchMs),
      quantile(searchMs, 0.95),
      median(faissOf(count, 1)),
      median(faissOf(count, 2)),
      Math.min(...figures.map(({ recallAt10 }) => recallAt10)).toFixed(4),
      Math.round(median(figures.map(({ bytesPerVector }) => bytesPerVector))),
      median(figures.flatMap(({ addMs }) => addMs)) * 1_000,
    ];
  }),
);
console.log(`\nOpening a database of ${openSize} vectors, medians, ms\n`);
printTable(
  ['', 'first answer', 'second', 'longest pause'],
  (['with', 'without'] as const).map((which) => [
    `${which} the file`,
    ...(['firstAnswerMs', 'secondAnswerMs', 'longestPauseMs'] as const).map((name) =>
      median(raw.open[which].map((figures) => figures[name])),
    ),
  ]),
);
const command = `npm run bench:vectors -- --sizes ${values.sizes} --open ${openSize} --rounds ${values.rounds}`;
if (values.keep) console.error(writeResults('vectors', command, raw));
