import { existsSync, linkSync, lstatSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { DatabaseFacts } from '../../domain/whole-database.ts';
import { LtmcError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { databaseError } from './database-error.ts';
import { assertOurDatabase } from './our-database.ts';
import { factsOf, flushFolder, removeDatabaseFiles, writeVerifiedCopy } from './verified-copy.ts';

export interface BackupRequest {
  databasePath: string;
  /** Absolute. */
  targetPath: string;
  /** A file that is there is replaced. */
  force: boolean;
}

/**
 * Writes one state of the database to a file while others go on reading and writing. The file gets its name once it
 * was looked through and is on disk; a run that is killed leaves at most a `.tmp` file beside it. Throws the
 * database codes of errors.ts, and `invalid_argument` for a target that cannot be taken.
 */
export function backupDatabase({ databasePath, targetPath, force }: BackupRequest): DatabaseFacts {
  assertOurDatabase(databasePath);
  assertTarget(databasePath, targetPath, force);
  const unfinished = join(dirname(targetPath), `.${basename(targetPath)}.${process.pid}.tmp`);
  let connection: Sqlite.Database | undefined;
  try {
    removeDatabaseFiles(unfinished);
    connection = openForReading(databasePath);
    const facts = unchangedWhile(connection, () =>
      writeVerifiedCopy(connection as Sqlite.Database, unfinished),
    );
    giveName(unfinished, targetPath, force);
    flushFolder(dirname(targetPath));
    return facts;
  } catch (thrown) {
    throw databaseError(thrown, databasePath);
  } finally {
    connection?.close();
    removeDatabaseFiles(unfinished);
  }
}

/** For reading beside any number of other connections: neither the schema nor the journal mode is touched. */
export function openForReading(path: string): Sqlite.Database {
  const connection = new Sqlite(path, { timeout: limits.busyTimeoutMs });
  connection.pragma('trusted_schema = OFF');
  return connection;
}

/** Holds the copy against the counts of the original, where nothing was written to that meanwhile. */
function unchangedWhile(connection: Sqlite.Database, copy: () => DatabaseFacts): DatabaseFacts {
  const version = () => connection.pragma('data_version', { simple: true });
  const before = factsOf(connection);
  const versionBefore = version();
  const facts = copy();
  if (version() === versionBefore && JSON.stringify(before) !== JSON.stringify(facts)) {
    throw new LtmcError(
      'database_damaged',
      'Expected the backup to hold as many rows as the database; it does not. No backup was kept.',
      'Run: ltmc doctor',
    );
  }
  return facts;
}

function assertTarget(databasePath: string, targetPath: string, force: boolean): void {
  const folder = statSync(dirname(targetPath), { throwIfNoEntry: false });
  if (folder?.isDirectory() !== true) {
    throw refused(`the folder of ${targetPath} to be there; it is not`, 'Make the folder first.');
  }
  if (['-wal', '-shm', '-journal'].some((suffix) => targetPath === databasePath + suffix)) {
    throw refused("another file than the database's own", 'Name another file.');
  }
  const [database, target] = [databasePath, targetPath].map((path) =>
    statSync(path, { bigint: true, throwIfNoEntry: false }),
  );
  if (target === undefined && lstatSync(targetPath, { throwIfNoEntry: false }) === undefined) return;
  if (target?.isFile() !== true)
    throw refused(`${targetPath} to be a file; it is none`, 'Name another file.');
  if (target.dev === database?.dev && target.ino === database.ino) {
    throw refused('another file than the database itself', 'Name another file.');
  }
  for (const suffix of ['-wal', '-journal']) {
    // A log beside it would be read into the new file as if it were its own.
    if (existsSync(targetPath + suffix)) {
      throw refused(
        `${targetPath} to be no database in use; ${basename(targetPath)}${suffix} lies beside it`,
        'Name another file.',
      );
    }
  }
  if (!force) throw alreadyThere(targetPath);
}

/** Without `force` by a link, which fails where another process has made the file meanwhile. */
function giveName(unfinished: string, targetPath: string, force: boolean): void {
  if (force) {
    renameSync(unfinished, targetPath);
    return;
  }
  try {
    linkSync(unfinished, targetPath);
    rmSync(unfinished);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST' || existsSync(targetPath)) {
      throw alreadyThere(targetPath);
    }
    // No links on this file system.
    renameSync(unfinished, targetPath);
  }
}

function alreadyThere(path: string): LtmcError {
  return refused(
    `${path} not to be there yet; it is. Nothing was written`,
    'Name another file, or give --force.',
  );
}

function refused(expected: string, hint: string): LtmcError {
  return new LtmcError('invalid_argument', `Expected ${expected}.`, hint);
}
