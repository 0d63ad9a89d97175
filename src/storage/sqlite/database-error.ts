import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { LtmcError } from '../../errors.ts';

/** As much as the shared memory of a new write-ahead log takes, and some pages. */
const probeBytes = 64 * 1024;

/** What SQLite or the file system threw, as an error of ours that says what to do; other values unchanged. */
export function databaseError(thrown: unknown, path: string): unknown {
  if (thrown instanceof LtmcError) return thrown;
  const code = (thrown as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return thrown;
  const known = fromFileSystem(code, path, thrown);
  if (known !== undefined) return known;
  return thrown instanceof Sqlite.SqliteError ? fromSqlite(code, path, thrown) : thrown;
}

function fromFileSystem(code: string, path: string, cause: unknown): LtmcError | undefined {
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(cause);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return readOnly(path, cause);
  if (code === 'ENOTDIR' || code === 'EEXIST' || code === 'ENOENT' || code === 'ELOOP') {
    return new LtmcError(
      'database_unreachable',
      `Expected the database's folder ${dirname(path)} to be one that can be made or entered; it is not.`,
      'Check the path given by --db or LTMC_DB.',
      { cause },
    );
  }
  if (code === 'ENAMETOOLONG') {
    return new LtmcError(
      'database_unreachable',
      `Expected the name of ${path} to leave room for what is put beside it (…backup_<time>-journal); it is too long.`,
      'Give the file a shorter name, with its -wal and -journal if they are there, or put it into another folder.',
      { cause },
    );
  }
  return undefined;
}

function fromSqlite(code: string, path: string, cause: unknown): unknown {
  if (code === 'SQLITE_FULL') return diskFull(cause);
  if ((code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_CANTOPEN')) && diskIsFull(path)) {
    return diskFull(cause);
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new LtmcError(
      'database_busy',
      'Another process kept the database locked for too long; nothing of this call was stored.',
      'Try again. If it stays, end the process that holds it (a migration, a backup, a paused server).',
      { cause },
    );
  }
  if (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_PERM' || code === 'SQLITE_AUTH') {
    return readOnly(path, cause);
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return damaged(path, cause);
  if (code.startsWith('SQLITE_CANTOPEN')) {
    return new LtmcError(
      'database_unreachable',
      `The database ${path} cannot be opened.`,
      'Check that the folder exists and that this user may read and write it.',
      { cause },
    );
  }
  if (code.startsWith('SQLITE_IOERR')) {
    return new LtmcError(
      'database_unreachable',
      'The disk refused to read or write the database; nothing of this call was stored.',
      'Check the disk (room, health, whether it is still mounted) and try again.',
      { cause },
    );
  }
  return cause;
}

function diskFull(cause: unknown): LtmcError {
  return new LtmcError(
    'disk_full',
    'The disk is full: nothing of this call was stored; what was there before is safe.',
    'Make room and try again.',
    { cause },
  );
}

/**
 * Asks the disk itself: SQLite tells a quota that is used up, and a log's shared memory that finds no room, by
 * the codes of a broken disk.
 */
function diskIsFull(path: string): boolean {
  const probe = `${path}.${process.pid}.room`;
  try {
    writeFileSync(probe, Buffer.alloc(probeBytes), { flag: 'wx', mode: 0o600, flush: true });
    return false;
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    return code === 'ENOSPC' || code === 'EDQUOT';
  } finally {
    rmSync(probe, { force: true });
  }
}

function readOnly(path: string, cause: unknown): LtmcError {
  return new LtmcError(
    'read_only',
    `The database ${path} cannot be written by this user.`,
    'Give this user write access to the file and its folder, or name another file with --db.',
    { cause },
  );
}

/** The answer to a program that is too old for the database it has open. */
export function newerDatabase(): LtmcError {
  return new LtmcError(
    'newer_database',
    'A newer LTMC has taken this database over; this older one may not write it. Nothing was stored.',
    'Restart this client, so that it starts the newer LTMC; if that does not help, update the package.',
  );
}

/** A damaged database is never replaced; the newest backup beside it is named. */
export function damaged(path: string, cause?: unknown): LtmcError {
  const backup = newestBackup(path);
  return new LtmcError(
    'database_damaged',
    `The database ${path} is damaged. It was left as it is.`,
    backup === null
      ? 'No backup lies beside it. Copy the file away before anything else, then name another with --db.'
      : `Put the newest backup in its place (the damaged file is kept beside it): ltmc restore ${JSON.stringify(backup)} --db ${JSON.stringify(path)} --force`,
    { cause },
  );
}

/** The backup beside the database that was made last, by the time in its name; null when there is none. */
export function newestBackup(path: string): string | null {
  const prefix = `${basename(path)}.backup_`;
  try {
    const names = readdirSync(dirname(path)).filter(
      (name) => /^\d{8}_\d{6}$/.test(name.slice(prefix.length)) && name.startsWith(prefix),
    );
    const newest = names.sort().at(-1);
    return newest === undefined ? null : join(dirname(path), newest);
  } catch {
    return null;
  }
}
