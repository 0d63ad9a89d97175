import { randomUUID } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { DatabaseFacts, RestoreReport } from '../../domain/whole-database.ts';
import { LtmcError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { flushFile, flushFolder } from '../../new-file.ts';
import { openForReading } from './backup-database.ts';
import { databaseError, newerDatabase } from './database-error.ts';
import { type DatabaseFileKind, databaseFileKind } from './database-file.ts';
import { integrityProblems } from './integrity.ts';
import { migrateSchema, writtenSchemaVersion } from './migrate-schema.ts';
import { assertOurDatabase } from './our-database.ts';
import { renameFile } from './rename-file.ts';
import { type ComparedRows, compareRows } from './rows-only-here.ts';
import { missingTables } from './schema-objects.ts';
import {
  backUpBeside,
  factsOf,
  freeStampedPath,
  removeDatabaseFiles,
  verifiedFacts,
} from './verified-copy.ts';

export interface RestoreRequest {
  databasePath: string;
  /** Absolute. */
  backupPath: string;
  /** Also where rows would be lost, or where that cannot be told. */
  force: boolean;
  programVersion: string;
  now: () => number;
}

/**
 * Puts a backup in the place of the database, while other processes may have it open.
 *
 * All work is on a copy beside the database: it is looked through, brought to this program's schema and given a
 * new store id. A healthy database is then overwritten page by page in one SQLite transaction, so that a process
 * that has it open sees the old state or the new one, never both, and a kill leaves the old one. Renaming would
 * not do: between the renames of the file and of its log a new process could read one with the other. What no
 * process can have open (a damaged or missing database) is replaced by a rename.
 *
 * Throws the database codes of errors.ts, and `not_confirmed` where rows would be lost and `force` is not given.
 */
export async function restoreDatabase(request: RestoreRequest): Promise<RestoreReport> {
  const { databasePath, backupPath } = request;
  const copyPath = join(dirname(databasePath), `.${basename(databasePath)}.restore.${process.pid}.tmp`);
  try {
    assertBackup(databasePath, backupPath);
    mkdirSync(dirname(databasePath), { recursive: true, mode: 0o700 });
    removeDatabaseFiles(copyPath);
    const facts = prepareCopy(request, copyPath);
    const present = presentState(databasePath);
    if (present === 'healthy') return { facts, ...(await overwrite(request, copyPath)) };
    return { facts, lost: {}, broughtBack: {}, keptPath: await replace(request, copyPath, present) };
  } catch (thrown) {
    throw databaseError(thrown, databasePath);
  } finally {
    removeDatabaseFiles(copyPath);
  }
}

function assertBackup(databasePath: string, backupPath: string): void {
  const backup = statSync(backupPath, { bigint: true, throwIfNoEntry: false });
  if (backup?.isFile() !== true) {
    throw new LtmcError(
      'not_found',
      `Expected a backup at ${backupPath}; there is no such file. Nothing was changed.`,
      'Backups that were made beside the database are named <database>.backup_<time>.',
    );
  }
  const database = statSync(databasePath, { bigint: true, throwIfNoEntry: false });
  if (backup.dev === database?.dev && backup.ino === database.ino) {
    throw new LtmcError(
      'invalid_argument',
      'Expected a backup; got the database itself. Nothing was changed.',
      'Name a file that `ltmc backup` wrote.',
    );
  }
  const kind = databaseFileKind(backupPath);
  if (kind === 'ltmc') return;
  const found: Record<Exclude<DatabaseFileKind, 'ltmc'>, string> = {
    new: 'it is empty',
    python_ltmc: 'it is one of the Python LTMC',
    foreign: 'it belongs to another program',
    not_a_database: 'it is no SQLite file',
  };
  throw new LtmcError(
    kind === 'foreign' ? 'foreign_database' : 'not_a_database',
    `Expected ${backupPath} to be a backup of an LTMC database; ${found[kind]}. Nothing was changed.`,
    kind === 'python_ltmc'
      ? 'To go back to the Python LTMC run: ltmc rollback. To bring it over: ltmc migrate.'
      : 'Name a file that `ltmc backup` wrote.',
  );
}

/** A copy with its log taken in, whole, of this program's schema and with a store id of its own. */
function prepareCopy({ backupPath, programVersion, now }: RestoreRequest, copyPath: string): DatabaseFacts {
  for (const suffix of ['', '-wal', '-journal']) {
    if (!existsSync(backupPath + suffix)) continue;
    copyFileSync(backupPath + suffix, copyPath + suffix);
    chmodSync(copyPath + suffix, 0o600);
  }
  const facts = copiedFacts(copyPath, backupPath);
  if (facts.schemaVersion > writtenSchemaVersion || facts.oldestWriter > writtenSchemaVersion) {
    throw newerDatabase();
  }
  assertWhole(copyPath, facts.schemaVersion, backupPath);
  const copy = new Sqlite(copyPath);
  try {
    copy.pragma('trusted_schema = OFF');
    if (facts.schemaVersion < writtenSchemaVersion) {
      migrateSchema(copy, { path: copyPath, programVersion, now, backUp: false });
    }
    copy.prepare('UPDATE StoreInfo SET store_id = ?').run(randomUUID());
  } finally {
    copy.close();
  }
  flushFile(copyPath);
  return facts;
}

function copiedFacts(copyPath: string, shownPath: string): DatabaseFacts {
  try {
    takeLogIn(copyPath);
    return verifiedFacts(copyPath, shownPath);
  } catch (thrown) {
    const code = (thrown as { code?: unknown }).code;
    const isDamage =
      typeof code === 'string' && /^(database_damaged$|SQLITE_(CORRUPT|NOTADB|ERROR))/.test(code);
    throw isDamage ? damagedBackup(shownPath, thrown) : thrown;
  }
}

function assertWhole(path: string, version: number, shownPath: string): void {
  const copy = new Sqlite(path, { readonly: true });
  try {
    if (missingTables(copy, version).length > 0) throw damagedBackup(shownPath);
  } finally {
    copy.close();
  }
}

/** Into one file without a log. */
function takeLogIn(path: string): void {
  const copy = new Sqlite(path);
  try {
    copy.pragma('journal_mode = DELETE');
  } finally {
    copy.close();
  }
}

function damagedBackup(path: string, cause?: unknown): LtmcError {
  return new LtmcError(
    'database_damaged',
    `Expected ${path} to be a whole LTMC database; it is damaged. Nothing was changed.`,
    'Name another backup.',
    { cause },
  );
}

type PresentState = 'none' | 'healthy' | 'unreadable';

function presentState(path: string): PresentState {
  const kind = databaseFileKind(path);
  if (kind === 'new') return existsSync(path) && statSync(path).size > 0 ? 'unreadable' : 'none';
  if (kind === 'not_a_database') return 'unreadable';
  // Another program's file is not ours to replace, whatever was said.
  if (kind !== 'ltmc') assertOurDatabase(path);
  let present: Sqlite.Database | undefined;
  try {
    present = openForReading(path);
    const facts = integrityProblems(present).file.length > 0 ? null : factsOf(present);
    if (facts !== null && facts.oldestWriter > writtenSchemaVersion) throw newerDatabase();
    const isWhole = facts !== null && missingTables(present, facts.schemaVersion).length === 0;
    return isWhole ? 'healthy' : 'unreadable';
  } catch (thrown) {
    const code = (thrown as { code?: string }).code ?? '';
    if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') return 'unreadable';
    throw thrown;
  } finally {
    present?.close();
  }
}

async function overwrite(
  { databasePath, force, now }: RestoreRequest,
  copyPath: string,
): Promise<Omit<RestoreReport, 'facts'>> {
  const present = openForReading(databasePath);
  const copy = new Sqlite(copyPath);
  try {
    givePageSize(copy, present.pragma('page_size', { simple: true }) as number);
    const deadlineMs = performance.now() + limits.busyTimeoutMs;
    for (;;) {
      const seen = stateSeen(present, databasePath);
      const compared = compareRows(present, copyPath);
      if (!force) refuseLoss(compared);
      const keptPath = backUpBeside(present, databasePath, now());
      const seenAfter = stateSeen(present, databasePath);
      if (seenAfter === seen && (await overwritePages(copy, present, databasePath, seen))) {
        present.pragma('wal_checkpoint(TRUNCATE)');
        return { keptPath, lost: compared.onlyHere, broughtBack: compared.onlyThere };
      }
      // Another process wrote meanwhile: what it wrote is compared and kept too.
      removeDatabaseFiles(keptPath);
      if (performance.now() > deadlineMs) throw busy();
      await new Promise((settle) => setTimeout(settle, limits.busyRestoreCheckMs));
    }
  } finally {
    copy.close();
    present.close();
  }
}

/** A log can only take pages of its own database's size. */
function givePageSize(copy: Sqlite.Database, bytes: number): void {
  if (copy.pragma('page_size', { simple: true }) === bytes) return;
  copy.pragma(`page_size = ${bytes}`);
  copy.exec('VACUUM');
}

/**
 * What differs once anything was committed. Where the log is not used, whoever holds the lock reads alone, so the
 * file's own time of change is asked.
 */
function stateSeen(present: Sqlite.Database, path: string): string {
  if (present.pragma('journal_mode', { simple: true }) === 'wal') {
    return String(present.pragma('data_version', { simple: true }));
  }
  return fileState(path);
}

function fileState(path: string): string {
  const { size, mtimeNs, ino } = statSync(path, { bigint: true });
  return `${ino}:${size}:${mtimeNs}`;
}

/** One write transaction on the database. False when it was locked, or written since `seen`: nothing happened then. */
async function overwritePages(
  copy: Sqlite.Database,
  present: Sqlite.Database,
  path: string,
  seen: string,
): Promise<boolean> {
  const moved = new Error('the database was written meanwhile');
  const isLogged = present.pragma('journal_mode', { simple: true }) === 'wal';
  try {
    const { totalPages } = await copy.backup(path, {
      // Called first when the lock is held and no page was written yet.
      progress: (progress) => {
        const state = isLogged ? stateSeen(present, path) : fileState(path);
        if (progress.remainingPages === progress.totalPages && state !== seen) throw moved;
        return progress.totalPages;
      },
    });
    if (totalPages === 0) return false;
  } catch (thrown) {
    if (thrown === moved) return false;
    throw thrown;
  }
  // The commit stands in the log, or in the file.
  if (existsSync(`${path}-wal`)) flushFile(`${path}-wal`);
  return true;
}

/** Keeps the bytes of what is there, then puts the copy in its place. */
async function replace(
  { databasePath, force, now }: RestoreRequest,
  copyPath: string,
  present: 'none' | 'unreadable',
): Promise<string | null> {
  let keptPath: string | null = null;
  if (present === 'unreadable') {
    if (!force) throw untold(databasePath);
    keptPath = freeStampedPath(`${databasePath}.damaged_`, now());
    for (const suffix of ['', '-wal', '-journal']) {
      if (!existsSync(databasePath + suffix)) continue;
      copyFileSync(databasePath + suffix, keptPath + suffix);
      chmodSync(keptPath + suffix, 0o600);
      flushFile(keptPath + suffix);
    }
    flushFolder(dirname(databasePath));
  }
  // First: a log beside the new file would be read into it.
  for (const suffix of ['-wal', '-shm', '-journal']) rmSync(databasePath + suffix, { force: true });
  await renameFile(copyPath, databasePath);
  flushFolder(dirname(databasePath));
  return keptPath;
}

function refuseLoss({ onlyHere }: ComparedRows): void {
  const tables = Object.entries(onlyHere);
  if (tables.length === 0) return;
  const words = tables.map(([table, rows]) => `${table}: ${rows}`).join(', ');
  throw new LtmcError(
    'not_confirmed',
    `Expected a backup that holds what is in the database now; rows that it lacks or has otherwise would be lost (${words}). Nothing was changed.`,
    'Give --force to restore it all the same; the present state is kept beside the database first.',
  );
}

function untold(path: string): LtmcError {
  return new LtmcError(
    'not_confirmed',
    `Expected ${path} to be readable, to tell whether the backup holds all of it; it is damaged. Nothing was changed.`,
    'Give --force to restore it all the same; the damaged file is kept beside it first.',
  );
}

function busy(): LtmcError {
  return new LtmcError(
    'database_busy',
    'Other processes kept writing to the database; nothing was restored.',
    'Try again when they are idle, or end them.',
  );
}
