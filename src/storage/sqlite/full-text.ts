import type { LexicalStatistics } from '../../domain/ports.ts';
import type { Database } from './database.ts';

const wordIndexes = ['ChunkWords', 'PatternWords', 'MessageWords', 'TodoWords'] as const;

export type WordIndex = (typeof wordIndexes)[number];

/** Puts a row's words into its index. */
export function indexWords(database: Database, index: WordIndex, rowId: number, words: string): void {
  database.prepare(`INSERT INTO ${index} (rowid, words) VALUES (?, ?)`).run(rowId, words);
}

/** Takes a row's words out; false when it was not in the index. */
export function removeWords(database: Database, index: WordIndex, rowId: number): boolean {
  return database.prepare(`DELETE FROM ${index} WHERE rowid = ?`).run(rowId).changes > 0;
}

/**
 * Writes every index anew without the words of rows that were taken out: FTS5 marks such a row as gone, and its
 * words stay in the file until their segment is merged.
 */
export function dropRemovedWords(database: Database): void {
  for (const index of wordIndexes) {
    database.prepare(`INSERT INTO ${index} (${index}) VALUES ('optimize')`).run();
  }
}

/** An FTS5 query that matches any of the words; each is quoted, so nothing in it is syntax. NUL would end the query. */
export function matchAny(words: readonly string[]): string {
  return words.map((word) => `"${word.replaceAll('"', '""').replaceAll('\0', ' ')}"`).join(' OR ');
}

/**
 * The rows of the index that hold a word of the query and pass the filter: the best `limit` of them, and
 * those of `alsoIds`. One pass over the full text. The scores are FTS5's bm25 with its sign turned
 * (k1 1.2, b 0.75; https://www.sqlite.org/fts5.html#the_bm25_function).
 */
export function wordScores(
  database: Database,
  index: WordIndex,
  words: readonly string[],
  filter: { join: string; where: string; parameters: unknown[] },
  limit: number,
  alsoIds: readonly number[],
): Map<number, number> {
  if (words.length === 0) return new Map();
  const rows = database
    .prepare<{ id: number; score: number }>(
      `WITH matches AS MATERIALIZED (
         SELECT ${index}.rowid AS id, -bm25(${index}) AS score
           FROM ${index} ${filter.join} WHERE ${index} MATCH ? AND ${filter.where})
       SELECT id, score FROM (SELECT id, score FROM matches ORDER BY score DESC, id LIMIT ?)
       UNION
       SELECT id, score FROM matches WHERE id IN (SELECT value FROM json_each(?))`,
    )
    .all(matchAny(words), ...filter.parameters, limit, JSON.stringify(alsoIds));
  return new Map(rows.map(({ id, score }) => [id, score]));
}

/**
 * The words that can move a score: FTS5 gives a word found in half of the rows or more no weight, and
 * reading its rows is what a search spends its time on. All words where none is rarer.
 */
export function weightedWords({ rows, wordRows }: LexicalStatistics): string[] {
  const rare = wordRows.filter((entry) => entry.rows > 0 && entry.rows * 2 < rows);
  return (rare.length > 0 ? rare : wordRows).map((entry) => entry.word);
}

/** How many rows the index has, and how many of them hold each word. */
export function lexicalStatistics(
  database: Database,
  index: WordIndex,
  words: readonly string[],
): LexicalStatistics {
  const rows = database.prepare<number>(`SELECT count(*) FROM ${index}_docsize`).pluck().get() as number;
  const stems = stemsOf(database, words);
  const rowsOfStem = database.prepare<number>(`SELECT doc FROM ${index}Vocabulary WHERE term = ?`).pluck();
  return {
    rows,
    wordRows: words.map((word, i) => ({
      word,
      rows: Math.max(0, ...(stems[i] ?? []).map((stem) => (rowsOfStem.get(stem) as number | undefined) ?? 0)),
    })),
  };
}

/** Tables of a connection alone; made when it is opened. */
export const stemTables = `
CREATE VIRTUAL TABLE temp.WordStems USING fts5(word, tokenize='porter unicode61');
CREATE VIRTUAL TABLE temp.WordStemsVocabulary USING fts5vocab(temp, WordStems, instance);`;

/**
 * The terms under which FTS5 keeps each word. Its own tokenizer is asked, through a table of this connection
 * alone, so that no second stemmer can disagree with it.
 */
function stemsOf(database: Database, words: readonly string[]): string[][] {
  database.prepare('DELETE FROM temp.WordStems').run();
  const insert = database.prepare('INSERT INTO temp.WordStems (rowid, word) VALUES (?, ?)');
  words.forEach((word, i) => {
    insert.run(i + 1, word);
  });
  const stems: string[][] = words.map(() => []);
  const found = database
    .prepare<{ term: string; doc: number }>('SELECT term, doc FROM temp.WordStemsVocabulary')
    .all();
  for (const { term, doc } of found) stems[doc - 1]?.push(term);
  return stems;
}
