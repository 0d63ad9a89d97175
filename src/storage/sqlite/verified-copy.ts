import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { DatabaseFacts } from '../../domain/whole-database.ts';
import { flushFile, flushFolder, stampOf } from '../../new-file.ts';
import { damaged } from './database-error.ts';
import { integrityProblems } from './integrity.ts';

/** Tables whose rows a person would miss, in the order of a report. */
const countedTables = [
  'Resources',
  'ResourceChunks',
  'ChatHistory',
  'ContextLinks',
  'Summaries',
  'Todos',
  'CodePatterns',
  'CodePatternContext',
  'GraphEdges',
  'Embeddings',
] as const;

/**
 * Copies the database of `connection` as one state of it to the new file `copyPath`, without its free pages, and
 * looks the copy through. On disk when it returns. Throws `database_damaged` for a copy that is not whole.
 */
export function writeVerifiedCopy(connection: Sqlite.Database, copyPath: string): DatabaseFacts {
  // Made here and not by SQLite, so that it is never readable by others.
  closeSync(openSync(copyPath, 'wx', 0o600));
  connection.prepare('VACUUM INTO ?').run(copyPath);
  flushFile(copyPath);
  return verifiedFacts(copyPath, connection.name);
}

/**
 * Looks through every page of a database that nobody else has open. `shownPath` is the file that an error names.
 * Throws `database_damaged`.
 */
export function verifiedFacts(path: string, shownPath: string): DatabaseFacts {
  const copy = new Sqlite(path, { readonly: true });
  try {
    copy.pragma('trusted_schema = OFF');
    const facts = integrityProblems(copy).file.length > 0 ? null : factsOf(copy);
    if (facts === null) throw damaged(shownPath);
    return facts;
  } catch (thrown) {
    const code = (thrown as { code?: unknown }).code;
    if (typeof code === 'string' && /^SQLITE_(CORRUPT|NOTADB|ERROR)/.test(code)) {
      throw damaged(shownPath, thrown);
    }
    throw thrown;
  } finally {
    copy.close();
  }
}

/** null for a database without the rows that say what it is. */
export function factsOf(connection: Sqlite.Database): DatabaseFacts | null {
  const known = new Set(connection.prepare('SELECT name FROM sqlite_schema').pluck().all() as string[]);
  if (!known.has('StoreInfo') || !known.has('VectorIdSequence')) return null;
  const info = connection
    .prepare(
      `SELECT schema_version AS schemaVersion, oldest_writer AS oldestWriter, last_vector_id AS lastVectorId
         FROM StoreInfo, VectorIdSequence`,
    )
    .get() as Omit<DatabaseFacts, 'counts'> | undefined;
  if (info === undefined) return null;
  const counts = countedTables
    .filter((table) => known.has(table))
    .map((table) => [table, connection.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number]);
  return { ...info, counts: Object.fromEntries(counts) };
}

/**
 * A verified copy beside the database, `<name>.backup_<YYYYMMDD_HHMMSS>` (UTC), under the next free second. It has
 * its name only once it is whole and on disk. Returns its path.
 */
export function backUpBeside(connection: Sqlite.Database, path: string, nowMs: number): string {
  const backup = freeStampedPath(`${path}.backup_`, nowMs);
  const unfinished = `${backup}.${process.pid}.tmp`;
  rmSync(unfinished, { force: true });
  try {
    writeVerifiedCopy(connection, unfinished);
    renameSync(unfinished, backup);
    flushFolder(dirname(backup));
    return backup;
  } finally {
    removeDatabaseFiles(unfinished);
  }
}

/** The prefix with a time in UTC behind it; of names that a database or its side files have, the next free second. */
export function freeStampedPath(prefix: string, nowMs: number): string {
  for (let ms = nowMs; ; ms += 1000) {
    const path = prefix + stampOf(ms);
    if (!['', '-wal', '-journal'].some((suffix) => existsSync(path + suffix))) return path;
  }
}

export function removeDatabaseFiles(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
}
