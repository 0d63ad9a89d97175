import type { ChunkHit, ChunkSearchResult, MemoryFilters, SearchInput } from '../../domain/ports.ts';
import { limits } from '../../limits.ts';
import { allOf, type Condition, hasTags, inScope } from './conditions.ts';
import type { Database } from './database.ts';
import { largest, nearestOwners, ownerCosines, passingOwners } from './owner-cosines.ts';
import type { VectorIndex } from './vector-index.ts';
import { bestScores, lexicalStatistics, weightedWords } from './word-search.ts';

/** The best candidates by word and by meaning, with every feature for each of them. */
export function searchChunks(
  database: Database,
  index: VectorIndex,
  input: SearchInput,
  filters: MemoryFilters,
): ChunkSearchResult {
  const scan = {
    ownerKind: 'chunk' as const,
    scope: filters.scope,
    modelHashes: input.modelHashes,
    owners: chunksOf(database, memoryConditions(filters)),
  };
  const near = nearestOwners(index, input, scan, limits.chunkCandidatesMax);
  const lexical = lexicalStatistics(database, 'ChunkWords', input.words);
  const condition = allOf([...inScope('r.project', filters.scope), ...memoryConditions(filters)]);
  const bm25 = bestScores(
    database,
    'ChunkWords',
    weightedWords(lexical),
    (ids) => passingOwners(index, input, scan, ids, (others) => chunksPassing(database, others, condition)),
    limits.chunkCandidatesMax,
    near.ids,
  );
  const ids = [...new Set([...bm25.keys(), ...near.ids])].sort((a, b) => a - b);
  const cosines = ownerCosines(database, index, input, scan, ids, bm25);
  const hits = ids.map((chunkId): ChunkHit => {
    const own = cosines.get(chunkId);
    return { chunkId, bm25: bm25.get(chunkId) ?? 0, cosine: own === undefined ? null : largest(own) };
  });
  const searchedRows = input.vector === null ? countChunks(database, condition) : near.searched;
  return { hits, lexical, searchedRows: Math.max(searchedRows, hits.length), spread: near.spread };
}

/** Conditions on a memory's row beyond its project; `r` is Resources. */
export function memoryConditions(filters: MemoryFilters): Condition[] {
  const conditions: Condition[] = [];
  if (filters.resourceType !== undefined)
    conditions.push({ sql: 'r.type = ?', parameters: [filters.resourceType] });
  if (filters.fileName !== undefined)
    conditions.push({ sql: 'r.file_name = ?', parameters: [filters.fileName] });
  if (filters.createdAfterMs !== undefined) {
    conditions.push({ sql: 'r.created_at_ms >= ?', parameters: [filters.createdAfterMs] });
  }
  return [...conditions, ...hasTags('r.tags', filters.tags ?? [])];
}

/** The chunks that conditions on their memory let through; null: no condition. */
function chunksOf(database: Database, conditions: Condition[]): ReadonlySet<number> | null {
  if (conditions.length === 0) return null;
  const { sql, parameters } = allOf(conditions);
  const ids = database
    .prepare<number>(
      `SELECT c.id FROM Resources r JOIN ResourceChunks c ON c.resource_id = r.id WHERE ${sql}`,
    )
    .pluck()
    .all(...parameters) as number[];
  return new Set(ids);
}

function countChunks(database: Database, { sql, parameters }: Condition): number {
  return database
    .prepare<number>(
      `SELECT count(*) FROM ResourceChunks c JOIN Resources r ON r.id = c.resource_id
        WHERE coalesce(c.archived, 0) = 0 AND coalesce(r.archived, 0) = 0 AND ${sql}`,
    )
    .pluck()
    .get(...parameters) as number;
}

function chunksPassing(
  database: Database,
  ids: readonly number[],
  { sql, parameters }: Condition,
): readonly number[] {
  if (parameters.length === 0) return ids;
  return database
    .prepare<number>(
      `SELECT c.id FROM ResourceChunks c JOIN Resources r ON r.id = c.resource_id
        WHERE c.id IN (SELECT value FROM json_each(?)) AND ${sql}`,
    )
    .pluck()
    .all(JSON.stringify(ids), ...parameters) as number[];
}
