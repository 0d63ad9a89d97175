import type { Database } from './database.ts';
import { matchAny } from './full-text.ts';
import type { Surroundings } from './session-order.ts';
import type { WordInForms } from './word-forms.ts';

/** So many characters away a word counts 1/e of what it does in the message itself; docs/chat-retrieval.md. */
const reachCharacters = 1_000;

/** What the words of a query come to at one message, itself (`own`) or with its surroundings. */
export interface WordsFound {
  own: number;
  /** The sum over the words of how much each is worth at its best, in the message or by the distance around it. */
  around: number;
  /** The share of the words' weight that is there, by the distance, however often. */
  coverage: number;
}

/** Messages that have no word in reach are left out. A word's share of a bm25 does not depend on the others. */
export function wordsAround(
  database: Database,
  words: readonly WordInForms[],
  around: ReadonlyMap<number, Surroundings>,
): Map<number, WordsFound> {
  const ids = new Set(around.keys());
  for (const { before, after } of around.values()) {
    for (const { messageId } of before) ids.add(messageId);
    for (const { messageId } of after) ids.add(messageId);
  }
  const list = JSON.stringify([...ids]);
  const weightOfAll = words.reduce((sum, { weight }) => sum + weight, 0);
  const found = new Map<number, WordsFound>();
  for (const { forms, weight } of words) {
    const scores = bestScores(database, forms, list);
    if (scores.size === 0) continue;
    for (const [messageId, surroundings] of around) {
      const own = scores.get(messageId) ?? 0;
      const { best, nearness } = atBest(scores, messageId, surroundings);
      if (nearness === 0) continue;
      const sum = found.get(messageId) ?? { own: 0, around: 0, coverage: 0 };
      sum.own += own;
      sum.around += best;
      sum.coverage += (nearness * weight) / weightOfAll;
      found.set(messageId, sum);
    }
  }
  return found;
}

/** The largest score by its distance, and how near the nearest is, from 1 in the message itself down. */
function atBest(
  scores: ReadonlyMap<number, number>,
  messageId: number,
  { before, after }: Surroundings,
): { best: number; nearness: number } {
  const own = scores.get(messageId);
  let best = own ?? 0;
  let nearness = own === undefined ? 0 : 1;
  for (const side of [before, after]) {
    for (const neighbour of side) {
      const score = scores.get(neighbour.messageId);
      if (score === undefined) continue;
      const share = Math.exp(-neighbour.charactersAway / reachCharacters);
      best = Math.max(best, score * share);
      nearness = Math.max(nearness, share);
    }
  }
  return { best, nearness };
}

/** Of each message that holds one of the forms. */
function bestScores(database: Database, forms: readonly string[], list: string): Map<number, number> {
  const best = new Map<number, number>();
  for (const form of forms) {
    for (const [messageId, score] of scoresOf(database, form, list)) {
      best.set(messageId, Math.max(best.get(messageId) ?? 0, score));
    }
  }
  return best;
}

/** The plus keeps FTS5 from beginning anew for each row. */
function scoresOf(database: Database, word: string, list: string): [id: number, score: number][] {
  return database
    .prepare<[id: number, score: number]>(
      `SELECT rowid, -bm25(MessageWords) FROM MessageWords
        WHERE MessageWords MATCH ? AND +rowid IN (SELECT value FROM json_each(?))`,
    )
    .raw()
    .all(matchAny([word]), list) as [id: number, score: number][];
}
