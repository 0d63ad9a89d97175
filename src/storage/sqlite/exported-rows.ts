import type Sqlite from 'better-sqlite3';
import type { DatabaseReading, StoredVectors, TransferredRow } from '../../domain/transfer.ts';
import { openForReading } from './backup-database.ts';
import { databaseError } from './database-error.ts';
import { assertOurDatabase } from './our-database.ts';
import { cellColumns, cellsOf } from './row-cells.ts';
import { otherTables } from './schema-objects.ts';
import { columnsOf, transferredTables } from './transferred-tables.ts';
import { dimensions } from './vector-blocks.ts';

/** Throws the database codes of errors.ts. */
export function readDatabase<Result>(path: string, work: (reading: DatabaseReading) => Result): Result {
  assertOurDatabase(path);
  let connection: Sqlite.Database | undefined;
  try {
    connection = openForReading(path);
    return connection.transaction(() => work(readingOf(connection as Sqlite.Database))).deferred();
  } catch (thrown) {
    throw databaseError(thrown, path);
  } finally {
    connection?.close();
  }
}

function readingOf(connection: Sqlite.Database): DatabaseReading {
  const count = (table: string) =>
    connection
      .prepare(`SELECT count(*) FROM "${table.replaceAll('"', '""')}"`)
      .pluck()
      .get() as number;
  const counts = (tables: readonly string[]) =>
    Object.fromEntries(tables.map((table) => [table, count(table)]));
  const known = new Set(connection.prepare('SELECT name FROM sqlite_schema').pluck().all());
  const tables = transferredTables().filter((table) => known.has(table));
  return {
    header: {
      schemaVersion: connection.prepare('SELECT schema_version FROM StoreInfo').pluck().get() as number,
      rows: counts(tables),
      leftOut: counts(otherTables(connection)),
    },
    *rows() {
      for (const table of tables) yield* rowsOf(connection, table);
    },
    vectors: vectorsOf(connection),
  };
}

function* rowsOf(connection: Sqlite.Database, table: string): Iterable<TransferredRow> {
  const columns = columnsOf(connection, table);
  // Counters have no row ids, and those of SQLite's own table mean nothing.
  const order = table === 'Counters' || table === 'sqlite_sequence' ? 'name' : 'rowid';
  const rows = connection
    .prepare(`SELECT ${cellColumns(columns)} FROM ${table} ORDER BY ${order}`)
    .raw(true)
    .safeIntegers(true)
    .iterate() as Iterable<unknown[]>;
  for (const values of rows) yield { table, cells: cellsOf(columns, values) };
}

function vectorsOf(connection: Sqlite.Database): StoredVectors {
  const from = `FROM Embeddings WHERE typeof(vector) = 'blob' AND length(vector) = ${dimensions * 4}`;
  const list = (column: string) => connection.prepare(`SELECT ${column} ${from} ORDER BY vector_id`).pluck();
  return {
    count: connection.prepare(`SELECT count(*) ${from}`).pluck().get() as number,
    dimensions,
    modelHashes: connection
      .prepare(`SELECT DISTINCT coalesce(model_hash, '') ${from} ORDER BY 1`)
      .pluck()
      .all() as string[],
    ids: () => list('vector_id').safeIntegers(true).iterate() as Iterable<bigint>,
    blobs: () => list('vector').iterate() as Iterable<Uint8Array>,
  };
}
