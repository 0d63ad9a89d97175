import type { Cell, ImportReport, RowSource, RowWords } from '../../domain/transfer.ts';
import type { Database } from './database.ts';
import { addOne, forEachRow, RowWriter, renewStoreId, wrongRow } from './import-row.ts';
import { rebuildWords } from './row-words.ts';
import { raiseSequence } from './sequence.ts';
import { transferredTables } from './transferred-tables.ts';

/** Tables that a new database has rows in. */
const begun = new Set(['StoreInfo', 'SchemaMigrations', 'VectorIdSequence', 'Counters', 'sqlite_sequence']);

const maskKeyBytes = 32;

/** Whether nobody has stored anything yet, nor ever has. */
export function isEmptyDatabase(database: Database): boolean {
  const one = (sql: string) => database.prepare<number>(sql).pluck().get() as number;
  if (one('SELECT last_vector_id FROM VectorIdSequence') !== 0) return false;
  return transferredTables()
    .filter((table) => !begun.has(table))
    .every((table) => one(`SELECT EXISTS (SELECT 1 FROM ${table})`) === 0);
}

/** Takes every row over as it is, with its ids; only the store id is new. For a database that is empty. */
export function importExact(database: Database, source: RowSource, words: RowWords): ImportReport {
  const writer = new RowWriter(database);
  const imported: Record<string, number> = {};
  const sameSchema = source.header.schemaVersion === schemaVersion(database);
  database.prepare('PRAGMA defer_foreign_keys = ON').run();
  database.prepare('DELETE FROM Counters').run();
  if (sameSchema) database.prepare('DELETE FROM SchemaMigrations').run();
  const notTaken: Record<string, number> = {};
  const ours = new Set(transferredTables());
  forEachRow(source, ({ table, cells, line }) => {
    // A file names no table that this schema has not: nothing of it may reach a statement.
    if (!ours.has(table) || (table === 'SchemaMigrations' && !sameSchema)) {
      addOne(notTaken, table);
      return;
    }
    addOne(imported, table);
    if (table === 'StoreInfo') {
      assertInfo(line, cells);
      const { id, store_id, schema_version, oldest_writer, vectors_key, ...lasting } = cells;
      writer.update(table, lasting, 'id = 1');
    } else if (table === 'VectorIdSequence') {
      const { last_vector_id, written_by = null } = cells;
      if (!isCount(last_vector_id)) throw wrongRow(line, 'last_vector_id to be a whole number from 0');
      writer.update(table, { last_vector_id, written_by }, 'id = 1');
    } else if (table === 'sqlite_sequence') takeRowSequence(database, cells);
    else writer.insert(table, table === 'Embeddings' ? writer.embedding(cells) : cells);
  });
  refuseDangling(database, source);
  // No id may be given again, whatever the file says.
  raiseSequence(database);
  rebuildWords(database, words);
  renewStoreId(database);
  return {
    mode: 'exact',
    imported,
    equal: {},
    notTaken,
    dangling: {},
    unknownColumns: [...writer.unknownColumns],
    vectorsMadePending: writer.vectorsMadePending,
    map: { memory: [], chunk: [], message: [], todo: [], pattern: [], vector: [] },
  };
}

function assertInfo(line: number, { last_change, mask_key }: Record<string, Cell>): void {
  const isKey = mask_key instanceof Uint8Array && mask_key.byteLength === maskKeyBytes;
  if (!isKey) throw wrongRow(line, `mask_key to be ${maskKeyBytes} bytes`);
  if (!isCount(last_change)) throw wrongRow(line, 'last_change to be a whole number from 0');
}

function isCount(cell: Cell | undefined): cell is bigint {
  return typeof cell === 'bigint' && cell >= 0n && cell <= BigInt(Number.MAX_SAFE_INTEGER);
}

function schemaVersion(database: Database): number {
  return database.prepare<number>('SELECT schema_version FROM StoreInfo').pluck().get() as number;
}

/** The last row id of a table, which no later row may get. */
function takeRowSequence(database: Database, { name, seq }: Record<string, Cell>): void {
  const updated = database
    .prepare('UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?')
    .run(seq, name).changes;
  if (updated > 0 || typeof name !== 'string' || !transferredTables().includes(name)) return;
  database.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)').run(name, seq);
}

/** Before the commit, which would only say that something is wrong. */
function refuseDangling(database: Database, source: RowSource): void {
  const [first] = database.prepare<{ table: string; rowid: number }>('PRAGMA foreign_key_check').all();
  if (first === undefined) return;
  let line = 0;
  for (const row of source.rows()) {
    if (row.table === first.table && String(row.cells.id) === String(first.rowid)) line = row.line;
  }
  throw wrongRow(line, `a row of ${first.table} whose references are in the file too; one is not`);
}
