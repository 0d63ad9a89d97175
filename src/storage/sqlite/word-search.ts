import type { LexicalStatistics } from '../../domain/ports.ts';
import { limits } from '../../limits.ts';
import type { Database } from './database.ts';
import { matchAny, type WordIndex } from './full-text.ts';
import { storeOf } from './vector-index.ts';
import { WordCounts } from './word-counts.ts';
import { type ScoredRow, WordMatches } from './word-matches.ts';

/** What a search of this connection may use again; derived, and thrown away when the rows change. */
interface Remembered {
  counts: WordCounts;
  lastCounted: { key: string; statistics: LexicalStatistics };
  /** What the last search found: those who ask for further rows of it need no second pass. */
  last: { key: string; matches: WordMatches };
  /** The scores of rows for sets of words that the last searches looked up in them; 0 where they hold none. */
  among: Map<string, Map<number, number>>;
}

const remembered = new WeakMap<Database, Map<WordIndex, Remembered>>();

/** A word of a query and in how many rows it is. */
type CountedWord = LexicalStatistics['wordRows'][number];

/**
 * The rows of the index that hold a word of the query and pass the filter: the best `limit` of them, and of those of
 * `alsoIds`, which pass it, the ones that hold a word; with their scores. The scores are FTS5's bm25 with its sign
 * turned (k1 1.2, b 0.75; https://www.sqlite.org/fts5.html#the_bm25_function).
 *
 * A word's share of a score does not depend on the others, and giving a row its score takes ten times as long as
 * finding it; so the rarest words alone choose the rows (those that are in few rows together, see `leadingWords`), and
 * the further words are looked up in the best of these. `passing` gives those of the ids that the filter lets through.
 */
export function bestScores(
  database: Database,
  index: WordIndex,
  words: readonly CountedWord[],
  passing: (ids: readonly number[]) => readonly number[],
  limit: number,
  alsoIds: readonly number[],
): Map<number, number> {
  const { leading, further } = leadingWords(words);
  const matches = wordMatches(database, index, leading);
  const wanted = further.length === 0 || limit === 0 ? limit : Math.max(limit, limits.wordRowsCompletedMax);
  const found = new Map<number, number>();
  for (const id of bestPassing(matches, passing, wanted)) found.set(id, matches.scoreOf(id) as number);
  const also = new Map(alsoIds.map((id) => [id, found.get(id) ?? matches.scoreOf(id) ?? 0]));
  if (further.length > 0) {
    const scores = scoresAmong(database, index, further, new Set([...found.keys(), ...alsoIds]));
    for (const [id, score] of found) found.set(id, score + (scores.get(id) ?? 0));
    for (const [id, score] of also) also.set(id, score + (scores.get(id) ?? 0));
  }
  const best = [...found].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, limit);
  return new Map([...best, ...[...also].filter(([, score]) => score !== 0)]);
}

/** The best that pass the filter, best first. What comes behind the last one that is wanted is never looked up. */
function bestPassing(
  matches: WordMatches,
  passing: (ids: readonly number[]) => readonly number[],
  wanted: number,
): number[] {
  const found: number[] = [];
  if (wanted === 0) return found;
  for (const ids of matches.bestFirst(wanted)) {
    const seen = new Set(passing(ids));
    found.push(...ids.filter((id) => seen.has(id)));
    if (found.length >= wanted) break;
  }
  return found.slice(0, wanted);
}

/** Does the part of a search by word that needs no vector, filter or limit; bestScores then finds it remembered. */
export function lookUpWords(database: Database, index: WordIndex, words: readonly string[]): void {
  const { leading } = leadingWords(weightedWords(lexicalStatistics(database, index, words)));
  wordMatches(database, index, leading);
}

/**
 * The words that can move a score: FTS5 gives a word found in half of the rows or more no weight, and
 * reading its rows is what a search spends its time on. All words where none is rarer.
 */
export function weightedWords({ rows, wordRows }: LexicalStatistics): CountedWord[] {
  const rare = wordRows.filter((entry) => entry.rows > 0 && entry.rows * 2 < rows);
  return rare.length > 0 ? rare : wordRows;
}

/** From the rarest on, until together they are in `limits.wordRowsLeadingMax` rows: at least one. */
function leadingWords(words: readonly CountedWord[]): { leading: string[]; further: string[] } {
  const leading: string[] = [];
  const further: string[] = [];
  let rows = 0;
  for (const entry of words.toSorted((a, b) => a.rows - b.rows)) {
    rows += entry.rows;
    const leads = leading.length === 0 || rows <= limits.wordRowsLeadingMax;
    (leads ? leading : further).push(entry.word);
  }
  return { leading, further };
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
  const own = rememberedOf(database, index);
  const state = stateOf(database);
  const key = JSON.stringify([state, words]);
  if (own.lastCounted.key === key) return own.lastCounted.statistics;
  const { rows, rowsOf } = own.counts.of(database, index, words, state);
  const counted = words.map((word) => ({ word, rows: rowsOf.get(word) ?? 0 }));
  const rarestFirst = counted.toSorted((a, b) => a.rows - b.rows);
  const kept = new Set<string>();
  let read = 0;
  for (const entry of rarestFirst) {
    read += entry.rows;
    if (read > limits.wordRowsReadMax && kept.size > 0) break;
    kept.add(entry.word);
  }
  const statistics = { rows, wordRows: counted.filter(({ word }) => kept.has(word)) };
  own.lastCounted = { key, statistics };
  return statistics;
}

/** Every row that holds one of the words: one pass over the full text, however often it is asked about. */
function wordMatches(database: Database, index: WordIndex, words: readonly string[]): WordMatches {
  if (words.length === 0) return nothingMatched;
  const own = rememberedOf(database, index);
  const key = JSON.stringify([stateOf(database), words]);
  if (own.last.key === key) return own.last.matches;
  // Rows as arrays: thousands of objects would take longer than the search itself.
  const rows = database
    .prepare<ScoredRow>(`SELECT rowid, -bm25(${index}) FROM ${index} WHERE ${index} MATCH ?`)
    .raw()
    .all(matchAny(words)) as ScoredRow[];
  const matches = new WordMatches(rows);
  own.last = { key, matches };
  return matches;
}

/**
 * What the words give to each of the rows, and what is known of others. Their rows are walked for it however few are
 * asked about, so none is asked about twice. The plus keeps FTS5 from beginning anew for each row.
 */
export function scoresAmong(
  database: Database,
  index: WordIndex,
  words: readonly string[],
  ids: ReadonlySet<number>,
): ReadonlyMap<number, number> {
  const own = rememberedOf(database, index);
  const key = JSON.stringify([stateOf(database), words]);
  if (!own.among.has(key) && own.among.size >= limits.wordSetsRememberedMax) own.among.clear();
  const scores = own.among.get(key) ?? new Map<number, number>();
  own.among.set(key, scores);
  const missing = [...ids].filter((id) => !scores.has(id));
  if (missing.length === 0) return scores;
  for (const id of missing) scores.set(id, 0);
  const rows = database
    .prepare<ScoredRow>(
      `SELECT rowid, -bm25(${index}) FROM ${index}
        WHERE ${index} MATCH ? AND +rowid IN (SELECT value FROM json_each(?))`,
    )
    .raw()
    .all(matchAny(words), JSON.stringify(missing)) as ScoredRow[];
  for (const [id, score] of rows) scores.set(id, score);
  return scores;
}

/** What an answer holds for: another file in the place of this one may be at the same change. */
function stateOf(database: Database): string {
  const { storeId, lastChange, connectionNumber } = storeOf(database);
  return `${storeId} ${lastChange} ${connectionNumber}`;
}

const nothingMatched = new WordMatches([]);

function rememberedOf(database: Database, index: WordIndex): Remembered {
  const ofDatabase = remembered.get(database) ?? new Map<WordIndex, Remembered>();
  remembered.set(database, ofDatabase);
  const own = ofDatabase.get(index) ?? {
    counts: new WordCounts(),
    lastCounted: { key: '', statistics: { rows: 0, wordRows: [] } },
    last: { key: '', matches: nothingMatched },
    among: new Map(),
  };
  ofDatabase.set(index, own);
  return own;
}
