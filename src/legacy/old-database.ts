import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { LtmcError } from '../errors.ts';
import { makePrivateFolder } from '../private-folder.ts';
import { databaseFileKind } from '../storage/sqlite/database-file.ts';
import { contentDigest, plainTables } from './content-digest.ts';
import { type CopiedFile, copyDatabaseFiles, sideSuffixes } from './file-copy.ts';
import { type OldObject, quoted, readOldSchema } from './old-schema.ts';

/** Messages of integrity_check about values, not about the file: such rows are held as they are. */
const harmless =
  /^(NULL value in |CHECK constraint failed in |(NUMERIC|TEXT|INT|INTEGER|REAL|BLOB|non-\w+) value in )/;
const integrityLinesMax = 10_000;

/**
 * A Python LTMC database on a private copy, where SQLite has finished whatever journal it had. The original was
 * read by plain reads alone.
 */
export interface OldDatabase {
  /** The recovered copy; its folder is removed by `close`. */
  path: string;
  folder: string;
  /** The original's files as they were read. */
  files: CopiedFile[];
  /** What the recovered copy holds; see contentDigest. */
  digest: string;
  journalMode: string;
  encoding: string;
  /** Values that break constraints of the old schema. */
  constraintViolations: number;
  foreignKeyViolations: number;
  /** Views, triggers, indexes and virtual tables of the original. */
  objects: OldObject[];
  close(): void;
}

/** Throws, with nothing touched, for a file that is no whole database of the Python LTMC. */
export function openOldDatabase(path: string): OldDatabase {
  assertPython(path);
  const folder = makePrivateFolder('migrate');
  const close = () => rmSync(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, 'old.db');
    const files = copyDatabaseFiles(path, copy);
    const found = recover(copy, path);
    return { folder, files, close, ...found };
  } catch (thrown) {
    close();
    throw thrown;
  }
}

/** Reads files through SQLite on a private copy: what `work` gives; the files stay as they are. */
export function onPrivateCopy<Result>(path: string, work: (connection: Sqlite.Database) => Result): Result {
  const folder = makePrivateFolder('look');
  try {
    const copy = join(folder, 'copy.db');
    copyDatabaseFiles(path, copy);
    const connection = new Sqlite(copy);
    try {
      connection.pragma('trusted_schema = OFF');
      return work(connection);
    } finally {
      connection.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Throws `database_damaged` unless the file is whole; returns how many values break constraints. */
export function assertIntegrity(connection: Sqlite.Database, path: string): number {
  const lines = integrityLines(connection);
  const problems = lines.filter((line) => line !== 'ok' && !harmless.test(line));
  if (problems.length === 0) return lines.filter((line) => line !== 'ok').length;
  throw damagedFile(path);
}

function integrityLines(connection: Sqlite.Database): string[] {
  const check = (of: string) =>
    (connection.pragma(`integrity_check(${of})`) as { integrity_check: string }[]).map(
      (row) => row.integrity_check,
    );
  try {
    return check(String(integrityLinesMax));
  } catch (thrown) {
    if (!needsItsProgram(thrown)) throw thrown;
  }
  // Table by table: one whose constraints or indexes cannot be reckoned here is read through, and that is all.
  return plainTables(connection, 'main').flatMap((table) => {
    try {
      return check(quoted(table));
    } catch (thrown) {
      if (needsItsProgram(thrown)) return [];
      throw thrown;
    }
  });
}

/** Functions, collations and modules that only the program that made the database has. */
function needsItsProgram(thrown: unknown): boolean {
  return (
    thrown instanceof Sqlite.SqliteError &&
    /^(no such (function|collation sequence|module)|unsafe use of|unknown function)/.test(thrown.message)
  );
}

function assertPython(path: string): void {
  if (!existsSync(path)) {
    throw new LtmcError(
      'not_found',
      `Expected a database at ${path}; there is no such file.`,
      'Name the file that the old server has in DB_PATH; by default it is ltmc.db in its folder.',
    );
  }
  for (const suffix of [...sideSuffixes, '-shm']) {
    if (statSync(path + suffix, { throwIfNoEntry: false })?.isFile() === false) {
      throw new LtmcError(
        'not_a_database',
        `Expected ${path}${suffix} to be a file of the database; it is a folder or something else. Nothing was touched.`,
        'Move it away.',
      );
    }
  }
  const kind = databaseFileKind(path);
  if (kind === 'python_ltmc') return;
  if (kind === 'new') {
    throw new LtmcError(
      'not_a_database',
      `Expected ${path} to be a database of the Python LTMC; it is empty. Nothing was touched.`,
      'Check the path. If the file should hold something, look for a copy of it.',
    );
  }
  if (kind === 'foreign') {
    throw new LtmcError(
      'foreign_database',
      `Expected ${path} to be a database of the Python LTMC; it belongs to another program. Nothing was touched.`,
      'Name the file that the old server has in DB_PATH.',
    );
  }
  throw new LtmcError(
    'not_a_database',
    `Expected ${path} to be a database of the Python LTMC; it is no SQLite file that can be read. Nothing was touched.`,
    'Check the path. If the file should be a database, it is damaged: look for a copy of it.',
  );
}

function recover(copy: string, path: string) {
  let connection: Sqlite.Database | undefined;
  try {
    connection = new Sqlite(copy);
    connection.pragma('trusted_schema = OFF');
    connection.pragma('cell_size_check = ON');
    const journalMode = connection.pragma('journal_mode', { simple: true }) as string;
    const constraintViolations = assertIntegrity(connection, path);
    const encoding = connection.pragma('encoding', { simple: true }) as string;
    const found = {
      digest: contentDigest(connection, 'main'),
      journalMode,
      encoding,
      constraintViolations,
      foreignKeyViolations: foreignKeyViolations(connection),
      objects: readOldSchema(connection, 'main').others,
    };
    if (encoding === 'UTF-8') return { path: copy, ...found };
    // Only databases of one encoding can be attached to each other, and ours are UTF-8.
    const rewritten = `${copy}.utf8`;
    rewriteAsUtf8(connection, rewritten);
    return { path: rewritten, ...found };
  } catch (thrown) {
    // SQLITE_ERROR: a schema whose names cannot be asked for, such as one with bytes that are no UTF-8.
    if (thrown instanceof Sqlite.SqliteError && /CORRUPT|NOTADB|^SQLITE_ERROR$/.test(thrown.code))
      throw damagedFile(path, thrown);
    throw thrown;
  } finally {
    connection?.close();
  }
}

/** Its own references, which may not even fit its own tables. */
function foreignKeyViolations(connection: Sqlite.Database): number {
  try {
    return connection.prepare('SELECT count(*) FROM pragma_foreign_key_check').pluck().get() as number;
  } catch {
    return 0;
  }
}

/** Every plain table with its rows and rowids, values as they are; text in the other encoding. */
function rewriteAsUtf8(connection: Sqlite.Database, path: string): void {
  const target = new Sqlite(path);
  try {
    const tables = connection
      .prepare(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE TABLE%' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
      )
      .all() as { name: string; sql: string }[];
    target.pragma('foreign_keys = OFF');
    target.pragma('ignore_check_constraints = ON');
    for (const { name, sql } of tables) {
      const columns = connection
        .prepare('SELECT name FROM pragma_table_info(?)')
        .pluck()
        .all(name) as string[];
      const hasRowid = !/WITHOUT\s+ROWID/i.test(sql) && !columns.some((column) => /^rowid$/i.test(column));
      const names = [...(hasRowid ? ['rowid'] : []), ...columns.map(quoted)];
      const insert = makeTable(target, { sql, name }, names, columns);
      const rows = connection
        .prepare(`SELECT ${names.join(', ')} FROM ${quoted(name)}`)
        .raw()
        .safeIntegers();
      target.transaction(() => {
        for (const row of rows.iterate() as IterableIterator<unknown[]>) insert.run(...row);
      })();
    }
    const sequences = connection
      .prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_sequence'")
      .pluck()
      .get();
    if (sequences === 0) return;
    const forget = target.prepare('DELETE FROM sqlite_sequence WHERE name = ?');
    const keep = target.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)');
    for (const { name, seq } of connection
      .prepare('SELECT name, seq FROM sqlite_sequence')
      .safeIntegers()
      .all() as {
      name: string;
      seq: bigint;
    }[]) {
      forget.run(name);
      keep.run(name, seq);
    }
  } finally {
    target.close();
  }
}

/** A table that needs functions which only its own program has is made of its plain columns. */
function makeTable(
  target: Sqlite.Database,
  table: { name: string; sql: string },
  names: readonly string[],
  columns: readonly string[],
): Sqlite.Statement {
  const of = quoted(table.name);
  const insert = `INSERT INTO ${of} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
  try {
    target.prepare(table.sql).run();
    return target.prepare(insert);
  } catch (thrown) {
    if (!needsItsProgram(thrown)) throw thrown;
  }
  target.exec(`DROP TABLE IF EXISTS ${of}; CREATE TABLE ${of} (${columns.map(quoted).join(', ')})`);
  return target.prepare(insert);
}

function damagedFile(path: string, cause?: unknown): LtmcError {
  return new LtmcError(
    'database_damaged',
    `Expected ${path} to be a whole database; it fails its integrity check. Nothing was touched.`,
    'Copy the file away, then try to save what can be saved with the sqlite3 program (.recover), or use a backup.',
    { cause },
  );
}
