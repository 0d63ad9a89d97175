/**
 * How fast a text becomes a vector: a short query, 512 characters, mixed texts a second, a query while a load
 * runs, the cold start, and what it costs in memory; with the processes that a load has by default and with one on
 * each core, beside sentence-transformers where Python has it, which also gets every core. Fresh processes, the
 * order turned round each round; medians, with the raw values behind them.
 *
 *   npm run bench:embedding -- [--rounds 5] [--python python3] [--reference-model FOLDER] [--keep]
 *
 * --keep  keeps the raw values in bench/results
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { bulkWorkerCount } from '../src/embedding/bulk-worker-count.ts';
import { limits } from '../src/limits.ts';
import type { EmbeddingFigures, EmbeddingTexts } from './embedding-process.ts';
import { machine, median } from './measure.ts';
import { writeResults } from './results.ts';
import './usage.ts';

const root = join(import.meta.dirname, '..');
const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    python: { type: 'string', default: 'python3' },
    'reference-model': { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});
const rounds = Number(flags.rounds);
/** Longer than the queries that are asked meanwhile take, on two cores and on eight. */
const loadTexts = 100 * Math.ceil(availableParallelism() / 2);
const texts = benchmarkTexts();

// Bundled like the product: types are not stripped while the clock runs.
const folder = join(root, 'node_modules', '.cache', 'ltmc-bench');
mkdirSync(folder, { recursive: true });
const program = join(folder, `embedding-process.${process.pid}.mjs`);
await build({
  absWorkingDir: root,
  entryPoints: ['bench/embedding-process.ts'],
  outfile: program,
  bundle: true,
  platform: 'node',
  format: 'esm',
  logLevel: 'error',
});

type Ours = EmbeddingFigures & { coldStartMs: number };

/** Processes for a load, by the name of the arm. */
const cores = availableParallelism();
const processes = { 'half the cores': bulkWorkerCount(null, cores), 'all cores': cores };
const ours: Record<keyof typeof processes, Ours[]> = { 'half the cores': [], 'all cores': [] };
const theirs: (EmbeddingFigures & { threads: number })[] = [];
let missing: string | null = null;

const arms: (() => Promise<void>)[] = [
  ...(Object.keys(processes) as (keyof typeof processes)[]).map((name) => async () => {
    const { lines, firstLineMs } = await run(process.execPath, [program, String(processes[name])]);
    ours[name].push({ ...(JSON.parse(lines[1]!) as EmbeddingFigures), coldStartMs: firstLineMs });
  }),
  async () => {
    if (missing !== null) return;
    const reference = await referenceFigures();
    if ('missing' in reference) missing = reference.missing;
    else theirs.push(reference);
  },
];

try {
  const [busyBefore] = loadavg();
  for (let round = 0; round < rounds; round++) {
    for (const arm of round % 2 === 0 ? arms : arms.toReversed()) await arm();
  }
  const [busyAfter] = loadavg();
  console.log(`Embedding, medians of ${rounds} fresh processes; ${machine()}`);
  console.log(`Load average before ${busyBefore?.toFixed(1)}, after ${busyAfter?.toFixed(1)}`);
  report();
  if (flags.keep) writeResults('embedding', 'npm run bench:embedding', { processes, ours, theirs });
} finally {
  rmSync(program);
}

function report(): void {
  const rows = [
    ['a short query', 'ms', (figures: EmbeddingFigures) => figures.queryMs],
    ['512 characters', 'ms', (figures: EmbeddingFigures) => figures.of512CharactersMs],
    ['mixed texts', 'a second', (figures: EmbeddingFigures) => figures.mixedTextsPerSecond],
  ] as const;
  for (const [name, unit, of] of rows) {
    if (theirs.length > 0) {
      console.log(
        `${name}: sentence-transformers, ${theirs[0]!.threads} threads: ${spread(theirs.map(of))} ${unit}`,
      );
    }
    for (const [arm, figures] of Object.entries(ours)) {
      const ratio =
        theirs.length === 0 ? '' : `; ratio ${(median(figures.map(of)) / median(theirs.map(of))).toFixed(3)}`;
      console.log(`${name}, ${arm}: ${spread(figures.map(of))} ${unit}${ratio}`);
    }
  }
  for (const [arm, figures] of Object.entries(ours)) {
    const under = figures.map(({ underLoad }) => underLoad!);
    const ratios = under.map(({ queryMs, idleMs }) => queryMs / idleMs);
    console.log(
      `a query in a load, ${arm}: ${spread(under.map(({ queryMs }) => queryMs))} ms at the median,`,
    );
    console.log(`  ${spread(under.map(({ queryP95Ms }) => queryP95Ms))} at the 95th percentile;`);
    console.log(`  idle ${spread(under.map(({ idleMs }) => idleMs))}, ratio ${spread(ratios)}`);
    console.log(`process start to first vector: ${spread(figures.map(({ coldStartMs }) => coldStartMs))} ms`);
    for (const moment of ['before', 'loaded', 'inLoad', 'afterLoad', 'givenBack'] as const) {
      console.log(
        `resident, ${arm}, ${moment}: ${spread(figures.map(({ residentMb }) => residentMb![moment]))} MB, ` +
          `shared pages in parts ${spread(figures.map(({ proportionalMb }) => proportionalMb![moment]))}`,
      );
    }
  }
  if (missing !== null)
    console.log(`No comparison: ${flags.python} has no sentence-transformers (${missing}).`);
}

function spread(values: readonly number[]): string {
  const digits = (value: number): string => value.toFixed(value < 100 ? 2 : 0);
  return `${digits(median(values))} [${values.map(digits).join(', ')}]`;
}

async function referenceFigures(): Promise<(EmbeddingFigures & { threads: number }) | { missing: string }> {
  const model = flags['reference-model'];
  const script = join(import.meta.dirname, 'embedding_reference.py');
  try {
    const { lines } = await run(flags.python, [script, ...(model === undefined ? [] : [model])]);
    return JSON.parse(lines.at(-1) ?? '{"missing": "it printed nothing"}') as
      | (EmbeddingFigures & { threads: number })
      | { missing: string };
  } catch (thrown) {
    return { missing: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** Runs a program with the texts on its stdin; when its first line came counts from before its start. */
function run(command: string, args: readonly string[]): Promise<{ lines: string[]; firstLineMs: number }> {
  return new Promise((resolve, reject) => {
    const begunMs = performance.now();
    let firstLineMs = 0;
    let output = '';
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    child.on('error', reject);
    child.stdin.on('error', () => {}); // It may end without reading.
    child.stdin.end(JSON.stringify(texts));
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      if (firstLineMs === 0) firstLineMs = performance.now() - begunMs;
      output += chunk;
    });
    child.on('close', (code) => {
      if (code === 0) resolve({ lines: output.trimEnd().split('\n'), firstLineMs });
      else reject(new Error(`${command} ended with ${code}`));
    });
  });
}

/** Distinct texts, so that nothing comes from a cache; the mixed ones are the golden cases and their halves. */
function benchmarkTexts(): EmbeddingTexts {
  const golden = JSON.parse(readFileSync(join(root, 'models', 'golden.json'), 'utf8')) as {
    cases: { text: string }[];
  };
  const cases = golden.cases.map(({ text }) => text);
  const prose = readFileSync(join(root, 'models', 'LICENSE'), 'utf8').replaceAll(/\s+/g, ' ');
  const subjects = [
    'memory',
    'store',
    'index',
    'model',
    'server',
    'worker',
    'query',
    'token',
    'vector',
    'chunk',
  ];
  const verbs = ['opened', 'closed', 'written', 'read', 'tested', 'found', 'lost', 'moved', 'named', 'used'];
  const distinct = (each: string[]): string[] => [...new Set(each)].filter((text) => text !== '');
  return {
    queries: subjects.flatMap((subject) => verbs.map((verb) => `where is the ${subject} ${verb}?`)),
    of512Characters: Array.from({ length: 30 }, (_, index) => prose.slice(index * 311, index * 311 + 512)),
    mixed: distinct([
      ...cases,
      ...cases.map((text) => text.slice(text.length >> 1)),
      ...cases.map((text) => text.slice(0, text.length >> 1)),
    ]),
    load: Array.from(
      { length: 2 * limits.bulkLoadTextsMin + loadTexts },
      (_, index) => `${index}: ${prose.slice((index * 97) % 9_000, ((index * 97) % 9_000) + 700)}`,
    ),
  };
}
