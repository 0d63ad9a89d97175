import { existsSync, realpathSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';
import { removeAbandonedFolders } from '../private-folder.ts';
import { databaseError } from '../storage/sqlite/database-error.ts';
import { databaseFileKind } from '../storage/sqlite/database-file.ts';
import { removeVectorFiles } from '../storage/sqlite/vector-file-removal.ts';
import { freeStampedPath, removeDatabaseFiles } from '../storage/sqlite/verified-copy.ts';
import { backUpFiles, newestMigrationBackup, unfinishedBackup } from './backups.ts';
import { groundDigest } from './build-migrated.ts';
import { contentDigest } from './content-digest.ts';
import { type CopiedFile, copyDatabaseFiles, databaseFiles, isSameFiles, sideSuffixes } from './file-copy.ts';
import { assertIntegrity, onPrivateCopy } from './old-database.ts';
import { readOldSchema } from './old-schema.ts';
import { databaseBusy } from './open-processes.ts';
import { RunLock } from './run-lock.ts';
import { swapInProcess } from './swap-in-process.ts';
import { finishRollback, unfinishedRollback } from './unfinished-rollback.ts';

export interface RollbackOptions {
  database: string;
  /** Put the backup back although something was written since. */
  force: boolean;
  now: () => number;
  platform: NodeJS.Platform;
}

export interface RollbackReport {
  outcome: 'rolled_back' | 'already_rolled_back';
  database: string;
  backup: string;
  files: CopiedFile[];
  /** Rows of the backup by table. */
  rows: Record<string, number>;
  /** Where the newer database lies that was replaced although it held more; null where nothing was lost. */
  replaced: string | null;
}

/** What is in place now. */
interface Present {
  /** Of the files as SQLite reads them; null: no database that can be read. */
  digest: string | null;
  /** Half a sentence that says what would be lost; null: nothing. */
  newer: string | null;
}

/**
 * Puts the newest backup that a migration made back in the database's place, byte for byte with its side files,
 * after checking it on a copy. Throws `database_busy` while a program has the database open, `not_found` without a
 * backup, and `not_confirmed` where something written since would be lost.
 */
export async function rollbackDatabase(options: RollbackOptions): Promise<RollbackReport> {
  try {
    const database = existsSync(options.database) ? realpathSync(options.database) : options.database;
    const lock = RunLock.take(database);
    try {
      removeAbandonedFolders();
      return await putBack({ ...options, database });
    } finally {
      removeDatabaseFiles(stagedPath(database));
      removeDatabaseFiles(unfinishedBackup(database));
      lock.release();
    }
  } catch (thrown) {
    throw databaseError(thrown, options.database);
  }
}

async function putBack(options: RollbackOptions): Promise<RollbackReport> {
  const { database } = options;
  const backup = newestMigrationBackup(database);
  if (backup === null) throw noBackup(database);
  const rows = checkedRows(backup);
  const files = databaseFiles(backup);
  const report = { database, backup, files, rows, replaced: null };
  if (existsSync(database) && isSameFiles(databaseFiles(database), files)) {
    return { ...report, outcome: 'already_rolled_back' };
  }
  const unfinished = unfinishedRollback(database);
  if (unfinished !== null) {
    finishRollback(database, unfinished, stagedPath(database));
    return { ...report, outcome: 'rolled_back' };
  }
  const present = lookAt(database);
  if (present.newer !== null && !options.force) throw wouldLose(present.newer);
  const replaced =
    present.newer === null || !existsSync(database) ? null : keepReplaced(database, options.now());

  const staged = stagedPath(database);
  if (!isSameFiles(copyDatabaseFiles(backup, staged), files)) throw new Error('The backup changed.');
  const { outcome } = await swapInProcess({
    path: database,
    replacement: staged,
    sideFiles: sideSuffixes
      .filter((suffix) => existsSync(staged + suffix))
      .map((suffix) => ({ from: staged + suffix, suffix })),
    expectedDigest: present.digest,
    platform: options.platform,
    busyTimeoutMs: limits.rollbackBusyMs,
  });
  if (outcome !== 'swapped') {
    if (replaced !== null) removeDatabaseFiles(replaced);
    throw databaseBusy(
      database,
      outcome === 'changed'
        ? 'The database was written while it was looked at; it is as it was.'
        : 'Another program has the database open; it is as it was.',
    );
  }
  // Of the rows that were rolled back.
  removeVectorFiles(database);
  if (!isSameFiles(databaseFiles(database), files))
    throw new Error('The database is not what the backup is.');
  return { ...report, outcome: 'rolled_back', replaced };
}

/** Throws unless the backup is whole; the backup itself is not opened. */
function checkedRows(backup: string): Record<string, number> {
  return onPrivateCopy(backup, (connection) => {
    assertIntegrity(connection, backup);
    const { tables } = readOldSchema(connection, 'main');
    return Object.fromEntries([...tables.values()].map(({ name, rows }) => [name, rows]));
  });
}

function lookAt(database: string): Present {
  if (!existsSync(database)) return { digest: null, newer: null };
  const kind = databaseFileKind(database);
  if (kind === 'new') return { digest: null, newer: null };
  if (kind !== 'ltmc') {
    const digest =
      kind === 'python_ltmc' ? onPrivateCopy(database, (copy) => contentDigest(copy, 'main')) : null;
    return {
      digest,
      newer: kind === 'python_ltmc' ? 'another state of the Python database' : 'what the file holds now',
    };
  }
  try {
    return onPrivateCopy(database, (copy) => ({
      digest: contentDigest(copy, 'main'),
      newer: newerRows(copy),
    }));
  } catch (thrown) {
    if (!(thrown instanceof Sqlite.SqliteError)) throw thrown;
    return { digest: null, newer: 'a damaged database' };
  }
}

/** What was written since the migration; null: nothing that a user would miss. */
function newerRows(copy: Sqlite.Database): string | null {
  const migrated = copy
    .prepare('SELECT content_digest AS digest, migrated_at AS at FROM MigratedFrom')
    .get() as { digest: string; at: string } | undefined;
  if (migrated === undefined) return 'a database that no migration made';
  if (groundDigest(copy) === migrated.digest) return null;
  const counts = (
    [
      ['Resources', 'memories'],
      ['ChatHistory', 'messages'],
      ['Todos', 'todos'],
      ['CodePatterns', 'attempts'],
      ['ContextLinks', 'links'],
    ] as const
  ).flatMap(([table, name]) => {
    const count = copy
      .prepare(`SELECT count(*) FROM ${table} WHERE written_by NOT LIKE 'ltmc migrate %'`)
      .pluck()
      .get() as number;
    return count === 0 ? [] : [`${count} ${name}`];
  });
  return counts.length === 0
    ? `changes made since ${migrated.at}`
    : `${counts.join(', ')} written since ${migrated.at}`;
}

/** A copy beside it, so that nothing is ever gone for good. */
function keepReplaced(database: string, nowMs: number): string {
  const kept = freeStampedPath(`${database}.replaced_`, nowMs);
  backUpFiles(database, kept);
  return kept;
}

function stagedPath(database: string): string {
  return `${database}.restoring`;
}

function noBackup(database: string): LtmcError {
  return new LtmcError(
    'not_found',
    `Expected a backup of a migration beside ${database} (…backup_YYYYMMDD_HHMMSS); there is none. Nothing was touched.`,
    'If it lies elsewhere, copy it beside the database first.',
  );
}

function wouldLose(newer: string): LtmcError {
  return new LtmcError(
    'not_confirmed',
    `Putting the backup back would take away ${newer}. Nothing was touched.`,
    'Run it again with --force: the newer database is then kept beside it as a file of its own.',
  );
}
