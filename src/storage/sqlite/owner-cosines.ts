import type { EmbeddingRole } from '../../domain/embedding-text.ts';
import type { SearchInput } from '../../domain/ports.ts';
import { limits } from '../../limits.ts';
import type { Database } from './database.ts';
import { ownerVectors } from './embedding-rows.ts';
import type { ScanFilter } from './grouped-vectors.ts';
import { cosine } from './vector-blob.ts';
import type { VectorIndex } from './vector-index.ts';

/** The nearest by the vectors in memory, best first; nothing where the search has no vector. */
export function nearestOwners(
  index: VectorIndex,
  input: SearchInput,
  scan: ScanFilter,
  limit: number,
): { ids: number[]; searched: number } {
  if (input.vector === null) return { ids: [], searched: 0 };
  const { owners, searched } = index.nearest(input.vector, scan, limit);
  return { ids: owners.map(({ ownerId }) => ownerId), searched };
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

/** The cosine of one vector of an owner with the query. */
export interface RoleCosine {
  role: EmbeddingRole;
  cosine: number;
}

/**
 * The cosines of each owner's vectors; owners without one are left out. Where the input says what a point of bm25 is
 * worth, only those of the best `limits.exactCosinesMax` are taken from the full vectors, and the others, which cannot
 * come among the best, from those in memory.
 */
export function ownerCosines(
  database: Database,
  index: VectorIndex,
  input: SearchInput,
  scan: ScanFilter,
  ids: readonly number[],
  bm25: ReadonlyMap<number, number>,
): Map<number, RoleCosine[]> {
  const { vector: query, bm25Weight } = input;
  if (query === null) return new Map();
  let cosines = new Map<number, RoleCosine[]>();
  let exactIds = ids;
  if (bm25Weight !== undefined && ids.length > limits.exactCosinesMax) {
    cosines = index.cosinesOf(query, scan, ids);
    const bestFirst = [...cosines]
      .map(([id, own]) => ({ id, relevance: largest(own) + bm25Weight * (bm25.get(id) ?? 0) }))
      .sort((a, b) => b.relevance - a.relevance);
    exactIds = bestFirst.slice(0, limits.exactCosinesMax).map(({ id }) => id);
  }
  for (const [id, own] of ownerVectors(database, scan.ownerKind, exactIds, input.modelHashes)) {
    cosines.set(
      id,
      own.map(({ role, vector }) => ({ role, cosine: cosine(query, vector) })),
    );
  }
  return cosines;
}

export function largest(cosines: readonly RoleCosine[]): number {
  return cosines.reduce((most, { cosine }) => Math.max(most, cosine), Number.NEGATIVE_INFINITY);
}
