import { limits } from '../../limits.ts';
import type { Database } from './database.ts';
import { matchAny, type WordIndex } from './full-text.ts';

/** A count is taken again once the index has grown or shrunk by this share. */
const staleShare = 0.01;

/**
 * In how many rows a word is. FTS5 counts by walking all rows of a word, so the walk has an end, beyond which the
 * count is an estimate, and counts that took long are remembered while the index has nearly the same number of rows.
 */
export class WordCounts {
  readonly #counted = new Map<string, { rows: number; of: number; state: string }>();

  /** `state` names what the database holds: counts of the same state are exact. */
  of(
    database: Database,
    index: WordIndex,
    words: readonly string[],
    state: string,
  ): { rows: number; rowsOf: Map<string, number> } {
    const rows = indexedRows(database, index);
    const missing = words.filter((word) => !this.#isFresh(word, rows, state));
    if (this.#counted.size + missing.length > limits.wordCountsMax) this.#counted.clear();
    for (const word of missing)
      this.#counted.set(word, { rows: rowsWith(database, index, word, rows), of: rows, state });
    return { rows, rowsOf: new Map(words.map((word) => [word, this.#counted.get(word)?.rows ?? 0])) };
  }

  #isFresh(word: string, rows: number, state: string): boolean {
    const known = this.#counted.get(word);
    if (known === undefined) return false;
    if (known.state === state) return true;
    // A rare word is counted anew after each change: it costs little, and a row more makes a difference.
    if (known.rows < limits.wordCountsKeptFromRows) return false;
    return Math.abs(rows - known.of) <= staleShare * known.of;
  }
}

/**
 * FTS5 keeps the number of its rows in a record of its own (the first number of "averages",
 * https://www.sqlite.org/fts5.html#the_data_table); counting them would take longer the more there are.
 */
function indexedRows(database: Database, index: WordIndex): number {
  const averages = database.prepare<Buffer>(`SELECT block FROM ${index}_data WHERE id = 1`).pluck().get();
  return averages === undefined ? 0 : firstVarint(averages as Buffer);
}

/** A SQLite varint: seven bits a byte, the high ones first, until a byte without its top bit. */
function firstVarint(bytes: Buffer): number {
  let value = 0;
  for (const byte of bytes) {
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) break;
  }
  return value;
}

/** Exact up to `limits.wordRowsCountedMax`; beyond, as many as if the word were as frequent in older rows. */
function rowsWith(database: Database, index: WordIndex, word: string, rows: number): number {
  if (rows <= limits.wordRowsCountedMax) {
    return database
      .prepare<number>(`SELECT count(*) FROM ${index} WHERE ${index} MATCH ?`)
      .pluck()
      .get(matchAny([word])) as number;
  }
  const { counted, oldest } = database
    .prepare<{ counted: number; oldest: number | null }>(
      `SELECT count(*) AS counted, min(rowid) AS oldest
         FROM (SELECT rowid FROM ${index} WHERE ${index} MATCH ? ORDER BY rowid DESC LIMIT ?)`,
    )
    .get(matchAny([word]), limits.wordRowsCountedMax) as { counted: number; oldest: number | null };
  if (counted < limits.wordRowsCountedMax || oldest === null) return counted;
  const { first, last } = database
    .prepare<{ first: number; last: number }>(
      `SELECT (SELECT min(id) FROM ${index}_docsize) AS first, (SELECT max(id) FROM ${index}_docsize) AS last`,
    )
    .get() as { first: number; last: number };
  const walkedShare = (last - oldest + 1) / (last - first + 1);
  return Math.min(rows, Math.round(counted / walkedShare));
}
