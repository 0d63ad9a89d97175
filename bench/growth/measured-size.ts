import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { packageRoot } from '../../src/package-root.ts';
import { GroupedVectors } from '../../src/storage/sqlite/grouped-vectors.ts';
import { randomUnitVector } from '../made-memories.ts';
import { millisecondsOf } from '../measure.ts';
import { StdioServer } from '../stdio-server.ts';

/** Every measurement at one size of the database, in milliseconds unless the name says otherwise. */
export interface MeasuredSize {
  memories: number;
  /** Questions whose vector the server remembers: what is not the embedding. */
  retrieveBeyondEmbedding: number[];
  /** The same questions asked for the first time, their embedding included. */
  retrieve: number[];
  /** A memory of 512 characters, its embedding included. */
  store: number[];
  /** What the server counts as spent in the model for each of these, on average. */
  storeEmbedding: number;
  /** Comparing a query with so many vectors, in this process: the part of a retrieval that is linear. */
  scan: number[];
  diskBytes: number;
  residentMegabytes: number;
}

/** Measures a copy of the database, in a fresh server. */
export async function measureSize(
  database: string,
  memories: number,
  repetitions: number,
  sentence: (characters: number) => string,
  next: () => number,
): Promise<MeasuredSize> {
  const folder = mkdtempSync(join(tmpdir(), 'ltmc-growth-'));
  try {
    const path = join(folder, 'ltmc.db');
    copyFileSync(database, path);
    const diskBytes = statSync(path).size;
    const environment = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, LTMC_DB: path };
    const server = new StdioServer(
      [process.execPath, join(packageRoot, 'dist', 'cli.js'), 'serve'],
      environment,
    );
    await server.initialize();
    const ask = (query: string) => server.call('retrieve_memory', { query, include_weak: true });
    for (let i = 0; i < 5; i++) await ask(sentence(40));
    const questions = Array.from({ length: repetitions }, () => sentence(40));
    const retrieve = await timesOf(questions, ask);
    const retrieveBeyondEmbedding = await timesOf(questions, ask);
    const before = await embeddingSpentMs(server);
    const contents = Array.from({ length: repetitions }, (_, i) => ({
      content: sentence(512),
      file_name: `new-${i}`,
    }));
    const store = await timesOf(contents, (content) => server.call('store_memory', content));
    const storeEmbedding = ((await embeddingSpentMs(server)) - before) / repetitions;
    const residentMegabytes = server.residentMegabytes();
    await server.end();
    const scan = await scanTimes(memories, repetitions, next);
    return {
      memories,
      retrieveBeyondEmbedding,
      retrieve,
      store,
      storeEmbedding,
      scan,
      diskBytes,
      residentMegabytes,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timesOf<Each>(
  all: readonly Each[],
  work: (each: Each) => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = [];
  for (const each of all) times.push(await millisecondsOf(() => work(each)));
  return times;
}

async function embeddingSpentMs(server: StdioServer): Promise<number> {
  const { counters } = (await server.call('memory_status', {})) as { counters: { embedding_ms: number } };
  return counters.embedding_ms;
}

async function scanTimes(vectors: number, repetitions: number, next: () => number): Promise<number[]> {
  const grouped = new GroupedVectors();
  const group = { ownerKind: 'chunk', role: 'text', project: null, modelHash: '' } as const;
  for (let id = 1; id <= vectors; id++) grouped.set(id, id, group, randomUnitVector(next));
  const filter = { ownerKind: 'chunk', scope: 'all', modelHashes: undefined, owners: null } as const;
  const times: number[] = [];
  for (let i = -10; i < repetitions; i++) {
    // As in a server, which waits for its caller: meanwhile the thread that helps gets ready.
    await pause(2);
    const query = randomUnitVector(next);
    const begun = performance.now();
    grouped.nearest(query, filter, 100);
    if (i >= 0) times.push(performance.now() - begun);
  }
  return times;
}
