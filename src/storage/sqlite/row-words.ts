import type { RowWords } from '../../domain/transfer.ts';
import type { Database } from './database.ts';
import type { WordIndex } from './full-text.ts';

interface IndexedKind {
  /** Rows that may be found; its two parameters are a JSON list of ids, or NULL for all. */
  rows: string;
  wordsOf(row: Record<string, string | null>, words: RowWords): string;
}

const chosen = (id: string) => `(? IS NULL OR ${id} IN (SELECT value FROM json_each(?)))`;

/** Which rows each index holds, and what of them. */
export const indexedKinds: Record<WordIndex, IndexedKind> = {
  ChunkWords: {
    rows: `SELECT c.id, c.chunk_text FROM ResourceChunks c JOIN Resources r ON r.id = c.resource_id
            WHERE coalesce(c.archived, 0) = 0 AND coalesce(r.archived, 0) = 0 AND ${chosen('c.id')}`,
    wordsOf: (row, words) => words.chunk(row.chunk_text ?? ''),
  },
  PatternWords: {
    rows: `SELECT id, input_prompt, generated_code, function_name, lesson, error_message, error_signature
             FROM CodePatterns WHERE coalesce(archived, 0) = 0 AND ${chosen('id')}`,
    wordsOf: (row, words) =>
      words.attempt({
        inputPrompt: row.input_prompt ?? '',
        generatedCode: row.generated_code ?? '',
        functionName: row.function_name ?? null,
        lesson: row.lesson ?? null,
        errorMessage: row.error_message ?? null,
        errorSignature: row.error_signature ?? null,
      }),
  },
  MessageWords: {
    rows: `SELECT id, role, content, timestamp_ms FROM ChatHistory
            WHERE coalesce(archived, 0) = 0 AND coalesce(is_query, 0) = 0 AND ${chosen('id')}`,
    wordsOf: (row, words) =>
      words.message(
        row.role ?? null,
        row.content ?? '',
        row.timestamp_ms == null ? null : Number(row.timestamp_ms),
      ),
  },
  TodoWords: {
    rows: `SELECT id, title, description FROM Todos WHERE coalesce(archived, 0) = 0 AND ${chosen('id')}`,
    wordsOf: (row, words) => words.todo(row.title ?? '', row.description ?? ''),
  },
};

export const wordIndexes = Object.keys(indexedKinds) as WordIndex[];

/** Puts the words of rows that may be found into their index; rows that are in it already are not to be named. */
export function indexRows(
  database: Database,
  index: WordIndex,
  ids: readonly bigint[],
  words: RowWords,
): number {
  const { rows, wordsOf } = indexedKinds[index];
  const insert = database.prepare(`INSERT INTO ${index} (rowid, words) VALUES (?, ?)`);
  const list = `[${ids.join(',')}]`;
  let count = 0;
  // Ids first: a table that is being read is not written meanwhile.
  const found = database
    .prepare<Record<string, unknown>>(`${rows} ORDER BY 1`)
    .safeIntegers(true)
    .all(list, list);
  for (const { id, ...columns } of found) {
    insert.run(id, wordsOf(textsOf(columns), words));
    count++;
  }
  return count;
}

/** A migrated row can hold anything in any column; what is no text stands as SQLite would write it. */
function textsOf(columns: Record<string, unknown>): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(columns).map(([name, value]) => [
      name,
      value === null ? null : Buffer.isBuffer(value) ? value.toString('utf8') : String(value),
    ]),
  );
}

/** Builds every index anew from the rows. Returns how many rows each holds. */
export function rebuildWords(database: Database, words: RowWords): Record<string, number> {
  return Object.fromEntries(
    wordIndexes.map((index) => {
      database.prepare(`INSERT INTO ${index} (${index}) VALUES ('delete-all')`).run();
      return [index, indexInBatches(database, index, words)];
    }),
  );
}

const batchRows = 500;

/** Bounded memory: the texts of a batch at a time. */
export function indexInBatches(database: Database, index: WordIndex, words: RowWords): number {
  const { rows } = indexedKinds[index];
  const ids = database
    .prepare<bigint>(`SELECT id FROM (${rows}) ORDER BY id`)
    .pluck()
    .safeIntegers(true)
    .all(null, null) as bigint[];
  let count = 0;
  for (let at = 0; at < ids.length; at += batchRows) {
    count += indexRows(database, index, ids.slice(at, at + batchRows), words);
  }
  return count;
}
