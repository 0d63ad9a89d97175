import { closeSync, copyFileSync, existsSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { makePrivateFolder } from '../../private-folder.ts';

/** "LTMC" in ASCII, at offset 68 of the file header (https://www.sqlite.org/fileformat2.html#application_id). */
export const applicationId = 0x4c544d43;

const sqliteMagic = 'SQLite format 3\0';
const headerBytes = 100;

export type DatabaseFileKind =
  /** No file, an empty file, or a SQLite file without a table: a database may be made here. */
  | 'new'
  | 'ltmc'
  /** A Python LTMC database that was not migrated. */
  | 'python_ltmc'
  /** Another program's SQLite file. */
  | 'foreign'
  | 'not_a_database';

/**
 * Says whose a database file is without opening it through SQLite: not even a `-shm` appears beside it.
 * A file that carries our application id is known by its header; any other SQLite file is looked at on a
 * private copy. Throws what the file system throws.
 */
export function databaseFileKind(path: string): DatabaseFileKind {
  if (!existsSync(path)) return 'new';
  if (!statSync(path).isFile()) return 'not_a_database';
  const header = Buffer.alloc(headerBytes);
  const file = openSync(path, 'r');
  let bytesRead: number;
  try {
    bytesRead = readSync(file, header, 0, headerBytes, 0);
  } finally {
    closeSync(file);
  }
  if (bytesRead === 0) return 'new';
  if (bytesRead < headerBytes || header.toString('latin1', 0, 16) !== sqliteMagic) {
    // A journal beside it may undo what a killed process wrote before the header.
    return existsSync(`${path}-journal`) ? kindOfCopy(path) : 'not_a_database';
  }
  if (header.readUInt32BE(68) === applicationId) return 'ltmc';
  return kindOfCopy(path);
}

function kindOfCopy(path: string): DatabaseFileKind {
  const folder = makePrivateFolder('look');
  try {
    const copy = join(folder, basename(path));
    for (const suffix of ['', '-wal', '-journal']) {
      if (statSync(path + suffix, { throwIfNoEntry: false })?.isFile() === true)
        copyFileSync(path + suffix, copy + suffix);
    }
    return kindOfTables(copy);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function kindOfTables(path: string): DatabaseFileKind {
  let database: Sqlite.Database | undefined;
  try {
    database = new Sqlite(path);
    database.pragma('trusted_schema = OFF');
    const tables = database
      .prepare("SELECT lower(name) FROM sqlite_schema WHERE type = 'table'")
      .pluck()
      .all() as string[];
    if (tables.length === 0) return 'new';
    if (!tables.includes('resources') || !tables.includes('resourcechunks')) return 'foreign';
    const columns = database
      .prepare("SELECT lower(name) FROM pragma_table_info('ResourceChunks')")
      .pluck()
      .all();
    return columns.includes('vector_id') && columns.includes('chunk_text') ? 'python_ltmc' : 'foreign';
  } catch {
    return 'not_a_database';
  } finally {
    database?.close();
  }
}
