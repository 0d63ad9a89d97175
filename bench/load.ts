/**
 * How long the event loop of a server stands still, and what a search costs, while texts are stored, vectors are
 * filled in and questions are asked, with many memories in the database.
 *
 *     npm run bench:load -- [--memories 100000] [--seconds 20]
 *
 * In one process, through the wiring of the server; the database is filled with pieces of real prose and code
 * and random unit vectors. Two phases: nothing but questions, and questions while a
 * load is stored and embedded.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { loadConfig, openApp } from '../src/app.ts';
import { shippedModel } from '../src/embedding/model-files.ts';
import { openSqliteStore } from '../src/storage/sqlite/sqlite-store.ts';
import { seededRandom } from './calibration/seeded-random.ts';
import { machine, median, printTable, quantile } from './measure.ts';
import { realText } from './real-text.ts';
import './usage.ts';

const { values: flags } = parseArgs({
  options: {
    memories: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '20' },
  },
});
const memories = Number(flags.memories);
const phaseMs = Number(flags.seconds) * 1_000;
const chunksOfOne = 500;
const betweenQuestionsMs = 100;
const next = seededRandom(20261122);
const sentence = realText(next);

function unitVector(): Float32Array {
  const vector = Float32Array.from({ length: shippedModel.dimensions }, () => next() - 0.5);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

async function fill(path: string): Promise<void> {
  const store = await openSqliteStore({ path });
  for (let stored = 0; stored < memories; stored += chunksOfOne) {
    const chunks = Array.from({ length: Math.min(chunksOfOne, memories - stored) }, () => {
      const text = sentence(300);
      return { text, start: 0, end: text.length, searchText: text, vector: unitVector() };
    });
    await store.storeResource({
      project: null,
      fileName: `notes-${stored}`,
      resourceType: 'document',
      tags: [],
      metadata: null,
      origin: 'agent',
      createdAt: { text: new Date(0).toISOString(), ms: 0 },
      contentHash: `fill-${stored}`,
      chunks,
      modelHash: shippedModel.onnx.sha256,
      replace: false,
    });
  }
  await store.close();
}

const folder = mkdtempSync(join(tmpdir(), 'ltmc-load-'));
const database = join(folder, 'ltmc.db');
await fill(database);
const config = await loadConfig(
  { values: { databasePath: database } },
  { HOME: folder, XDG_CONFIG_HOME: folder },
);
const app = await openApp(config, { fillPendingVectors: true });
const retrieve = (query: string) =>
  app.services.memories.retrieve({
    scope: { project: null },
    query,
    topK: 3,
    maxTokens: 2_000,
    includeWeak: true,
    explain: false,
  });
await retrieve('the first question');

const delay = monitorEventLoopDelay({ resolution: 5 });
const rows: (string | number)[][] = [];

const tickMs = 5;

/**
 * Processor time that the main thread took from one turn of the loop to the next: how long it stood still by
 * its own doing, whatever else runs on the machine. Waiting for the disk is not in it.
 */
function ownPauses(): () => number[] {
  const pausesMs: number[] = [];
  let last = process.threadCpuUsage();
  const timer = setInterval(() => {
    const { user, system } = process.threadCpuUsage(last);
    last = process.threadCpuUsage();
    pausesMs.push((user + system) / 1_000);
  }, tickMs);
  return () => {
    clearInterval(timer);
    return pausesMs;
  };
}

/** Asks one question after the other for as long as a phase lasts. */
async function phase(name: string): Promise<void> {
  const askedMs: number[] = [];
  delay.reset();
  delay.enable();
  const ended = ownPauses();
  const endMs = performance.now() + phaseMs;
  while (performance.now() < endMs) {
    await pause(betweenQuestionsMs);
    const begunMs = performance.now();
    await retrieve(sentence(40));
    askedMs.push(performance.now() - begunMs);
  }
  delay.disable();
  const ownMs = ended();
  const ms = (nanoseconds: number) => nanoseconds / 1e6;
  rows.push([
    name,
    askedMs.length,
    median(askedMs),
    quantile(askedMs, 0.95),
    ms(delay.percentile(50)),
    ms(delay.percentile(99)),
    ms(delay.max),
    quantile(ownMs, 0.99),
    Math.max(...ownMs),
    Math.round(process.memoryUsage.rss() / 2 ** 20),
  ]);
}

await phase('questions alone');
let isLoading = true;
const writing = (async () => {
  for (let n = 0; isLoading; n++) {
    const content = Array.from({ length: 20 }, () => sentence(800)).join('\n\n');
    await app.services.memories.store({
      project: null,
      fileName: `load-${n}`,
      content,
      resourceType: 'document',
      tags: [],
      metadata: null,
      replace: false,
      origin: 'agent',
      vectorsLater: true,
    });
    // As fast as a client sends documents; the vectors take longer than this.
    await pause(200);
  }
})();
await phase('in a load');
isLoading = false;
await writing;
await app.close();
rmSync(folder, { recursive: true, force: true });

console.log(`${memories} memories, ${flags.seconds} s a phase; ${machine()}\n`);
printTable(
  ['', 'questions', 'ms', 'p95', 'loop delay p50', 'p99', 'most', 'own p99', 'own most', 'resident MB'],
  rows,
);
