import { limits } from '../../limits.ts';
import type { Database } from './database.ts';
import type { WordIndex } from './full-text.ts';

/** A count is taken again once the index has grown or shrunk by this share. */
const staleShare = 0.01;

/**
 * In how many rows a word is. FTS5 counts by reading all of a word's entries, which for common words takes longer than
 * the search itself; so counts are remembered while the index has nearly the same number of rows.
 */
export class WordCounts {
  readonly #counted = new Map<string, { rows: number; of: number }>();

  of(
    database: Database,
    index: WordIndex,
    words: readonly string[],
  ): { rows: number; rowsOf: Map<string, number> } {
    const rows = database.prepare<number>(`SELECT count(*) FROM ${index}_docsize`).pluck().get() as number;
    const missing = words.filter((word) => !this.#isFresh(word, rows));
    if (missing.length > 0) this.#count(database, index, missing, rows);
    return { rows, rowsOf: new Map(words.map((word) => [word, this.#counted.get(word)?.rows ?? 0])) };
  }

  #isFresh(word: string, rows: number): boolean {
    const known = this.#counted.get(word);
    // A rare word is counted anew each time: it costs nothing, and a row more makes a difference.
    if (known === undefined || known.rows < limits.wordCountsKeptFromRows) return false;
    return Math.abs(rows - known.of) <= staleShare * known.of;
  }

  #count(database: Database, index: WordIndex, words: readonly string[], rows: number): void {
    if (this.#counted.size + words.length > limits.wordCountsMax) this.#counted.clear();
    const stems = stemsOf(database, words);
    const rowsOfStem = database.prepare<number>(`SELECT doc FROM ${index}Vocabulary WHERE term = ?`).pluck();
    words.forEach((word, i) => {
      const found = (stems[i] ?? []).map((stem) => (rowsOfStem.get(stem) as number | undefined) ?? 0);
      this.#counted.set(word, { rows: Math.max(0, ...found), of: rows });
    });
  }
}

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
