import { readdirSync, renameSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { flushFolder } from '../new-file.ts';
import { databaseFileKind } from '../storage/sqlite/database-file.ts';
import { freeStampedPath } from '../storage/sqlite/verified-copy.ts';
import { type CopiedFile, copyDatabaseFiles } from './file-copy.ts';

/** A name beside the database that no file has: `<name>.backup_<YYYYMMDD_HHMMSS>`, in UTC. */
export function freeBackupPath(path: string, nowMs: number): string {
  return freeStampedPath(`${path}.backup_`, nowMs);
}

/** Throws ENAMETOOLONG where the names of what is put beside a database would be too long for the file system. */
export function assertRoomForNames(path: string): void {
  statSync(`${freeBackupPath(path, 0)}-journal`, { throwIfNoEntry: false });
}

/** Copies a database byte for byte; the backup has its name only once it is whole and on disk. */
export function backUpFiles(path: string, backup: string): CopiedFile[] {
  const unfinished = unfinishedBackup(path);
  const files = copyDatabaseFiles(path, unfinished);
  // The database itself comes last: with it the backup is there.
  for (const { suffix } of files.toReversed()) renameSync(unfinished + suffix, backup + suffix);
  flushFolder(dirname(path));
  return files;
}

/** What a killed run may leave. */
export function unfinishedBackup(path: string): string {
  return `${path}.migrating-backup`;
}

/** The newest backup that a migration made: the newest that is a database of the Python LTMC. */
export function newestMigrationBackup(path: string): string | null {
  const prefix = `${basename(path)}.backup_`;
  const stamped = readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix) && /^\d{8}_\d{6}$/.test(name.slice(prefix.length)))
    .sort()
    .reverse()
    .map((name) => join(dirname(path), name));
  return stamped.find((backup) => databaseFileKind(backup) === 'python_ltmc') ?? null;
}
