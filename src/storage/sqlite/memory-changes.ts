import type {
  ChangedMemory,
  MemoryChange,
  MemoryFilters,
  MemorySummary,
  NewChunk,
  Page,
} from '../../domain/ports.ts';
import { allOf, inScope } from './conditions.ts';
import type { Database } from './database.ts';
import { indexWords, removeWords } from './full-text.ts';
import { hideChunks, insertChunks } from './memory-rows.ts';
import { memoryConditions } from './memory-search.ts';
import { decodeMetadata, decodeOrigin, decodeTags, encodeTags, pageOf } from './row-values.ts';
import { takeChangeNumber, takeVectorIds } from './sequence.ts';
import { setVectorsVisible } from './visibility.ts';

interface CurrentRow {
  project: string | null;
  revision: number;
  archived: number;
  content_hash: string | null;
  created_at: string | null;
}

/** Changes a memory in place: the same id, and for a new text a new revision whose chunks replace the old. */
export function changeMemory(
  database: Database,
  resourceId: number,
  change: MemoryChange,
  searchTextOf: (text: string) => string,
): ChangedMemory | null {
  const current = database
    .prepare<CurrentRow>(
      `SELECT project, coalesce(revision, 1) AS revision, coalesce(archived, 0) AS archived, content_hash, created_at
         FROM Resources WHERE id = ?`,
    )
    .get(resourceId);
  if (current === undefined) return null;
  const changeNumber = takeChangeNumber(database);
  if (change.fileName !== undefined) {
    database.prepare('UPDATE Resources SET file_name = ? WHERE id = ?').run(change.fileName, resourceId);
  }
  if (change.tags !== undefined) {
    database.prepare('UPDATE Resources SET tags = ? WHERE id = ?').run(encodeTags(change.tags), resourceId);
  }
  if (change.metadata !== undefined) {
    const metadata = change.metadata === null ? null : JSON.stringify(change.metadata);
    database.prepare('UPDATE Resources SET metadata = ? WHERE id = ?').run(metadata, resourceId);
  }
  let { revision } = current;
  if (change.content !== undefined) {
    hideChunks(database, resourceId, changeNumber);
    revision++;
    addRevision(database, resourceId, current, change, change.content, revision, changeNumber);
  }
  const archived = change.archived ?? current.archived === 1;
  if (archived) hideChunks(database, resourceId, changeNumber);
  else if (current.archived === 1) {
    // Back in the answers it is a memory of its own, and no revision of one that superseded it.
    database.prepare('UPDATE Resources SET superseded_by = NULL WHERE id = ?').run(resourceId);
    showChunks(database, resourceId, revision, changeNumber, searchTextOf);
  }
  database.prepare('UPDATE Resources SET archived = ? WHERE id = ?').run(archived ? 1 : 0, resourceId);
  return { revision, ...chunkCounts(database, resourceId, revision) };
}

function addRevision(
  database: Database,
  resourceId: number,
  current: CurrentRow,
  change: MemoryChange,
  content: { hash: string; chunks: NewChunk[]; modelHash: string | null },
  revision: number,
  changeNumber: number,
): void {
  database
    .prepare(
      `INSERT INTO ResourceRevisions (resource_id, revision, content_hash, created_at)
       VALUES (?, ?, ?, ?)`,
    )
    .run(resourceId, current.revision, current.content_hash, current.created_at ?? change.changedAt.text);
  database.prepare('UPDATE ResourceChunks SET archived = 1 WHERE resource_id = ?').run(resourceId);
  database
    .prepare('UPDATE Resources SET revision = ?, content_hash = ? WHERE id = ?')
    .run(revision, content.hash, resourceId);
  insertChunks(database, {
    resourceId,
    revision,
    project: current.project,
    chunks: content.chunks,
    modelHash: content.modelHash,
    firstVectorId: takeVectorIds(database, content.chunks.length),
    changeNumber,
  });
}

/** Puts the chunks of the current revision back into the answers. */
function showChunks(
  database: Database,
  resourceId: number,
  revision: number,
  changeNumber: number,
  searchTextOf: (text: string) => string,
): void {
  const chunks = database
    .prepare<{ id: number; text: string }>(
      `SELECT id, coalesce(chunk_text, '') AS text FROM ResourceChunks
        WHERE resource_id = ? AND coalesce(revision, 1) = ?`,
    )
    .all(resourceId, revision);
  for (const chunk of chunks) {
    removeWords(database, 'ChunkWords', chunk.id);
    indexWords(database, 'ChunkWords', chunk.id, searchTextOf(chunk.text));
    setVectorsVisible(database, { kind: 'chunk', id: chunk.id }, true, changeNumber);
  }
}

function chunkCounts(database: Database, resourceId: number, revision: number) {
  return database
    .prepare<Omit<ChangedMemory, 'revision'>>(
      `SELECT count(*) AS chunkCount, count(*) - count(e.vector) AS pendingVectors
         FROM ResourceChunks c JOIN Embeddings e ON e.vector_id = c.vector_id
        WHERE c.resource_id = ? AND coalesce(c.revision, 1) = ?`,
    )
    .get(resourceId, revision) as Omit<ChangedMemory, 'revision'>;
}

interface SummaryRow extends Omit<MemorySummary, 'tags' | 'metadata' | 'origin' | 'createdAt'> {
  tags: string | null;
  metadata: string | null;
  origin: string | null;
  created_at: string | null;
  created_at_ms: number | null;
}

export function listMemories(database: Database, filters: MemoryFilters, page: Page) {
  const condition = allOf([...inScope('r.project', filters.scope), ...memoryConditions(filters)]);
  const rows = database
    .prepare<SummaryRow>(
      `SELECT r.id AS resourceId, r.project, r.file_name AS fileName, r.type AS resourceType, r.tags, r.metadata,
              r.origin, r.created_at, r.created_at_ms, r.content_hash AS contentHash, coalesce(r.revision, 1) AS revision,
              (SELECT count(*) FROM ResourceChunks c WHERE c.resource_id = r.id
                  AND coalesce(c.revision, 1) = coalesce(r.revision, 1)) AS chunkCount
         FROM Resources r WHERE coalesce(r.archived, 0) = 0 AND ${condition.sql} AND r.id < ? ORDER BY r.id DESC`,
    )
    .iterate(...condition.parameters, page.after ?? Number.MAX_SAFE_INTEGER);
  return pageOf(
    rows,
    page.limit,
    ({ tags, metadata, origin, created_at, created_at_ms, ...row }): MemorySummary => ({
      ...row,
      tags: decodeTags(tags),
      metadata: decodeMetadata(metadata),
      origin: decodeOrigin(origin),
      createdAt: { text: created_at ?? '', ms: created_at_ms },
    }),
  );
}

export function resourceOfChunk(database: Database, chunkId: number): number | null {
  const found = database
    .prepare<number>('SELECT resource_id FROM ResourceChunks WHERE id = ?')
    .pluck()
    .get(chunkId);
  return (found as number | undefined) ?? null;
}

export function resourcesNamed(database: Database, project: string | null, fileName: string): number[] {
  return database
    .prepare<number>('SELECT id FROM Resources WHERE file_name = ? AND project IS ? ORDER BY id')
    .pluck()
    .all(fileName, project) as number[];
}
