import { rmSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { forEachVector } from './mixed-set.ts';

export interface OpenFigures {
  /** From opening the database to the answer of the first search by a vector. */
  firstAnswerMs: number;
  /** The longest time in which no other call had its turn. */
  longestPauseMs: number;
  secondAnswerMs: number;
}

const chunksPerMemory = 50;
const modelHash = 'bench';

/** A database of so many short chunks with the vectors of the file. */
export async function writeDatabase(path: string, vectorsPath: string, count: number): Promise<void> {
  const vectors: Float32Array[] = [];
  forEachVector(vectorsPath, count, (vector) => {
    vectors.push(vector.slice());
  });
  const store = await openSqliteStore({ path });
  for (let first = 0; first < count; first += chunksPerMemory) {
    const own = vectors.slice(first, first + chunksPerMemory);
    await store.storeResource({
      project: null,
      fileName: `note-${first}`,
      resourceType: 'document',
      tags: [],
      metadata: null,
      origin: 'agent',
      createdAt: { text: new Date(0).toISOString(), ms: 0 },
      contentHash: `bench-${first}`,
      chunks: own.map((vector, i) => {
        const text = `note ${first + i} `;
        return { text, start: 0, end: text.length, searchText: text, vector };
      }),
      modelHash,
      replace: false,
    });
  }
  await store.close();
}

/** In a process of its own. Closing it writes the file of vectors where there was none. */
export async function measureOpen(
  path: string,
  query: Float32Array,
  withFile: boolean,
): Promise<OpenFigures> {
  if (!withFile) rmSync(`${path}.vectors`, { force: true });
  const pauses = monitorEventLoopDelay({ resolution: 1 });
  pauses.enable();
  const begun = performance.now();
  const store = await openSqliteStore({ path });
  const ask = () =>
    store.searchChunks({ words: [], vector: query, modelHashes: [modelHash] }, { scope: 'all' });
  const { hits } = await ask();
  const firstAnswerMs = performance.now() - begun;
  await new Promise((settle) => setTimeout(settle, 20));
  pauses.disable();
  if (hits.length === 0) throw new Error('Expected an answer.');
  const again = performance.now();
  await ask();
  const secondAnswerMs = performance.now() - again;
  await store.close();
  return { firstAnswerMs, secondAnswerMs, longestPauseMs: pauses.max / 1e6 };
}
