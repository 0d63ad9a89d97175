import { createHash } from 'node:crypto';
import type Sqlite from 'better-sqlite3';
import { quoted } from './old-schema.ts';

/** SQLite gives at most 2,000 values a row, and here each column takes two. */
const columnsAtOnceMax = 500;

/**
 * SHA-256 over what a database holds: the text of its schema and every value of every plain table, each with its
 * type and all its bytes. Equal for two files that differ only in how SQLite laid them out. `only`: these tables
 * alone, and no schema.
 */
export function contentDigest(connection: Sqlite.Database, schema: string, only?: readonly string[]): string {
  const hash = createHash('sha256');
  if (only === undefined) {
    const objects = connection
      .prepare(`SELECT type, name, tbl_name, sql FROM ${quoted(schema)}.sqlite_schema ORDER BY type, name`)
      .raw()
      .all();
    hash.update(JSON.stringify(objects));
  }
  for (const name of only ?? plainTables(connection, schema)) hashTable(connection, schema, name, hash);
  return hash.digest('hex');
}

export function plainTables(connection: Sqlite.Database, schema: string): string[] {
  return connection
    .prepare(
      "SELECT name FROM pragma_table_list WHERE schema = ? AND type IN ('table', 'shadow') AND name <> 'sqlite_schema' ORDER BY name",
    )
    .pluck()
    .all(schema) as string[];
}

function hashTable(
  connection: Sqlite.Database,
  schema: string,
  name: string,
  hash: ReturnType<typeof createHash>,
): void {
  // What is generated when it is read follows from the rest, perhaps by a function that only its own program has.
  const columns = connection
    .prepare('SELECT name FROM pragma_table_xinfo(?, ?) WHERE hidden <> 2 ORDER BY cid')
    .pluck()
    .all(name, schema) as string[];
  hash.update(`\0table ${JSON.stringify([name, columns])}\0`);
  for (let first = 0; first < columns.length; first += columnsAtOnceMax) {
    const values = columns.slice(first, first + columnsAtOnceMax).map((column) => {
      const of = quoted(column);
      return `typeof(${of}), CASE typeof(${of}) WHEN 'text' THEN CAST(${of} AS BLOB) ELSE ${of} END`;
    });
    // Without ORDER BY a table is read in the order of its own tree, by its key.
    const rows = connection
      .prepare(`SELECT ${values.join(', ')} FROM ${quoted(schema)}.${quoted(name)} NOT INDEXED`)
      .raw()
      .safeIntegers()
      .iterate() as IterableIterator<unknown[]>;
    for (const row of rows) hashRow(hash, row);
  }
}

function hashRow(hash: ReturnType<typeof createHash>, row: readonly unknown[]): void {
  for (let i = 0; i < row.length; i += 2) {
    const value = row[i + 1];
    const bytes = Buffer.isBuffer(value) ? value : Buffer.from(String(value));
    hash.update(`${row[i]} ${bytes.length} `);
    hash.update(bytes);
  }
}
