import type { LexicalStatistics } from '../../domain/ports.ts';
import { limits } from '../../limits.ts';
import type { Database } from './database.ts';
import { matchAny, type WordIndex } from './full-text.ts';
import { WordCounts } from './word-counts.ts';
import { WordMatches } from './word-matches.ts';

/** What a search of this connection may use again; derived, and thrown away when the rows change. */
interface Remembered {
  counts: WordCounts;
  /** What the last search found: those who ask for further rows of it need no second pass. */
  last: { key: string; matches: WordMatches };
}

const remembered = new WeakMap<Database, Map<WordIndex, Remembered>>();

/**
 * The rows of the index that hold a word of the query and pass the filter: the best `limit` of them, and those of
 * `alsoIds`, with their scores.
 */
export function wordScores(
  database: Database,
  index: WordIndex,
  words: readonly string[],
  filter: { join: string; where: string; parameters: unknown[] },
  limit: number,
  alsoIds: readonly number[],
): Map<number, number> {
  const passing = (ids: readonly number[]): Iterable<number> =>
    filter.parameters.length === 0
      ? ids
      : (database
          .prepare<number>(
            `SELECT ${index}.rowid FROM (SELECT value AS rowid FROM json_each(?)) AS ${index} ${filter.join}
              WHERE ${filter.where}`,
          )
          .pluck()
          .all(JSON.stringify(ids), ...filter.parameters) as number[]);
  return bestScores(wordMatches(database, index, words), passing, limit, alsoIds);
}

/** Of what words found, the best `limit` that pass a filter, and those of `alsoIds` that do. */
export function bestScores(
  matches: WordMatches,
  passing: (ids: readonly number[]) => Iterable<number>,
  limit: number,
  alsoIds: readonly number[],
): Map<number, number> {
  const found = new Map<number, number>();
  const take = (ids: readonly number[], until: number) => {
    const seen = new Set(passing(ids));
    for (const id of ids) {
      if (found.size >= until) return;
      if (seen.has(id)) found.set(id, matches.scoreOf(id) as number);
    }
  };
  // What comes behind the last one that is wanted is never looked up.
  if (limit > 0) {
    for (const ids of matches.bestFirst(limit)) {
      take(ids, limit);
      if (found.size >= limit) break;
    }
  }
  const further = alsoIds.filter((id) => matches.scoreOf(id) !== undefined && !found.has(id));
  if (further.length > 0) take(further, Number.POSITIVE_INFINITY);
  return found;
}

/**
 * The words that can move a score: FTS5 gives a word found in half of the rows or more no weight, and
 * reading its rows is what a search spends its time on. All words where none is rarer.
 */
export function weightedWords({ rows, wordRows }: LexicalStatistics): string[] {
  const rare = wordRows.filter((entry) => entry.rows > 0 && entry.rows * 2 < rows);
  return (rare.length > 0 ? rare : wordRows).map((entry) => entry.word);
}

/**
 * How many rows the index has, and how many of them hold each word that the search goes by: from the rarest on, until
 * together they are in `limits.wordRowsReadMax` rows. What is left out is common, and weighs the least.
 */
export function lexicalStatistics(
  database: Database,
  index: WordIndex,
  words: readonly string[],
): LexicalStatistics {
  const { rows, rowsOf } = rememberedOf(database, index).counts.of(database, index, words);
  const counted = words.map((word) => ({ word, rows: rowsOf.get(word) ?? 0 }));
  const rarestFirst = counted.toSorted((a, b) => a.rows - b.rows);
  const kept = new Set<string>();
  let read = 0;
  for (const entry of rarestFirst) {
    read += entry.rows;
    if (read > limits.wordRowsReadMax && kept.size > 0) break;
    kept.add(entry.word);
  }
  return { rows, wordRows: counted.filter(({ word }) => kept.has(word)) };
}

/**
 * Every row that holds a word. One pass over the full text for a query, however often it is asked about. The scores
 * are FTS5's bm25 with its sign turned (k1 1.2, b 0.75; https://www.sqlite.org/fts5.html#the_bm25_function).
 */
export function wordMatches(database: Database, index: WordIndex, words: readonly string[]): WordMatches {
  if (words.length === 0) return nothingMatched;
  const own = rememberedOf(database, index);
  // Another database in the place of this one (a restore) may be at the same change.
  const state = database
    .prepare<string>("SELECT store_id || ' ' || last_change FROM StoreInfo")
    .pluck()
    .get();
  const key = JSON.stringify([state, words]);
  if (own.last.key === key) return own.last.matches;
  // Rows as arrays: thousands of objects would take longer than the search itself.
  const rows = database
    .prepare<[id: number, score: number]>(
      `SELECT rowid, -bm25(${index}) FROM ${index} WHERE ${index} MATCH ?`,
    )
    .raw()
    .all(matchAny(words)) as [id: number, score: number][];
  const matches = new WordMatches(rows);
  own.last = { key, matches };
  return matches;
}

const nothingMatched = new WordMatches([]);

function rememberedOf(database: Database, index: WordIndex): Remembered {
  const ofDatabase = remembered.get(database) ?? new Map<WordIndex, Remembered>();
  remembered.set(database, ofDatabase);
  const own = ofDatabase.get(index) ?? {
    counts: new WordCounts(),
    last: { key: '', matches: nothingMatched },
  };
  ofDatabase.set(index, own);
  return own;
}
