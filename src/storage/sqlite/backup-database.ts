import Sqlite from 'better-sqlite3';
import type { DatabaseFacts } from '../../domain/whole-database.ts';
import { LtmcError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { assertNewFile, putInPlace, unfinishedPath } from '../../new-file.ts';
import { databaseError } from './database-error.ts';
import { assertOurDatabase } from './our-database.ts';
import { factsOf, removeDatabaseFiles, writeVerifiedCopy } from './verified-copy.ts';

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
  assertNewFile(targetPath, databasePath, force);
  const unfinished = unfinishedPath(targetPath);
  let connection: Sqlite.Database | undefined;
  try {
    removeDatabaseFiles(unfinished);
    connection = openForReading(databasePath);
    const facts = unchangedWhile(connection, () =>
      writeVerifiedCopy(connection as Sqlite.Database, unfinished),
    );
    putInPlace(unfinished, targetPath, force);
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
