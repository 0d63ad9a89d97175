import { existsSync, realpathSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defined } from '../defined.ts';
import type { Embedder } from '../domain/ports.ts';
import { LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';
import { flushFile, flushFolder } from '../new-file.ts';
import { removeAbandonedFolders } from '../private-folder.ts';
import { databaseError } from '../storage/sqlite/database-error.ts';
import { databaseFileKind } from '../storage/sqlite/database-file.ts';
import { removeVectorFiles } from '../storage/sqlite/vector-file-removal.ts';
import { removeDatabaseFiles } from '../storage/sqlite/verified-copy.ts';
import { assertRoomForNames, backUpFiles, freeBackupPath, unfinishedBackup } from './backups.ts';
import { type BuiltReport, buildMigrated } from './build-migrated.ts';
import { type CopiedFile, databaseFiles, isSameFiles } from './file-copy.ts';
import { isFaithful, type MigrationReport } from './migration-report.ts';
import { type OldDatabase, openOldDatabase } from './old-database.ts';
import { OldTimes } from './old-times.ts';
import { databaseBusy } from './open-processes.ts';
import { RunLock } from './run-lock.ts';
import { swapInProcess } from './swap-in-process.ts';
import { assertRollbackFinished } from './unfinished-rollback.ts';

export interface MigrateOptions {
  database: string;
  indexFile?: string;
  /** Of times that name none. Default: this machine's. */
  timezone?: string;
  /** Write the result here and leave the original as it is. */
  to?: string;
  rechunk: boolean;
  /** Everything but the swap; nothing is left behind. */
  dryRun: boolean;
  now: () => number;
  platform: NodeJS.Platform;
  onNote: (text: string) => void;
  onProgress: (done: number, total: number) => void;
}

export type MigrateResult = MigrationReport | { outcome: 'already_migrated'; database: string };

/**
 * Moves a database of the Python LTMC over. Until the one rename at its end the original holds what it held, and a
 * byte-for-byte backup lies beside it; a run that is killed leaves files that the next one removes. Throws with
 * nothing touched for a file that is no such database.
 */
export async function migrateDatabase(options: MigrateOptions, embedder: Embedder): Promise<MigrateResult> {
  const given = options.database;
  try {
    const database = existsSync(given) ? realpathSync(given) : given;
    if (existsSync(database) && databaseFileKind(database) === 'ltmc') {
      return { outcome: 'already_migrated', database };
    }
    // A wrong zone is a wrong call: said before anything is made.
    new OldTimes(options.timezone);
    const resolved = { ...options, database };
    removeAbandonedFolders();
    assertRollbackFinished(database);
    if (options.to === undefined) assertRoomForNames(database);
    if (options.dryRun) return await tryOut(resolved, embedder);
    return options.to === undefined
      ? await replaceOriginal(resolved, embedder)
      : await writeElsewhere(resolved, options.to, embedder);
  } catch (thrown) {
    throw databaseError(thrown, given);
  }
}

async function tryOut(options: MigrateOptions, embedder: Embedder): Promise<MigrationReport> {
  const begunMs = performance.now();
  const old = openOldDatabase(options.database);
  try {
    const built = await build(old, embedder, options, join(old.folder, 'migrated.db'), null);
    return { ...described(built, options, begunMs), outcome: 'dry_run', result: null, backup: null };
  } finally {
    old.close();
  }
}

async function writeElsewhere(
  options: MigrateOptions,
  to: string,
  embedder: Embedder,
): Promise<MigrationReport> {
  const begunMs = performance.now();
  assertFree(to);
  const old = openOldDatabase(options.database);
  const work = `${to}.migrating`;
  try {
    const lock = RunLock.take(to);
    try {
      removeDatabaseFiles(work);
      const built = await build(old, embedder, options, work, null);
      const report = described(built, options, begunMs);
      assertFaithful(report);
      putOnDisk(work);
      assertFree(to);
      renameSync(work, to);
      flushFolder(dirname(to));
      return { ...report, outcome: 'written_to', result: to, backup: null };
    } finally {
      removeDatabaseFiles(work);
      removeVectorFiles(work);
      lock.release();
    }
  } finally {
    old.close();
  }
}

async function replaceOriginal(options: MigrateOptions, embedder: Embedder): Promise<MigrateResult> {
  const { database } = options;
  // Refusals come before anything is made beside the database.
  openOldDatabase(database).close();
  const lock = RunLock.take(database);
  try {
    for (let start = 0; start < limits.migrationStartsMax; start++) {
      // Another run may have been faster.
      if (databaseFileKind(database) === 'ltmc') return { outcome: 'already_migrated', database };
      const report = await replaceOnce(options, embedder);
      if (report !== null) return report;
      options.onNote('The database was written meanwhile: beginning anew.');
    }
    throw databaseBusy(
      database,
      'The database was written again and again while it was moved; it is as it was.',
    );
  } finally {
    removeDatabaseFiles(workPath(database));
    removeVectorFiles(workPath(database));
    removeDatabaseFiles(unfinishedBackup(database));
    lock.release();
  }
}

/** null: the original changed under way, and nothing was done to it. */
async function replaceOnce(options: MigrateOptions, embedder: Embedder): Promise<MigrationReport | null> {
  const begunMs = performance.now();
  const { database } = options;
  const work = workPath(database);
  removeDatabaseFiles(work);
  const old = openOldDatabase(database);
  const backup = freeBackupPath(database, options.now());
  let isKept = false;
  try {
    const files = backUpFiles(database, backup);
    if (!isSameFiles(files, old.files)) return null;
    options.onNote(`Backup: ${backup}`);
    const built = await build(old, embedder, options, work, backup);
    const report = described(built, options, begunMs);
    assertFaithful(report);
    putOnDisk(work);
    const { outcome } = await swapInProcess({
      path: database,
      replacement: work,
      sideFiles: [],
      expectedDigest: old.digest,
      platform: options.platform,
      busyTimeoutMs: limits.busyTimeoutMs,
    });
    if (outcome === 'busy') {
      throw databaseBusy(database, 'Another program holds the database; it is as it was.');
    }
    if (outcome === 'changed') return null;
    isKept = true;
    return {
      ...report,
      outcome: 'migrated',
      result: database,
      backup: { path: backup, files },
      totalMs: performance.now() - begunMs,
    };
  } finally {
    old.close();
    // A backup of what is still in place serves nobody; where SQLite finished a journal it holds the bytes.
    if (!isKept && isSameFiles(databaseFiles(database), old.files)) removeDatabaseFiles(backup);
  }
}

function build(
  old: OldDatabase,
  embedder: Embedder,
  options: MigrateOptions,
  path: string,
  backupName: string | null,
): Promise<BuiltReport> {
  const { files } = old;
  options.onNote(
    `Found a database of the Python LTMC: ${totalBytes(files)} bytes${files.length > 1 ? `, with ${files.length - 1} side file(s)` : ''}.`,
  );
  return buildMigrated(old, embedder, {
    path,
    database: options.database,
    ...defined({ indexFile: options.indexFile, timezone: options.timezone }),
    rechunk: options.rechunk,
    backupName,
    now: options.now,
    onProgress: options.onProgress,
  });
}

function described(built: BuiltReport, { database }: MigrateOptions, begunMs: number) {
  return {
    outcome: 'migrated' as const,
    database,
    result: null as string | null,
    backup: null,
    ...built,
    totalMs: performance.now() - begunMs,
  };
}

function workPath(database: string): string {
  return `${database}.migrating`;
}

function putOnDisk(path: string): void {
  flushFile(path);
  flushFolder(dirname(path));
}

function totalBytes(files: readonly CopiedFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** A result that does not hold what the original holds is thrown away. */
function assertFaithful(report: MigrationReport): void {
  if (isFaithful(report)) return;
  const differing = report.tables.filter(({ same }) => !same).map(({ table }) => table);
  throw new LtmcError(
    'internal_error',
    `Expected the moved database to hold what the old one holds; ${differing.length > 0 ? `${differing.join(', ')} differ` : 'its check failed'}. The original is as it was.`,
    'Report this with the output of `ltmc migrate --dry-run --json`, which holds no stored text.',
  );
}

function assertFree(to: string): void {
  if (!existsSync(to)) return;
  throw new LtmcError(
    'wrong_usage',
    `Expected --to to name a file that is not there yet; ${to} is.`,
    'Name another file, or move that one away.',
  );
}
