import type { ContextLink, LinkedMessage, LinkStatistics, Page, ReadScope } from '../../domain/ports.ts';
import { LtmcError } from '../../errors.ts';
import { allOf, inScope } from './conditions.ts';
import type { Database } from './database.ts';
import { pageOf } from './row-values.ts';

/** Adds the pairs that are not there yet, for chunks that are there; returns how many. */
export function insertLinks(
  database: Database,
  messageId: number,
  chunkIds: readonly number[],
  writtenBy: string,
): number {
  const insert = database.prepare(
    `INSERT INTO ContextLinks (message_id, chunk_id, written_by)
     SELECT m.id, c.id, ? FROM ChatHistory m JOIN ResourceChunks c
      WHERE m.id = ? AND c.id = ?
        AND NOT EXISTS (SELECT 1 FROM ContextLinks WHERE message_id = m.id AND chunk_id = c.id)`,
  );
  return chunkIds.reduce(
    (created, chunkId) => created + insert.run(writtenBy, messageId, chunkId).changes,
    0,
  );
}

/** The same, after checking that the message and every chunk are there. */
export function insertCheckedLinks(
  database: Database,
  messageId: number,
  chunkIds: readonly number[],
  writtenBy: string,
): number {
  if (database.prepare('SELECT 1 FROM ChatHistory WHERE id = ?').get(messageId) === undefined) {
    throw new LtmcError(
      'not_found',
      `Expected message_id to be a message that is there; there is no message ${messageId}. No link was stored.`,
      'log_chat and retrieve_memory (with a conversation_id) give message ids.',
    );
  }
  const known = new Set(
    database
      .prepare<number>('SELECT id FROM ResourceChunks WHERE id IN (SELECT value FROM json_each(?))')
      .pluck()
      .all(JSON.stringify(chunkIds)) as number[],
  );
  const missing = chunkIds.filter((chunkId) => !known.has(chunkId));
  if (missing.length > 0) {
    throw new LtmcError(
      'not_found',
      `Expected every chunk id to be there; these are not: ${missing.slice(0, 20).join(', ')}. No link was stored.`,
      'retrieve_memory gives chunk ids.',
    );
  }
  return insertLinks(database, messageId, chunkIds, writtenBy);
}

export function linksOfMessage(database: Database, messageId: number, page: Page) {
  const rows = database
    .prepare<ContextLink>(
      `SELECT l.message_id AS messageId, l.chunk_id AS chunkId, r.file_name AS fileName
         FROM ContextLinks l LEFT JOIN ResourceChunks c ON c.id = l.chunk_id LEFT JOIN Resources r ON r.id = c.resource_id
        WHERE l.message_id = ? AND l.chunk_id > ? GROUP BY l.chunk_id ORDER BY l.chunk_id`,
    )
    .iterate(messageId, page.after ?? 0);
  return pageOf(rows, page.limit, (row) => row);
}

interface LinkedMessageRow {
  id: number;
  conversation_id: string | null;
  role: string | null;
  content: string | null;
  timestamp: string | null;
  timestamp_ms: number | null;
}

export function messagesOfChunk(database: Database, chunkId: number, page: Page) {
  const rows = database
    .prepare<LinkedMessageRow>(
      `SELECT m.id, m.conversation_id, m.role, m.content, m.timestamp, m.timestamp_ms
         FROM ChatHistory m
        WHERE m.id IN (SELECT message_id FROM ContextLinks WHERE chunk_id = ?) AND m.id < ? ORDER BY m.id DESC`,
    )
    .iterate(chunkId, page.after ?? Number.MAX_SAFE_INTEGER);
  return pageOf(
    rows,
    page.limit,
    (row): LinkedMessage => ({
      messageId: row.id,
      conversationId: row.conversation_id,
      role: row.role,
      content: row.content ?? '',
      timestamp: { text: row.timestamp ?? '', ms: row.timestamp_ms },
    }),
  );
}

/** Over the chunks that the scope may see. A pair that an old server stored twice counts once. */
export function linkStatistics(database: Database, scope: ReadScope, limit: number): LinkStatistics {
  const { sql, parameters } = allOf(inScope('r.project', scope));
  const links = `SELECT DISTINCT l.message_id, l.chunk_id, r.file_name
       FROM ContextLinks l LEFT JOIN ResourceChunks c ON c.id = l.chunk_id LEFT JOIN Resources r ON r.id = c.resource_id
      WHERE ${sql}`;
  const totals = database
    .prepare<Omit<LinkStatistics, 'mostUsedChunks'>>(
      `SELECT count(*) AS totalContextLinks, count(DISTINCT message_id) AS uniqueMessages,
              count(DISTINCT chunk_id) AS uniqueChunksUsed
         FROM (${links})`,
    )
    .get(...parameters) as Omit<LinkStatistics, 'mostUsedChunks'>;
  const mostUsedChunks = database
    .prepare<LinkStatistics['mostUsedChunks'][number]>(
      `SELECT chunk_id AS chunkId, count(DISTINCT message_id) AS usageCount, file_name AS fileName
         FROM (${links})
        WHERE chunk_id IS NOT NULL GROUP BY chunk_id ORDER BY usageCount DESC, chunk_id LIMIT ?`,
    )
    .all(...parameters, limit);
  return { ...totals, mostUsedChunks };
}
