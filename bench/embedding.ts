/**
 * How fast a text becomes a vector: a short query, 512 characters, mixed texts a second, the cold start, and
 * what it costs in memory; beside sentence-transformers where Python has it. Every figure is the median over
 * fresh processes, the two programs in turn, with the raw values behind it.
 *
 *   npm run bench:embedding -- [--rounds 5] [--python python3] [--reference-model FOLDER]
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import type { EmbeddingFigures, EmbeddingTexts } from './embedding-process.ts';
import { machine, median } from './measure.ts';

const root = join(import.meta.dirname, '..');
const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    python: { type: 'string', default: 'python3' },
    'reference-model': { type: 'string' },
  },
});
const rounds = Number(flags.rounds);
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

try {
  const ours: (EmbeddingFigures & { coldStartMs: number })[] = [];
  const theirs: EmbeddingFigures[] = [];
  let missing: string | null = null;
  for (let round = 0; round < rounds; round++) {
    const { lines, firstLineMs } = await run(process.execPath, [program]);
    ours.push({ ...(JSON.parse(lines[1]!) as EmbeddingFigures), coldStartMs: firstLineMs });
    if (missing !== null) continue;
    const reference = await referenceFigures();
    if ('missing' in reference) missing = reference.missing;
    else theirs.push(reference);
  }
  report(ours, theirs, missing);
} finally {
  rmSync(program);
}

function report(
  ours: readonly (EmbeddingFigures & { coldStartMs: number })[],
  theirs: readonly EmbeddingFigures[],
  missing: string | null,
): void {
  console.log(`Embedding, medians of ${rounds} fresh processes; ${machine()}`);
  const rows = [
    ['a short query', 'ms', (figures: EmbeddingFigures) => figures.queryMs],
    ['512 characters', 'ms', (figures: EmbeddingFigures) => figures.of512CharactersMs],
    ['mixed texts', 'a second', (figures: EmbeddingFigures) => figures.mixedTextsPerSecond],
  ] as const;
  for (const [name, unit, of] of rows) {
    console.log(`${name}: ${spread(ours.map(of))} ${unit}`);
    if (theirs.length === 0) continue;
    const ratio = median(ours.map(of)) / median(theirs.map(of));
    console.log(`  sentence-transformers: ${spread(theirs.map(of))} ${unit}; ratio ${ratio.toFixed(3)}`);
  }
  console.log(`process start to first vector: ${spread(ours.map((figures) => figures.coldStartMs))} ms`);
  for (const moment of ['before', 'loaded', 'worked', 'givenBack'] as const) {
    console.log(`resident, ${moment}: ${spread(ours.map((figures) => figures.residentMb![moment]))} MB`);
  }
  if (missing !== null)
    console.log(`No comparison: ${flags.python} has no sentence-transformers (${missing}).`);
}

function spread(values: readonly number[]): string {
  const digits = (value: number): string => value.toFixed(value < 100 ? 2 : 0);
  return `${digits(median(values))} [${values.map(digits).join(', ')}]`;
}

async function referenceFigures(): Promise<EmbeddingFigures | { missing: string }> {
  const model = flags['reference-model'];
  const script = join(import.meta.dirname, 'embedding_reference.py');
  try {
    const { lines } = await run(flags.python, [script, ...(model === undefined ? [] : [model])]);
    return JSON.parse(lines.at(-1) ?? '{"missing": "it printed nothing"}') as
      | EmbeddingFigures
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
  return {
    queries: subjects.flatMap((subject) => verbs.map((verb) => `where is the ${subject} ${verb}?`)),
    of512Characters: Array.from({ length: 30 }, (_, index) => prose.slice(index * 311, index * 311 + 512)),
    mixed: [
      ...cases,
      ...cases.map((text) => text.slice(text.length >> 1)),
      ...cases.map((text) => text.slice(0, text.length >> 1)),
    ],
  };
}
