/**
 * How fast a Python database is moved over, beside the bare embedder in the same run, and in how much memory.
 *
 *   npm run bench:migrate -- [--chunks 20000]
 *
 * The texts are made of the words below, 512 characters long as the old server cut them. The bare embedder embeds a
 * sample of the same texts before and after; the ratio is throughput of the whole migration (backup, copy, vectors,
 * words, comparison, exchange) to that. Goal: at least 0.70.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Sqlite from 'better-sqlite3';
import { OnnxEmbedder } from '../src/embedding/onnx-embedder.ts';
import { migrateDatabase } from '../src/legacy/migrate-database.ts';
import { machine, median, millisecondsOf, printTable } from './measure.ts';
import './usage.ts';

const { values: flags } = parseArgs({ options: { chunks: { type: 'string', default: '20000' } } });
const chunkCount = Number(flags.chunks);
const sampleTexts = Math.min(500, chunkCount);
/** Resident memory of the reference's server with its model loaded (two versions, measured): 888 and 907 MB. */
const referenceMegabytes = 888;

const vocabulary =
  'the parser reads one line at a time and the cache keeps answers for an hour while a worker waits for the lock of the database that a server holds when backups run every night and each session writes its token to the queue before the index is built'.split(
    ' ',
  );
let state = 20261122;
function next(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}
function text(): string {
  let made = '';
  while (made.length < 512) made += `${vocabulary[Math.floor(next() * vocabulary.length)]} `;
  return made.slice(0, 512);
}

const folder = mkdtempSync(join(tmpdir(), 'ltmc-bench-migrate-'));
const path = join(folder, 'ltmc.db');
const old = new Sqlite(path);
old.exec(`
  CREATE TABLE Resources (id INTEGER PRIMARY KEY AUTOINCREMENT, file_name TEXT, type TEXT NOT NULL, created_at TEXT NOT NULL);
  CREATE TABLE ResourceChunks (id INTEGER PRIMARY KEY AUTOINCREMENT, resource_id INTEGER, chunk_text TEXT NOT NULL, vector_id INTEGER UNIQUE NOT NULL);
  CREATE TABLE ChatHistory (id INTEGER PRIMARY KEY AUTOINCREMENT, conversation_id TEXT, role TEXT, content TEXT, timestamp TEXT, agent_name TEXT, metadata TEXT);`);
const sample: string[] = [];
old.transaction(() => {
  for (let i = 0; i < chunkCount; i++) {
    if (i % 10 === 0) {
      old
        .prepare('INSERT INTO Resources VALUES (NULL, ?, ?, ?)')
        .run(`file-${i}.md`, 'document', '2025-08-08T10:11:12.131415');
    }
    const chunk = text();
    if (sample.length < sampleTexts) sample.push(chunk);
    old
      .prepare('INSERT INTO ResourceChunks VALUES (NULL, ?, ?, ?)')
      .run(Math.floor(i / 10) + 1, chunk, i * 7 + 3);
  }
})();
old.close();

const embedder = new OnnxEmbedder({});
await embedder.embed(['warm up'], { priority: 'bulk' });
const bare: number[] = [];
const embedSample = async () => {
  const ms = await millisecondsOf(() => embedder.embed(sample, { priority: 'bulk' }));
  bare.push(sample.length / (ms / 1000));
};
await embedSample();
let peakMegabytes = 0;
const begunMs = performance.now();
const result = await migrateDatabase(
  {
    database: path,
    timezone: 'UTC',
    rechunk: false,
    dryRun: false,
    now: Date.now,
    platform: process.platform,
    onNote: () => {},
    onProgress: () => {
      peakMegabytes = Math.max(peakMegabytes, process.memoryUsage.rss() / 2 ** 20);
    },
  },
  embedder,
);
const totalMs = performance.now() - begunMs;
await embedSample();
await embedder.close();
rmSync(folder, { recursive: true });
if (result.outcome === 'already_migrated') throw new Error('Expected a database to move.');

const bareThroughput = median(bare);
const throughput = result.textsEmbedded / (totalMs / 1000);
const peak = /VmHWM:\s+(\d+) kB/.exec(
  process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '',
);
console.log(machine());
printTable(
  [
    'chunks',
    'seconds',
    'texts/s',
    'bare texts/s (before, after)',
    'ratio',
    'goal',
    'peak MB',
    'reference MB',
  ],
  [
    [
      chunkCount,
      totalMs / 1000,
      throughput,
      bare.map((value) => value.toFixed(1)).join(', '),
      throughput / bareThroughput,
      '>= 0.70',
      peak === null ? peakMegabytes : Number(peak[1]) / 1024,
      referenceMegabytes,
    ],
  ],
);
