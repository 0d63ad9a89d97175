import type { CosineSpread, SearchInput } from '../../domain/ports.ts';
import { limits } from '../../limits.ts';
import type { Database } from './database.ts';
import type { ScanFilter, VectorCosine } from './grouped-vectors.ts';
import { cosine, decodeVector } from './vector-blob.ts';
import type { VectorIndex } from './vector-index.ts';

/** The nearest by the vectors in memory, best first; nothing where the search has no vector. */
export function nearestOwners(
  index: VectorIndex,
  input: SearchInput,
  scan: ScanFilter,
  limit: number,
): { ids: number[]; searched: number; spread: CosineSpread } {
  if (input.vector === null) return { ids: [], searched: 0, spread: { mean: 0, deviation: 0 } };
  const { owners, searched, spread } = index.nearest(input.vector, scan, limit);
  return { ids: owners.map(({ ownerId }) => ownerId), searched, spread };
}

/**
 * Which of the owners the filter lets through. The vectors in memory know the projects of those that have a vector;
 * only about the others the rows are asked. Call nearestOwners before.
 */
export function passingOwners(
  index: VectorIndex,
  input: SearchInput,
  scan: ScanFilter,
  ids: readonly number[],
  passingByRow: (ids: readonly number[]) => readonly number[],
): readonly number[] {
  if (input.vector === null) return passingByRow(ids);
  const everywhere = { ownerKind: scan.ownerKind, scope: 'all', modelHashes: undefined } as const;
  const inScope = index.has({ ...everywhere, scope: scan.scope }, ids);
  const outside = ids.filter((id) => !inScope.has(id));
  const known = outside.length === 0 ? inScope : index.has(everywhere, outside);
  const unknown = outside.filter((id) => !known.has(id));
  const passing = ids.filter((id) => inScope.has(id) && (scan.owners?.has(id) ?? true));
  return unknown.length === 0 ? passing : [...passing, ...passingByRow(unknown)];
}

/**
 * The cosines of each owner's vectors; owners without one are left out. Where the input says what a point of bm25 is
 * worth and there are more than `limits.exactCosinesMax`, only those of the best of them are taken from the full vectors,
 * and of these only what may be an owner's largest; the others, which cannot decide, are from those in memory.
 */
export function ownerCosines(
  database: Database,
  index: VectorIndex,
  input: SearchInput,
  scan: ScanFilter,
  ids: readonly number[],
  bm25: ReadonlyMap<number, number>,
): Map<number, VectorCosine[]> {
  const { vector: query, bm25Weight } = input;
  if (query === null) return new Map();
  const cosines = index.cosinesOf(query, scan, ids);
  let exact = [...cosines.values()];
  if (bm25Weight !== undefined && exact.length > limits.exactCosinesMax) {
    exact = [...cosines]
      .map(([id, own]) => ({ own, relevance: largest(own) + bm25Weight * (bm25.get(id) ?? 0) }))
      .sort((a, b) => b.relevance - a.relevance)
      .slice(0, limits.exactCosinesMax)
      .map(({ own }) => own.filter(({ cosine }) => cosine >= largest(own) - 2 * quantisationErrorMax));
  }
  const known = exactCosines(index, query);
  const wanted = exact.flat();
  const missing = wanted.flatMap(({ vectorId }) => (known.has(vectorId) ? [] : [vectorId]));
  for (const [vectorId, vector] of missing.length === 0 ? [] : fullVectors(database, missing)) {
    known.set(vectorId, cosine(query, decodeVector(vector)));
  }
  for (const own of wanted) own.cosine = known.get(own.vectorId) ?? own.cosine;
  return cosines;
}

/** Of each index the cosines that the last query was given, in the state that the index was in. */
const lastExact = new WeakMap<
  VectorIndex,
  { state: string; query: Float32Array; cosines: Map<number, number> }
>();

/** What is known of a query's cosines with full vectors: an answer asks about some of them twice. */
function exactCosines(index: VectorIndex, query: Float32Array): Map<number, number> {
  const state = `${index.state?.storeId} ${index.state?.connectionNumber} ${index.state?.lastChange}`;
  const last = lastExact.get(index);
  if (last?.state === state && last.query === query) return last.cosines;
  const cosines = new Map<number, number>();
  lastExact.set(index, { state, query, cosines });
  return cosines;
}

function fullVectors(database: Database, vectorIds: readonly number[]): [number, Buffer][] {
  return database
    .prepare<[number, Buffer]>(
      'SELECT vector_id, vector FROM Embeddings WHERE vector_id IN (SELECT value FROM json_each(?))',
    )
    .raw()
    .all(JSON.stringify(vectorIds)) as [number, Buffer][];
}

/** By so much a cosine from memory is off at the most. */
const quantisationErrorMax = 0.005;

export function largest(cosines: readonly VectorCosine[]): number {
  return cosines.reduce((most, { cosine }) => Math.max(most, cosine), Number.NEGATIVE_INFINITY);
}
