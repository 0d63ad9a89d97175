import type { MessageRecord, NewMessage, NewQueryLog } from '../../domain/ports.ts';
import type { Database } from './database.ts';
import { insertEmbedding } from './embedding-rows.ts';
import { indexWords } from './full-text.ts';
import { insertLinks } from './link-rows.ts';
import { idForNewRow } from './row-id.ts';
import { decodeMetadata, decodeOrigin, inOrderOf } from './row-values.ts';
import { takeChangeNumber, takeVectorIds } from './sequence.ts';
import { lastMessage } from './session-order.ts';

export function insertMessage(database: Database, message: NewMessage, writtenBy: string) {
  const vector = fitsItsPlace(database, message) ? message.vector : null;
  const messageId = Number(
    database
      .prepare(
        `INSERT INTO ChatHistory (id, conversation_id, role, content, timestamp, timestamp_ms, agent_name, metadata,
                                  source_tool, project, is_query, archived, origin, written_by)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?)`,
      )
      .run(
        idForNewRow(database, 'ChatHistory'),
        message.conversationId,
        message.role,
        message.content,
        message.createdAt.text,
        message.createdAt.ms,
        message.agentName,
        message.metadata === null ? null : JSON.stringify(message.metadata),
        message.sourceTool,
        message.project,
        message.origin,
        writtenBy,
      ).lastInsertRowid,
  );
  insertEmbedding(database, {
    vectorId: takeVectorIds(database, 1),
    ownerKind: 'message',
    ownerId: messageId,
    role: 'text',
    vector,
    modelHash: message.modelHash,
    project: message.project,
    changeNumber: takeChangeNumber(database),
  });
  indexWords(database, 'MessageWords', messageId, message.searchText);
  return { messageId, pendingVectors: vector === null ? 1 : 0 };
}

/** Whether the message that the vector was made with is still the last one: another process may write in between. */
function fitsItsPlace(database: Database, { precedingId, project, conversationId }: NewMessage): boolean {
  if (precedingId === undefined) return true;
  return (lastMessage(database, project, conversationId)?.messageId ?? null) === precedingId;
}

export function insertQueryLog(database: Database, log: NewQueryLog, writtenBy: string) {
  const messageId = Number(
    database
      .prepare(
        `INSERT INTO ChatHistory (id, conversation_id, role, content, timestamp, timestamp_ms, project, is_query,
                                  archived, origin, written_by)
         VALUES (?, ?, 'user', ?, ?, ?, ?, 1, 0, 'agent', ?)`,
      )
      .run(
        idForNewRow(database, 'ChatHistory'),
        log.conversationId,
        log.query,
        log.createdAt.text,
        log.createdAt.ms,
        log.project,
        writtenBy,
      ).lastInsertRowid,
  );
  insertLinks(database, messageId, log.chunkIds, writtenBy);
  return { messageId };
}

interface MessageRow {
  id: number;
  project: string | null;
  conversation_id: string | null;
  role: string | null;
  content: string | null;
  agent_name: string | null;
  source_tool: string | null;
  metadata: string | null;
  origin: string | null;
  timestamp: string | null;
  timestamp_ms: number | null;
  is_query: number | null;
  archived: number | null;
}

export function readMessages(database: Database, ids: readonly number[]): MessageRecord[] {
  const rows = database
    .prepare<MessageRow>('SELECT * FROM ChatHistory WHERE id IN (SELECT value FROM json_each(?))')
    .all(JSON.stringify(ids));
  return inOrderOf(ids, rows).map(messageRecord);
}

function messageRecord(row: MessageRow): MessageRecord {
  return {
    messageId: row.id,
    project: row.project,
    conversationId: row.conversation_id,
    role: row.role,
    content: row.content ?? '',
    agentName: row.agent_name,
    sourceTool: row.source_tool,
    metadata: decodeMetadata(row.metadata),
    origin: decodeOrigin(row.origin),
    createdAt: { text: row.timestamp ?? '', ms: row.timestamp_ms },
    isQuery: row.is_query === 1,
    archived: row.archived === 1,
  };
}
