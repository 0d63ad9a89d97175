import type {
  ChunkRecord,
  MemoryPort,
  MemoryRecord,
  NewChunk,
  NewResource,
  ProjectName,
  StoredResource,
} from '../../domain/ports.ts';
import type { Database } from './database.ts';
import { insertEmbedding } from './embedding-rows.ts';
import { indexWords } from './full-text.ts';
import { idForNewRow } from './row-id.ts';
import { decodeMetadata, decodeOrigin, decodeTags, encodeTags, inOrderOf } from './row-values.ts';
import { takeChangeNumber, takeVectorIds } from './sequence.ts';

type UnchangedKey = Parameters<MemoryPort['touchUnchanged']>[0];

/** Writes a memory with its chunks, their embeddings and their words; the caller's transaction makes it whole. */
export function insertResource(database: Database, resource: NewResource, writtenBy: string): StoredResource {
  const there = takeOverUnchanged(database, resource);
  if (there !== null) return there;
  const earlier = earlierMemories(database, resource.project, resource.fileName);
  const resourceId = Number(
    database
      .prepare(
        `INSERT INTO Resources (id, file_name, type, created_at, created_at_ms, project, tags, metadata, origin,
                                content_hash, revision, archived, written_by)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, 0, ?)`,
      )
      .run(
        idForNewRow(database, 'Resources'),
        resource.fileName,
        resource.resourceType,
        resource.createdAt.text,
        resource.createdAt.ms,
        resource.project,
        encodeTags(resource.tags),
        resource.metadata === null ? null : JSON.stringify(resource.metadata),
        resource.origin,
        resource.contentHash,
        writtenBy,
      ).lastInsertRowid,
  );
  const changeNumber = takeChangeNumber(database);
  const firstVectorId = takeVectorIds(database, resource.chunks.length);
  insertChunks(database, {
    resourceId,
    revision: 1,
    project: resource.project,
    chunks: resource.chunks,
    modelHash: resource.modelHash,
    firstVectorId,
    changeNumber,
  });
  if (resource.replace) {
    for (const { resourceId: olderId } of earlier) supersede(database, olderId, resourceId, changeNumber);
  }
  return {
    resourceId,
    chunkCount: resource.chunks.length,
    vectorIds: { first: firstVectorId, last: firstVectorId + resource.chunks.length - 1 },
    unchanged: false,
    pendingVectors: resource.chunks.filter((chunk) => chunk.vector === null).length,
    earlier,
  };
}

export interface ChunkBlock {
  resourceId: number;
  revision: number;
  project: ProjectName;
  chunks: readonly NewChunk[];
  modelHash: string | null;
  firstVectorId: number;
  changeNumber: number;
}

/** Writes the chunks of one revision with their embeddings and words. */
export function insertChunks(database: Database, block: ChunkBlock): void {
  const insert = database.prepare(
    `INSERT INTO ResourceChunks (id, resource_id, chunk_text, vector_id, generation_method, archived, revision,
                                 start_offset, end_offset)
     VALUES (?, ?, ?, ?, 'sequential', 0, ?, ?, ?)`,
  );
  block.chunks.forEach((chunk, i) => {
    const vectorId = block.firstVectorId + i;
    const chunkId = Number(
      insert.run(
        idForNewRow(database, 'ResourceChunks'),
        block.resourceId,
        chunk.text,
        vectorId,
        block.revision,
        chunk.start,
        chunk.end,
      ).lastInsertRowid,
    );
    insertEmbedding(database, {
      vectorId,
      ownerKind: 'chunk',
      ownerId: chunkId,
      role: 'text',
      vector: chunk.vector,
      modelHash: block.modelHash,
      project: block.project,
      changeNumber: block.changeNumber,
    });
    indexWords(database, 'ChunkWords', chunkId, chunk.searchText);
  });
}

/**
 * Takes over tags and metadata of a memory that is there with the same content, and with `replace` supersedes the
 * others of its name; null when there is none.
 */
export function takeOverUnchanged(database: Database, key: UnchangedKey): StoredResource | null {
  const resourceId = database
    .prepare<number>(
      `SELECT id FROM Resources
        WHERE file_name = ? AND project IS ? AND content_hash = ? AND coalesce(archived, 0) = 0 ORDER BY id DESC LIMIT 1`,
    )
    .pluck()
    .get(key.fileName, key.project, key.contentHash) as number | undefined;
  if (resourceId === undefined) return null;
  if (key.tags.length > 0) {
    database.prepare('UPDATE Resources SET tags = ? WHERE id = ?').run(encodeTags(key.tags), resourceId);
  }
  if (key.metadata !== null) {
    database
      .prepare('UPDATE Resources SET metadata = ? WHERE id = ?')
      .run(JSON.stringify(key.metadata), resourceId);
  }
  const ids = database
    .prepare<{ count: number; first: number; last: number; pending: number }>(
      `SELECT count(*) AS count, min(c.vector_id) AS first, max(c.vector_id) AS last,
              count(*) - count(e.vector) AS pending
         FROM ResourceChunks c JOIN Embeddings e ON e.vector_id = c.vector_id
        WHERE c.resource_id = ? AND coalesce(c.archived, 0) = 0`,
    )
    .get(resourceId) as { count: number; first: number; last: number; pending: number };
  const others = earlierMemories(database, key.project, key.fileName).filter(
    (memory) => memory.resourceId !== resourceId,
  );
  if (key.replace && others.length > 0) {
    const changeNumber = takeChangeNumber(database);
    for (const other of others) supersede(database, other.resourceId, resourceId, changeNumber);
  }
  return {
    resourceId,
    chunkCount: ids.count,
    vectorIds: { first: ids.first, last: ids.last },
    unchanged: true,
    pendingVectors: ids.pending,
    earlier: key.replace ? others : others.filter((memory) => memory.resourceId < resourceId),
  };
}

function earlierMemories(database: Database, project: ProjectName, fileName: string) {
  return database
    .prepare<{ resourceId: number; createdAt: string }>(
      `SELECT id AS resourceId, coalesce(created_at, '') AS createdAt FROM Resources
        WHERE file_name = ? AND project IS ? AND coalesce(archived, 0) = 0 ORDER BY id DESC`,
    )
    .all(fileName, project);
}

/** The other memory stays readable as a revision of the one that stays, and leaves the answers. */
function supersede(database: Database, olderId: number, newerId: number, changeNumber: number): void {
  database.prepare('UPDATE Resources SET archived = 1, superseded_by = ? WHERE id = ?').run(newerId, olderId);
  hideChunks(database, olderId, changeNumber);
}

/** Takes a memory's chunks out of the answers; those of its earlier revisions are out already. */
export function hideChunks(database: Database, resourceId: number, changeNumber: number): void {
  const current = 'SELECT id FROM ResourceChunks WHERE resource_id = ? AND coalesce(archived, 0) = 0';
  database.prepare(`DELETE FROM ChunkWords WHERE rowid IN (${current})`).run(resourceId);
  database
    .prepare(
      `UPDATE Embeddings SET visible = 0, change_number = ?
        WHERE owner_kind = 'chunk' AND owner_id IN (${current}) AND visible = 1`,
    )
    .run(changeNumber, resourceId);
}

interface ResourceRow {
  file_name: string | null;
  type: string | null;
  created_at: string | null;
  created_at_ms: number | null;
  project: ProjectName;
  tags: string | null;
  metadata: string | null;
  origin: string | null;
  content_hash: string | null;
  revision: number | null;
  archived: number | null;
}

export function readMemory(database: Database, resourceId: number, asked?: number): MemoryRecord | null {
  const current = database.prepare<ResourceRow>('SELECT * FROM Resources WHERE id = ?').get(resourceId);
  if (current === undefined) return null;
  const revision = asked ?? current.revision ?? 1;
  const row =
    revision === (current.revision ?? 1) ? current : earlierRow(database, resourceId, current, revision);
  if (row === null) return null;
  const chunks = database
    .prepare<MemoryRecord['chunks'][number]>(
      `SELECT id AS chunkId, coalesce(chunk_text, '') AS text, start_offset AS start, end_offset AS end
         FROM ResourceChunks WHERE resource_id = ? AND coalesce(revision, 1) = ?
        ORDER BY start_offset, id`,
    )
    .all(resourceId, revision);
  return {
    resourceId,
    project: row.project,
    fileName: row.file_name,
    resourceType: row.type,
    tags: decodeTags(row.tags),
    metadata: decodeMetadata(row.metadata),
    origin: decodeOrigin(row.origin),
    createdAt: { text: row.created_at ?? '', ms: row.created_at_ms },
    archived: row.archived === 1,
    revision,
    contentHash: row.content_hash,
    chunks,
    revisions: readRevisions(database, resourceId),
  };
}

/** The memory with an earlier text; null for a revision that there was not. */
function earlierRow(
  database: Database,
  resourceId: number,
  current: ResourceRow,
  revision: number,
): ResourceRow | null {
  const earlier = database
    .prepare<Pick<ResourceRow, 'content_hash'>>(
      'SELECT content_hash FROM ResourceRevisions WHERE resource_id = ? AND revision = ?',
    )
    .get(resourceId, revision);
  return earlier === undefined ? null : { ...current, ...earlier };
}

/** Earlier states of a memory, oldest first: the memories it superseded and those they superseded, and its own. */
function readRevisions(database: Database, resourceId: number): MemoryRecord['revisions'] {
  return database
    .prepare<MemoryRecord['revisions'][number]>(
      `WITH RECURSIVE Superseded (id) AS (
         SELECT id FROM Resources WHERE superseded_by = ?
         UNION SELECT r.id FROM Resources r JOIN Superseded s ON r.superseded_by = s.id)
       SELECT coalesce(revision, 1) AS revision, id AS resourceId, coalesce(created_at, '') AS createdAt
         FROM Resources WHERE id IN (SELECT id FROM Superseded)
       UNION ALL
       SELECT revision, resource_id, created_at FROM ResourceRevisions WHERE resource_id = ?
       ORDER BY resourceId, revision`,
    )
    .all(resourceId, resourceId);
}

interface ChunkRow extends ResourceRow {
  id: number;
  resource_id: number;
  chunk_text: string | null;
}

/** Chunks that may be seen, in the order of the ids. */
export function readChunks(database: Database, chunkIds: readonly number[]): ChunkRecord[] {
  const rows = database
    .prepare<ChunkRow>(
      `SELECT c.id, c.resource_id, c.chunk_text, r.file_name, r.type, r.created_at, r.created_at_ms, r.project,
              r.origin
         FROM ResourceChunks c JOIN Resources r ON r.id = c.resource_id
        WHERE c.id IN (SELECT value FROM json_each(?))
          AND coalesce(c.archived, 0) = 0 AND coalesce(r.archived, 0) = 0`,
    )
    .all(JSON.stringify(chunkIds));
  return inOrderOf(chunkIds, rows).map(chunkRecord);
}

function chunkRecord(row: ChunkRow): ChunkRecord {
  return {
    chunkId: row.id,
    resourceId: row.resource_id,
    text: row.chunk_text ?? '',
    fileName: row.file_name,
    resourceType: row.type,
    project: row.project,
    origin: decodeOrigin(row.origin),
    createdAt: { text: row.created_at ?? '', ms: row.created_at_ms },
  };
}
