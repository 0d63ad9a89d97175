import type Sqlite from 'better-sqlite3';
import { chunkText } from '../domain/chunking.ts';
import { contentHash } from '../domain/memory-text.ts';
import type { Embedder } from '../domain/ports.ts';
import { tokenMapOf } from '../domain/token-map.ts';
import { limits } from '../limits.ts';

/** What is known of the whole texts of old resources. */
export interface WholeTexts {
  /** Resources that the old server left without a chunk: ids as text. */
  withoutChunks: string[];
  /** Of those: whose text was found in the log of the HTTP call that stored it. */
  recovered: string[];
  /** Resources with chunks whose whole text is known the same way: `--rechunk` can cut them anew. */
  known: string[];
  rechunked: string[];
}

interface KnownText {
  resourceId: bigint;
  messageId: bigint;
  chunkCount: number;
  createdAt: string | null;
}

/**
 * Finds the whole texts of resources in the logs of HTTP calls (`tools/call:store_memory`), gives resources that
 * lost theirs their chunks back, and with `rechunk` cuts the others anew as a further revision: the old chunks stay,
 * archived, and links to them hold. New chunks have no vector ids yet.
 */
export async function restoreWholeTexts(
  connection: Sqlite.Database,
  embedder: Embedder,
  options: { rechunk: boolean; nowText: string },
): Promise<WholeTexts> {
  const ids = (sql: string) => connection.prepare(sql).pluck().all() as string[];
  const found: WholeTexts = {
    withoutChunks: ids(
      `SELECT CAST(id AS TEXT) FROM main.Resources r
        WHERE NOT EXISTS (SELECT 1 FROM main.ResourceChunks c WHERE c.resource_id = r.id) ORDER BY id`,
    ),
    recovered: [],
    known: [],
    rechunked: [],
  };
  for (const known of knownTexts(connection)) {
    const content = contentOf(connection, known);
    if (content === null || !content.isWellFormed()) continue;
    if (known.chunkCount === 0) {
      await writeChunks(connection, embedder, known, content, 1);
      found.recovered.push(String(known.resourceId));
    } else if (holdsChunks(connection, known.resourceId, content)) {
      found.known.push(String(known.resourceId));
      if (!options.rechunk) continue;
      archiveChunks(connection, known, options.nowText);
      await writeChunks(connection, embedder, known, content, 2);
      found.rechunked.push(String(known.resourceId));
    }
  }
  return found;
}

/**
 * The call that stored a resource was logged when it returned: the first one after the resource's time with its
 * name and type, and each log stands for one resource.
 */
function knownTexts(connection: Sqlite.Database): KnownText[] {
  connection.exec(
    `CREATE TEMP TABLE Calls AS
       SELECT id, timestamp_ms AS ms, json_extract(metadata, '$.arguments.file_name') AS file_name,
              coalesce(json_extract(metadata, '$.arguments.resource_type'), 'document') AS type
         FROM main.ChatHistory
        WHERE is_query = 1 AND CAST(content AS TEXT) = 'tools/call:store_memory' AND typeof(metadata) = 'text'
          AND CASE WHEN length(metadata) <= ${limits.legacyTraceBytesMax} THEN json_valid(metadata) END;
     CREATE INDEX temp.CallsByName ON Calls (file_name, type, ms, id)`,
  );
  return connection
    .prepare(
      `WITH Pairs AS (
         SELECT r.id AS resourceId, r.created_at AS createdAt, r.created_at_ms AS ms,
                (SELECT c.id FROM temp.Calls c
                  WHERE c.file_name = r.file_name AND c.type = r.type AND c.ms >= r.created_at_ms
                  ORDER BY c.ms, c.id LIMIT 1) AS messageId
           FROM main.Resources r)
       SELECT resourceId, messageId, createdAt,
              (SELECT count(*) FROM main.ResourceChunks k WHERE k.resource_id = resourceId) AS chunkCount
         FROM (SELECT *, row_number() OVER (PARTITION BY messageId ORDER BY ms DESC, resourceId DESC) AS place
                 FROM Pairs WHERE messageId IS NOT NULL)
        WHERE place = 1 ORDER BY resourceId`,
    )
    .safeIntegers()
    .all()
    .map((row) => {
      const known = row as Omit<KnownText, 'chunkCount'> & { chunkCount: bigint };
      return { ...known, chunkCount: Number(known.chunkCount) };
    });
}

function contentOf(connection: Sqlite.Database, { messageId }: KnownText): string | null {
  const content = connection
    .prepare("SELECT json_extract(metadata, '$.arguments.content') FROM main.ChatHistory WHERE id = ?")
    .pluck()
    .get(messageId);
  return typeof content === 'string' && content !== '' ? content : null;
}

/** The old chunker joined sentences anew, so white space does not count. */
function holdsChunks(connection: Sqlite.Database, resourceId: bigint, content: string): boolean {
  const bare = content.replace(/\s+/g, '');
  const chunks = connection
    .prepare('SELECT CAST(chunk_text AS TEXT) FROM main.ResourceChunks WHERE resource_id = ?')
    .pluck()
    .all(resourceId) as (string | null)[];
  // Of its head alone: a chunk may begin with the overlap of the one before, cut inside a word.
  return chunks.every((chunk) => {
    const words = (chunk ?? '').split(/\s+/).slice(1, 9).join('');
    return bare.includes(words);
  });
}

function archiveChunks(connection: Sqlite.Database, known: KnownText, nowText: string): void {
  connection
    .prepare('UPDATE main.ResourceChunks SET archived = 1 WHERE resource_id = ?')
    .run(known.resourceId);
  connection
    .prepare(
      'INSERT INTO main.ResourceRevisions (resource_id, revision, content_hash, created_at) VALUES (?, 1, NULL, ?)',
    )
    .run(known.resourceId, known.createdAt ?? nowText);
}

async function writeChunks(
  connection: Sqlite.Database,
  embedder: Embedder,
  { resourceId }: KnownText,
  content: string,
  revision: number,
): Promise<void> {
  const chunks = chunkText(content, await tokenMapOf(embedder, content));
  const insert = connection.prepare(
    `INSERT INTO main.ResourceChunks (resource_id, chunk_text, vector_id, generation_method, archived, revision,
                                      start_offset, end_offset)
     VALUES (?, ?, NULL, 'sequential', 0, ?, ?, ?)`,
  );
  for (const { text, start, end } of chunks) insert.run(resourceId, text, revision, start, end);
  connection
    .prepare('UPDATE main.Resources SET content_hash = ?, revision = ? WHERE id = ?')
    .run(contentHash(content), revision, resourceId);
}
