import type { OwnerKind } from '../../domain/embedding-text.ts';
import type { Database } from './database.ts';

export type WordIndex = 'ChunkWords' | 'PatternWords' | 'MessageWords' | 'TodoWords';

export const wordIndexOf: Record<OwnerKind, WordIndex> = {
  chunk: 'ChunkWords',
  pattern: 'PatternWords',
  message: 'MessageWords',
  todo: 'TodoWords',
};

/** Puts a row's words into its index. */
export function indexWords(
  database: Database,
  index: WordIndex,
  rowId: number | bigint,
  words: string,
): void {
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
  for (const index of Object.values(wordIndexOf)) {
    database.prepare(`INSERT INTO ${index} (${index}) VALUES ('optimize')`).run();
  }
}

/** An FTS5 query that matches any of the words; each is quoted, so nothing in it is syntax. NUL would end the query. */
export function matchAny(words: readonly string[]): string {
  return words.map((word) => `"${word.replaceAll('"', '""').replaceAll('\0', ' ')}"`).join(' OR ');
}
