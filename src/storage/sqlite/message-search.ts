import type { MessageFilters, MessageHit, MessageSearchResult, SearchInput } from '../../domain/ports.ts';
import type { Database } from './database.ts';
import { ownerHits } from './owner-search.ts';
import { surroundings } from './session-order.ts';
import type { VectorIndex } from './vector-index.ts';
import { weightedWords } from './word-search.ts';
import { wordsAround } from './words-around.ts';

/** The best candidates by word and by meaning, with what their sessions say of each. */
export function searchMessages(
  database: Database,
  index: VectorIndex,
  input: SearchInput,
  filters: MessageFilters,
): MessageSearchResult {
  const conditions = [];
  if (filters.conversationId !== undefined) {
    conditions.push({ sql: 'o.conversation_id = ?', parameters: [filters.conversationId] });
  }
  if (filters.createdAfterMs !== undefined) {
    conditions.push({ sql: 'o.timestamp_ms >= ?', parameters: [filters.createdAfterMs] });
  }
  const found = ownerHits(database, index, input, {
    ownerKind: 'message',
    table: 'ChatHistory',
    words: 'MessageWords',
    lengthOf: 'o.content',
    createdAtMs: 'o.timestamp_ms',
    scope: filters.scope,
    conditions,
  });
  const around = surroundings(
    database,
    found.hits.map(({ ownerId }) => ownerId),
  );
  const bm25Around = wordsAround(
    database,
    weightedWords(found.lexical).map(({ word }) => word),
    around,
  );
  const nextIds = [...around.values()].flatMap(({ after }) => after[0]?.messageId ?? []);
  const previousIds = [...around.values()].flatMap(({ before }) => before[0]?.messageId ?? []);
  const nextCosines =
    input.vector === null
      ? null
      : index.cosinesOf(
          input.vector,
          { ownerKind: 'message', scope: filters.scope, modelHashes: input.modelHashes },
          new Set(nextIds),
        );
  const speech = speechOf(database, [...around.keys(), ...previousIds]);
  const hits = found.hits.map(({ ownerId, ...hit }): MessageHit => {
    const next = around.get(ownerId)?.after[0]?.messageId;
    const previous = around.get(ownerId)?.before[0]?.messageId;
    return {
      messageId: ownerId,
      ...hit,
      role: speech.get(ownerId)?.role ?? null,
      bm25Around: bm25Around.get(ownerId) ?? hit.bm25,
      nextCosine: next === undefined ? null : (nextCosines?.get(next)?.[0]?.cosine ?? null),
      asks: speech.get(ownerId)?.asks ?? false,
      followsQuestion: previous === undefined ? false : (speech.get(previous)?.asks ?? false),
    };
  });
  return { ...found, hits };
}

/** Who spoke, and whether it was a question. */
function speechOf(
  database: Database,
  messageIds: readonly number[],
): Map<number, { role: string | null; asks: boolean }> {
  const rows = database
    .prepare<[id: number, role: string | null, end: string | null]>(
      `SELECT id, role, substr(rtrim(content, char(9, 10, 13, 32)), -1)
         FROM ChatHistory WHERE id IN (SELECT value FROM json_each(?))`,
    )
    .raw()
    .all(JSON.stringify(messageIds)) as [id: number, role: string | null, end: string | null][];
  return new Map(rows.map(([id, role, end]) => [id, { role, asks: end === '?' || end === '？' }]));
}
