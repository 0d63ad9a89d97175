import type {
  ChunkHit,
  ChunkSearchResult,
  MemoryFilters,
  ReadScope,
  SearchInput,
} from '../../domain/ports.ts';
import { limits } from '../../limits.ts';
import type { Database } from './database.ts';
import { ownerVectors } from './embedding-rows.ts';
import { allOf, type Condition, hasTags } from './row-values.ts';
import { cosine } from './vector-blob.ts';
import type { VectorIndex } from './vector-index.ts';
import { lexicalStatistics, weightedWords, wordScores } from './word-search.ts';

/** A project's rows and the rows without a project, or everything. */
export function inScope(column: string, scope: ReadScope): Condition[] {
  if (scope === 'all') return [];
  return [{ sql: `(${column} IS ? OR ${column} IS NULL)`, parameters: [scope.project] }];
}

/** The best candidates by word and by meaning, with every feature for each of them. */
export function searchChunks(
  database: Database,
  index: VectorIndex,
  input: SearchInput,
  filters: MemoryFilters,
): ChunkSearchResult {
  const near = nearestChunks(database, index, input, filters);
  const lexical = lexicalStatistics(database, 'ChunkWords', input.words);
  const condition = allOf([...inScope('r.project', filters.scope), ...memoryConditions(filters)]);
  const needsJoin = condition.parameters.length > 0;
  const bm25 = wordScores(
    database,
    'ChunkWords',
    weightedWords(lexical),
    {
      join: needsJoin
        ? 'JOIN ResourceChunks c ON c.id = ChunkWords.rowid JOIN Resources r ON r.id = c.resource_id'
        : '',
      where: condition.sql,
      parameters: condition.parameters,
    },
    limits.chunkCandidatesMax,
    near.ids,
  );
  const hits = chunkHits(database, input, [...new Set([...bm25.keys(), ...near.ids])], bm25);
  const searchedRows = input.vector === null ? countChunks(database, condition) : near.searched;
  return { hits, lexical, searchedRows: Math.max(searchedRows, hits.length) };
}

function nearestChunks(database: Database, index: VectorIndex, input: SearchInput, filters: MemoryFilters) {
  if (input.vector === null) return { ids: [], searched: 0 };
  index.catchUp(database);
  const found = index.nearest(
    input.vector,
    {
      ownerKind: 'chunk',
      scope: filters.scope,
      modelHashes: input.modelHashes,
      owners: chunksOf(database, memoryConditions(filters)),
    },
    limits.chunkCandidatesMax,
  );
  return { ids: found.owners.map((owner) => owner.ownerId), searched: found.searched };
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

/** A candidate counts only if its row is there and may be seen. */
function chunkHits(
  database: Database,
  input: SearchInput,
  ids: readonly number[],
  bm25: ReadonlyMap<number, number>,
): ChunkHit[] {
  const rows = database
    .prepare<Omit<ChunkHit, 'bm25' | 'cosine'>>(
      `SELECT c.id AS chunkId, c.resource_id AS resourceId, coalesce(c.end_offset - c.start_offset, length(c.chunk_text)) AS textLength,
              r.created_at_ms AS createdAtMs
         FROM ResourceChunks c JOIN Resources r ON r.id = c.resource_id
        WHERE c.id IN (SELECT value FROM json_each(?))
          AND coalesce(c.archived, 0) = 0 AND coalesce(r.archived, 0) = 0`,
    )
    .all(JSON.stringify(ids));
  const query = input.vector;
  const vectors = query === null ? null : ownerVectors(database, 'chunk', ids, input.modelHashes);
  return rows.map((row) => {
    const own = vectors?.get(row.chunkId)?.map(({ vector }) => cosine(query as Float32Array, vector));
    return { ...row, bm25: bm25.get(row.chunkId) ?? 0, cosine: own === undefined ? null : Math.max(...own) };
  });
}
