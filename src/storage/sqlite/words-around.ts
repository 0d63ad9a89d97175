import type { Database } from './database.ts';
import { matchAny } from './full-text.ts';
import type { Surroundings } from './session-order.ts';

/** So many characters away a word counts 1/e of what it does in the message itself; docs/chat-retrieval.md. */
const reachCharacters = 1_000;

/**
 * For each message the sum over the words of how much each is worth at its best: in the message itself, or in one around
 * it by the distance. A word's share of a bm25 does not depend on the others, so each is looked up by itself.
 */
export function wordsAround(
  database: Database,
  words: readonly string[],
  around: ReadonlyMap<number, Surroundings>,
): Map<number, number> {
  const ids = new Set(around.keys());
  for (const { before, after } of around.values()) {
    for (const { messageId } of before) ids.add(messageId);
    for (const { messageId } of after) ids.add(messageId);
  }
  const list = JSON.stringify([...ids]);
  const sums = new Map<number, number>();
  for (const word of words) {
    const scores = scoresOf(database, word, list);
    if (scores.size === 0) continue;
    for (const [messageId, { before, after }] of around) {
      let best = scores.get(messageId) ?? 0;
      for (const side of [before, after]) {
        for (const neighbour of side) {
          const score = scores.get(neighbour.messageId);
          if (score === undefined) continue;
          best = Math.max(best, score * Math.exp(-neighbour.charactersAway / reachCharacters));
        }
      }
      if (best > 0) sums.set(messageId, (sums.get(messageId) ?? 0) + best);
    }
  }
  return sums;
}

/** The plus keeps FTS5 from beginning anew for each row. */
function scoresOf(database: Database, word: string, list: string): Map<number, number> {
  const rows = database
    .prepare<[id: number, score: number]>(
      `SELECT rowid, -bm25(MessageWords) FROM MessageWords
        WHERE MessageWords MATCH ? AND +rowid IN (SELECT value FROM json_each(?))`,
    )
    .raw()
    .all(matchAny([word]), list) as [id: number, score: number][];
  return new Map(rows);
}
