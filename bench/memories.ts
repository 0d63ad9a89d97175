/**
 * store_memory and retrieve_memory through the real server over stdio, warm, beside the embedding's own time
 * in the same run; resident memory; and whether storing stays flat as the database grows.
 *
 *     npm run bench:memories
 *
 * The databases are filled with pieces of the documents and declarations of the installed packages and with
 * random unit vectors (filling them by the model would take minutes and change nothing that is timed); what is
 * timed is real throughout.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/package-root.ts';
import { seededRandom } from './calibration/seeded-random.ts';
import { addMadeMemories } from './made-memories.ts';
import { machine, median, millisecondsOf, printTable, quantile } from './measure.ts';
import { realText } from './real-text.ts';
import { StdioServer } from './stdio-server.ts';
import './usage.ts';

const repetitions = 40;
const sizes = [100, 5_000, 20_000];

const next = seededRandom(20261122);
/** So many characters from a place drawn at random. */
const sentence = realText(next);

async function filledDatabase(folder: string, chunks: number): Promise<string> {
  const path = join(folder, `${chunks}.db`);
  await addMadeMemories(path, 0, chunks, () => sentence(300), next);
  return path;
}

/** What the server itself counts as spent on embedding, up to now. */
async function embeddingSpentMs(server: StdioServer): Promise<number> {
  const { counters } = (await server.call('memory_status', {})) as { counters: { embedding_ms: number } };
  return counters.embedding_ms;
}

const folder = mkdtempSync(join(tmpdir(), 'ltmc-bench-'));
console.log(machine());
const rows: (string | number)[][] = [];
for (const size of sizes) {
  const database = await filledDatabase(folder, size);
  const environment = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, LTMC_DB: database };
  const server = new StdioServer(
    [process.execPath, join(packageRoot, 'dist', 'cli.js'), 'serve'],
    environment,
  );
  await server.initialize();
  const before = server.residentMegabytes();
  await server.call('retrieve_memory', { query: 'which cache does the gateway use', include_weak: true });
  const questions = Array.from({ length: repetitions }, () => sentence(40));
  const contents = Array.from({ length: repetitions }, () => sentence(512));
  const asked: number[] = [];
  const beforeQuestions = await embeddingSpentMs(server);
  for (const query of questions) {
    asked.push(await millisecondsOf(() => server.call('retrieve_memory', { query, include_weak: true })));
  }
  const beforeStores = await embeddingSpentMs(server);
  const stored: number[] = [];
  for (const [i, content] of contents.entries()) {
    stored.push(await millisecondsOf(() => server.call('store_memory', { file_name: `new-${i}`, content })));
  }
  const storeEmbedding = ((await embeddingSpentMs(server)) - beforeStores) / repetitions;
  const queryEmbedding = (beforeStores - beforeQuestions) / repetitions;
  const resident = server.residentMegabytes();
  await server.end();
  rows.push([
    size,
    median(stored),
    storeEmbedding,
    median(stored) / storeEmbedding,
    median(asked),
    quantile(asked, 0.95),
    median(asked) - queryEmbedding,
    before,
    resident,
  ]);
}
rmSync(folder, { recursive: true, force: true });
console.log(`store_memory of 512 characters and retrieve_memory, medians of ${repetitions}, ms\n`);
printTable(
  [
    'chunks',
    'store',
    'its embedding',
    'ratio',
    'retrieve',
    'p95',
    'beyond its embedding',
    'MB before model',
    'MB with model',
  ],
  rows,
);
