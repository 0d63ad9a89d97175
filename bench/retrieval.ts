/**
 * npm run bench:retrieval -- DATA_DIR [--sets a,b] [--sample N] [--runs FOLDER]
 *
 * Stores public data sets with known answers and asks their questions, through the real server over stdio, next to
 * full text alone and vectors alone on the same database. DATA_DIR holds a folder a set: locomo (LoCoMo), beam
 * (BEAM 100K), nl2code (CodeRAG-Bench), devbench (doobidoo/mcp-memory-service), replay (logs of
 * noahshinn/reflexion). Then 60 questions of each other set are asked, to which "nothing" is the right answer.
 *
 * --sets a,b     some of the sets; the questions of the others are still asked
 * --sample N     about N rows of each set: quick, and easier than all of them
 * --runs FOLDER  also writes the ranked ids of each arm, SET.ARM.jsonl, one JSON line a question; and in
 *                SET.ltmc-abstain.jsonl what was said of the answers, the questions of other sets among them
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { OnnxEmbedder } from '../src/embedding/onnx-embedder.ts';
import { packageRoot } from '../src/package-root.ts';
import { openSqliteStore } from '../src/storage/sqlite/sqlite-store.ts';
import { machine } from './measure.ts';
import { Progress } from './replay/progress.ts';
import { printScores, writeRun } from './replay/ranked-answers.ts';
import { askSet, askSingleArms, storeSet } from './retrieval/asked-set.ts';
import { type DataSet, readDataSet } from './retrieval/data-sets.ts';
import { foreignQuestions } from './retrieval/foreign-questions.ts';
import { askReplay } from './retrieval/replay-set.ts';
import { printSetScores, printSilence } from './retrieval/set-scores.ts';
import { StdioServer } from './stdio-server.ts';
import './usage.ts';

const allSets = ['locomo', 'beam', 'nl2code', 'devbench', 'replay'];
const usage = 'Usage: npm run bench:retrieval -- DATA_DIR [--sets a,b] [--sample N] [--runs FOLDER]';
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sets: { type: 'string' }, sample: { type: 'string' }, runs: { type: 'string' } },
});
const [dataFolder] = positionals;
const chosen = values.sets?.split(',') ?? allSets.filter((name) => existsSync(join(dataFolder ?? '', name)));
const unknown = chosen.filter((name) => !allSets.includes(name));
if (dataFolder === undefined || unknown.length > 0) {
  console.error(unknown.length > 0 ? `Unknown: ${unknown.join(', ')}\n${usage}` : usage);
  process.exit(2);
}
const sample = values.sample === undefined ? null : Number(values.sample);
if (values.runs !== undefined) mkdirSync(values.runs, { recursive: true });
console.log(machine());
for (const name of chosen) {
  const folder = mkdtempSync(join(tmpdir(), 'ltmc-retrieval-'));
  try {
    if (name === 'replay') await measureReplay(dataFolder, folder);
    else await measureSet(readDataSet(dataFolder, name, sample), dataFolder, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureSet(set: DataSet, data: string, folder: string): Promise<void> {
  const { name, items, questions } = set;
  console.log(`\n${name}: ${items.length} rows, ${questions.length} questions\n`);
  const server = await startedServer(folder);
  const itemOfRow = await storeSet(server, set, new Progress(`${name}, rows`, items.length));
  const conversations = [...new Set(items.map(({ conversation }) => conversation))];
  const others = foreignQuestions(data, allSets, name, conversations);
  const progress = new Progress(`${name}, questions`, questions.length + others.length);
  const answers = await askSet(server, set, questions, itemOfRow, progress);
  const foreign = await askSet(server, set, others, itemOfRow, progress);
  await server.end();

  const store = await openSqliteStore({ path: databaseIn(folder) });
  const embedder = new OnnxEmbedder({});
  const armsProgress = new Progress(`${name}, single arms`, questions.length);
  const single = await askSingleArms(store, embedder, set, itemOfRow, armsProgress);
  await embedder.close();
  await store.close();

  const arms = new Map([['ltmc', answers], ...single]);
  printSetScores(set, arms);
  console.log();
  printSilence(answers, foreign);
  writeRuns(name, arms, [...answers, ...foreign]);
}

async function measureReplay(data: string, folder: string): Promise<void> {
  const server = await startedServer(folder);
  const others = foreignQuestions(data, allSets, 'replay', ['replay']);
  const { arms, foreign } = await askReplay(server, data, sample, others, databaseIn(folder));
  printScores(arms);
  console.log();
  const own = arms.get('ltmc') ?? [];
  printSilence(own, foreign);
  writeRuns('replay', arms, [...own, ...foreign]);
}

interface Ranked {
  query: { id: string };
  ranked: string[];
  confidence?: string;
}

function writeRuns(
  set: string,
  arms: ReadonlyMap<string, readonly Ranked[]>,
  judged: readonly Ranked[],
): void {
  if (values.runs === undefined) return;
  const file = (arm: string) => join(values.runs as string, `${set}.${arm.replaceAll(' ', '-')}.jsonl`);
  // With include_weak every question has a list: what was said of it stands in a run of its own.
  for (const [arm, each] of arms) writeRun(file(arm), each, 'ranked');
  writeRun(file('ltmc abstain'), judged, 'judged');
}

async function startedServer(folder: string): Promise<StdioServer> {
  const server = new StdioServer([process.execPath, join(packageRoot, 'dist', 'cli.js'), 'serve'], {
    HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
    LTMC_DB: databaseIn(folder),
  });
  await server.initialize();
  // The model loads with the first call that needs it.
  await server.call('retrieve_memory', { query: 'warm up', project: 'warm up' });
  return server;
}

function databaseIn(folder: string): string {
  return join(folder, 'ltmc.db');
}
