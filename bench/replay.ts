/**
 * npm run bench:replay -- DATA_DIR [--sample N] [--runs FOLDER] [--grow N]
 *
 * Logs recorded code attempts with known outcomes and asks for them again, through the real server over stdio.
 * DATA_DIR holds replay/ with corpus.jsonl and queries.jsonl, or these two files themselves: logs of the code generation
 * runs of noahshinn/reflexion (MIT).
 *
 * 1. In order of time, with only earlier attempts visible: what is warned of, and what a failure is answered.
 * 2. Every query, beside full text alone and vectors alone on the same database: how often the first hit is an
 *    attempt at the right task, and how often one that passed. What a query excludes is archived meanwhile.
 * 3. With --grow N: how long storing and finding take among N attempts made from the recorded ones.
 *
 * --sample N     about N attempts, of evenly chosen tasks: quick, and easier than all of them
 * --runs FOLDER  also writes the ranked ids of each arm, one JSON line a query
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { OnnxEmbedder } from '../src/embedding/onnx-embedder.ts';
import { packageRoot } from '../src/package-root.ts';
import { openSqliteStore } from '../src/storage/sqlite/sqlite-store.ts';
import { machine } from './measure.ts';
import { askServer } from './replay/asked-server.ts';
import { measureGrown } from './replay/grown-store.ts';
import { Progress } from './replay/progress.ts';
import { printScores, type RankedAnswer, writeRun } from './replay/ranked-answers.ts';
import { readRecorded } from './replay/recorded-attempts.ts';
import { printMoments, replayInTime } from './replay/replayed-in-time.ts';
import { askSingleArms } from './replay/single-arms.ts';
import { StdioServer } from './stdio-server.ts';
import './usage.ts';

const usage = 'Usage: npm run bench:replay -- DATA_DIR [--sample N] [--runs FOLDER] [--grow N]';
const project = 'replay';
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sample: { type: 'string' }, runs: { type: 'string' }, grow: { type: 'string' } },
});
const [dataFolder] = positionals;
if (dataFolder === undefined) {
  console.error(usage);
  process.exit(2);
}
const recorded = readRecorded(dataFolder, values.sample === undefined ? null : Number(values.sample));
const folder = mkdtempSync(join(tmpdir(), 'ltmc-replay-'));
const database = join(folder, 'replay.db');
console.log(machine());
try {
  if (values.grow === undefined) await replay();
  else await measureGrown(recorded.attempts, Number(values.grow), database);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function replay(): Promise<void> {
  const { attempts, queries } = recorded;
  console.log(`${attempts.length} attempts, ${queries.length} queries\n`);
  const server = new StdioServer([process.execPath, join(packageRoot, 'dist', 'cli.js'), 'serve'], {
    HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
    LTMC_DB: database,
  });
  await server.initialize();
  // The model loads with the first call that needs it.
  await server.call('get_code_patterns', { query: 'warm up', project });
  const { patternIds, moments } = await replayInTime(
    server,
    attempts,
    project,
    new Progress('attempts', attempts.length),
  );
  await printMoments(moments);
  const answers = await askServer(
    server,
    recorded,
    patternIds,
    project,
    new Progress('queries', queries.length),
  );
  await server.end();

  const store = await openSqliteStore({ path: database });
  const embedder = new OnnxEmbedder({});
  const single = await askSingleArms(
    store,
    embedder,
    recorded,
    patternIds,
    project,
    new Progress('queries of single arms', queries.length),
  );
  await embedder.close();
  await store.close();
  const arms = new Map<string, RankedAnswer[]>([['ltmc', answers], ...single]);
  console.log();
  printScores(arms);
  if (values.runs !== undefined) {
    mkdirSync(values.runs, { recursive: true });
    for (const [arm, each] of arms) {
      writeRun(join(values.runs, `${arm.replaceAll(' ', '-')}.jsonl`), each, 'ranked');
    }
  }
}
