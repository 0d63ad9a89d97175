/**
 * A session is what one project and conversation id hold, in the order of the ids and without logs of questions. A message
 * without a conversation id stands alone.
 */
import type { ProjectName } from '../../domain/ports.ts';
import { limits } from '../../limits.ts';
import type { Database } from './database.ts';

/** As domain/message-text.ts joins it; a column of a migrated row may be NULL. */
export const messageTextSql = (row: string) =>
  `coalesce(${row}.role || ': ', '') || coalesce(${row}.content, '')`;

/** The rows `n` of the session of `o`. */
const sameSession = `n.conversation_id = o.conversation_id AND n.project IS o.project AND coalesce(n.is_query, 0) = 0`;

export const precedingIdSql = `(SELECT max(n.id) FROM ChatHistory n WHERE ${sameSession} AND n.id < o.id)`;

export function lastMessage(
  database: Database,
  project: ProjectName,
  conversationId: string,
): { messageId: number; text: string } | null {
  const found = database
    .prepare<{ messageId: number; text: string }>(
      `SELECT n.id AS messageId, ${messageTextSql('n')} AS text FROM ChatHistory n
        WHERE n.conversation_id = ? AND n.project IS ? AND coalesce(n.is_query, 0) = 0 ORDER BY n.id DESC LIMIT 1`,
    )
    .get(conversationId, project);
  return (found as { messageId: number; text: string } | undefined) ?? null;
}

/** The message after this one in its session. */
export function followingId(database: Database, messageId: number): number | null {
  return database
    .prepare<number | null>(
      `SELECT (SELECT min(n.id) FROM ChatHistory n WHERE ${sameSession} AND n.id > o.id) FROM ChatHistory o WHERE o.id = ?`,
    )
    .pluck()
    .get(messageId) as number | null;
}

/** A message near another: how many characters lie between the two, the nearer one's own among them. */
export interface Neighbour {
  messageId: number;
  charactersAway: number;
}

export interface Surroundings {
  /** Nearest first. */
  before: Neighbour[];
  after: Neighbour[];
}

/** The messages around each of these, at most `limits.neighbourMessagesMax` on each side. */
export function surroundings(database: Database, messageIds: readonly number[]): Map<number, Surroundings> {
  const side = (comparison: string, order: string) =>
    `(SELECT json_group_array(json_array(id, characters)) FROM (
        SELECT n.id, length(n.content) AS characters FROM ChatHistory n
         WHERE ${sameSession} AND n.id ${comparison} o.id ORDER BY n.id ${order} LIMIT ${limits.neighbourMessagesMax}))`;
  const rows = database
    .prepare<[id: number, before: string, after: string]>(
      `SELECT o.id, ${side('<', 'DESC')}, ${side('>', 'ASC')}
         FROM ChatHistory o WHERE o.id IN (SELECT value FROM json_each(?))`,
    )
    .raw()
    .all(JSON.stringify(messageIds)) as [id: number, before: string, after: string][];
  return new Map(
    rows.map(([id, before, after]) => [id, { before: neighbours(before), after: neighbours(after) }]),
  );
}

function neighbours(json: string): Neighbour[] {
  let charactersAway = 0;
  return (JSON.parse(json) as [id: number, characters: number | null][]).map(([messageId, characters]) => {
    charactersAway += characters ?? 0;
    return { messageId, charactersAway };
  });
}
