import type { MessageFilters, MessageHit, MessageSearchResult, SearchInput } from '../../domain/ports.ts';
import { limits } from '../../limits.ts';
import type { Database } from './database.ts';
import { type OwnerHit, ownerHits, readOwners } from './owner-search.ts';
import { type Surroundings, surroundings } from './session-order.ts';
import type { VectorIndex } from './vector-index.ts';
import { wordsInForms } from './word-forms.ts';
import { wordsAround } from './words-around.ts';

const messages = {
  ownerKind: 'message',
  table: 'ChatHistory',
  lengthOf: 'o.content',
  createdAtMs: 'o.timestamp_ms',
} as const;

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
    ...messages,
    words: 'MessageWords',
    scope: filters.scope,
    conditions,
  });
  const around = surroundings(
    database,
    found.hits.map(({ ownerId }) => ownerId),
  );
  const beside = ownersBeside(database, input, filters, found.hits, around);
  const aroundBeside = surroundings(
    database,
    beside.map(({ ownerId }) => ownerId),
  );
  for (const [id, sides] of aroundBeside) around.set(id, sides);
  const words = wordsAround(database, wordsInForms(database, input, found.lexical), around);
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
  const messageHit = ({ ownerId, ...hit }: OwnerHit): MessageHit => {
    const next = around.get(ownerId)?.after[0]?.messageId;
    const previous = around.get(ownerId)?.before[0]?.messageId;
    return {
      messageId: ownerId,
      session: speech.get(ownerId)?.session ?? String(ownerId),
      ...hit,
      role: speech.get(ownerId)?.role ?? null,
      bm25Around: words.get(ownerId)?.around ?? hit.bm25,
      bm25InForms: words.get(ownerId)?.own ?? hit.bm25,
      coverageAround: words.get(ownerId)?.coverage ?? 0,
      nextCosine: next === undefined ? null : (nextCosines?.get(next)?.[0]?.cosine ?? null),
      asks: speech.get(ownerId)?.asks ?? false,
      followsQuestion: previous === undefined ? false : (speech.get(previous)?.asks ?? false),
      opensSession: previous === undefined,
      shortText: speech.get(ownerId)?.shortText ?? null,
    };
  };
  return {
    ...found,
    hits: found.hits.map(messageHit),
    beside: beside.map((owner) => messageHit({ ...owner, bm25: words.get(owner.ownerId)?.own ?? 0 })),
  };
}

/** What stands just before and after the best of the hits, is none of them and passes the filter. */
function ownersBeside(
  database: Database,
  input: SearchInput,
  { createdAfterMs = Number.NEGATIVE_INFINITY }: MessageFilters,
  hits: readonly OwnerHit[],
  around: ReadonlyMap<number, Surroundings>,
): Omit<OwnerHit, 'bm25'>[] {
  const ids = new Set<number>();
  const { bm25Weight = 1 } = input;
  const strength = ({ cosine, bm25 }: OwnerHit) => (cosine ?? 0) + bm25Weight * bm25;
  const bestFirst = hits.toSorted((a, b) => strength(b) - strength(a) || b.ownerId - a.ownerId);
  for (const hit of bestFirst.slice(0, limits.besideMessagesMax)) {
    const sides = around.get(hit.ownerId);
    for (const neighbour of [sides?.before[0], sides?.after[0]]) {
      if (neighbour !== undefined && !around.has(neighbour.messageId)) ids.add(neighbour.messageId);
    }
  }
  // Project and conversation are those of the session; a time that is not known passes no filter of times.
  const owners = readOwners(database, input, messages, [...ids]);
  return owners.filter(({ createdAtMs }) => (createdAtMs ?? Number.NEGATIVE_INFINITY) >= createdAfterMs);
}

interface Speech {
  session: string;
  role: string | null;
  asks: boolean;
  shortText: string | null;
}

/** In which session who spoke, whether it was a question, and what was said where that is short. */
function speechOf(database: Database, messageIds: readonly number[]): Map<number, Speech> {
  type Row = [id: number, session: string, role: string | null, end: string | null, shortText: string | null];
  const rows = database
    .prepare<Row>(
      `SELECT id, CASE WHEN conversation_id IS NULL THEN id ELSE json_array(project, conversation_id) END,
              role, substr(rtrim(content, char(9, 10, 13, 32)), -1),
              CASE WHEN length(content) < ? THEN content END
         FROM ChatHistory WHERE id IN (SELECT value FROM json_each(?))`,
    )
    .raw()
    .all(limits.shortMessageCharactersMax, JSON.stringify(messageIds)) as Row[];
  return new Map(
    rows.map(([id, session, role, end, shortText]) => [
      id,
      { session: String(session), role, asks: end === '?' || end === '？', shortText },
    ]),
  );
}
