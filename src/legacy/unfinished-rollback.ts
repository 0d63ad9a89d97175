import { existsSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { LtmcError } from '../errors.ts';
import { flushFolder } from '../new-file.ts';
import { newestMigrationBackup } from './backups.ts';
import { type CopiedFile, copyDatabaseFiles, databaseFiles, isSameFiles } from './file-copy.ts';

/**
 * A rollback puts the database's file in place first and its side files behind it. One that was killed in between
 * leaves a Python database without its last rows: the file of the backup, and not the backup's side files.
 */
export function unfinishedRollback(database: string): { backup: string; missing: string[] } | null {
  if (!existsSync(database)) return null;
  const backup = newestMigrationBackup(database);
  if (backup === null) return null;
  const wanted = filesWithContent(backup);
  const missing = wanted.map(({ suffix }) => suffix).filter((suffix) => !existsSync(database + suffix));
  if (missing.length === 0) return null;
  const kept = wanted.filter(({ suffix }) => !missing.includes(suffix));
  return isSameFiles(filesWithContent(database), kept) ? { backup, missing } : null;
}

/** An empty side file holds nothing, and SQLite removes it when it likes. */
function filesWithContent(path: string): CopiedFile[] {
  return databaseFiles(path).filter(({ bytes }) => bytes > 0);
}

/** Puts the missing side files in place; `staged` is a free name beside the database. */
export function finishRollback(
  database: string,
  { backup, missing }: { backup: string; missing: readonly string[] },
  staged: string,
): void {
  copyDatabaseFiles(backup, staged);
  for (const suffix of missing) renameSync(staged + suffix, database + suffix);
  flushFolder(dirname(database));
}

/** Without its side files the database lacks what was written last: it is not to be moved like that. */
export function assertRollbackFinished(database: string): void {
  const unfinished = unfinishedRollback(database);
  if (unfinished === null) return;
  throw new LtmcError(
    'database_damaged',
    `Expected ${database} with its ${unfinished.missing.join(' and ')}; a rollback was stopped before it could put that back. Nothing was touched.`,
    `Run: ltmc rollback ${JSON.stringify(database)}`,
  );
}
