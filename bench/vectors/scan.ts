import { setTimeout as pause } from 'node:timers/promises';
import { GroupedVectors } from '../../src/storage/sqlite/grouped-vectors.ts';
import { cosine } from '../../src/storage/sqlite/vector-blob.ts';
import type { VectorGroup } from '../../src/storage/sqlite/vector-groups.ts';
import { forEachVector } from './mixed-set.ts';

export interface ScanFigures {
  /** Of one search for the 100 nearest each. */
  searchMs: number[];
  /** Of putting in one vector each. */
  addMs: number[];
  /** Resident memory that the vectors took, by vector. */
  bytesPerVector: number;
  /** Of the ten nearest by the full vectors, the share found by scanning and scoring 64 of what it found again. */
  recallAt10: number;
}

const group: VectorGroup = { ownerKind: 'chunk', role: 'text', project: null, modelHash: 'bench' };
const everything = { ownerKind: 'chunk', scope: 'all', modelHashes: undefined, owners: null } as const;
const candidates = 100;
const scoredAgain = 64;
const added = 2_000;
/** Between two searches a server waits for its caller; that is also when the thread that helps gets ready. */
const pauseMs = 2;
/** So many dot products in plain JavaScript take some seconds. */
const comparedMax = 20_000_000;

/** In a process of its own, with `--expose-gc`. */
export async function measureScan(
  path: string,
  count: number,
  queries: readonly Float32Array[],
  searches: number,
): Promise<ScanFigures> {
  const vectors = new GroupedVectors();
  const collect = (globalThis as { gc?: () => void }).gc;
  collect?.();
  const before = process.memoryUsage.rss();
  forEachVector(path, count, (vector, index) => {
    vectors.set(index + 1, index + 1, group, vector);
  });
  collect?.();
  const bytesPerVector = (process.memoryUsage.rss() - before) / count;
  const queryAt = (i: number) => queries[i % queries.length] as Float32Array;
  const nearest = (i: number) => vectors.nearest(queryAt(i), everything, candidates).owners;
  const searchMs: number[] = [];
  for (let i = -10; i < searches; i++) {
    await pause(pauseMs);
    const ms = timed(() => nearest(i + 10));
    if (i >= 0) searchMs.push(ms);
  }
  const recallAt10 = recall(path, count, queries, nearest);
  const addMs = Array.from({ length: added }, (_, i) =>
    timed(() => vectors.set(count + i + 1, count + i + 1, group, queryAt(i))),
  );
  return { searchMs, addMs, bytesPerVector, recallAt10 };
}

function timed(work: () => unknown): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

function recall(
  path: string,
  count: number,
  queries: readonly Float32Array[],
  nearest: (i: number) => { ownerId: number }[],
): number {
  const asked = queries.slice(0, Math.max(10, Math.floor(comparedMax / count)));
  const found = asked.map(
    (_, i) =>
      new Set(
        nearest(i)
          .slice(0, scoredAgain)
          .map(({ ownerId }) => ownerId),
      ),
  );
  const scores = asked.map(() => new Float64Array(count));
  forEachVector(path, count, (vector, index) => {
    asked.forEach((query, i) => {
      (scores[i] as Float64Array)[index] = cosine(query, vector);
    });
  });
  const shares = scores.map((own, i) => {
    const tenth = own.slice().sort().at(-10) as number;
    // Of those found, what is among the ten nearest by the full vectors: scoring again puts it in front.
    let hits = 0;
    own.forEach((score, index) => {
      if (score >= tenth && found[i]?.has(index + 1)) hits++;
    });
    return Math.min(10, hits) / 10;
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
