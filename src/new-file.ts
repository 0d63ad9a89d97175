import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LtmcError } from './errors.ts';

/** `YYYYMMDD_HHMMSS` in UTC: the time in the names of all our backups. */
export function stampOf(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/[-:]/g, '').replace('T', '_').slice(0, 15);
}

/** Under this name a file is written before it gets its own. */
export function unfinishedPath(targetPath: string): string {
  return join(dirname(targetPath), `.${basename(targetPath)}.${process.pid}.tmp`);
}

/**
 * Throws `invalid_argument` where no file can be put, where one is and `force` is not given, and for the database's
 * own files.
 */
export function assertNewFile(targetPath: string, databasePath: string, force: boolean): void {
  if (isOwnFile(targetPath, databasePath)) {
    throw refusedFile("another file than the database's own", 'Name another file.');
  }
  if (statSync(dirname(targetPath), { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw refusedFile(`the folder of ${targetPath} to be there; it is not`, 'Make the folder first.');
  }
  if (!isWritable(dirname(targetPath))) {
    throw refusedFile(
      `the folder of ${targetPath} to be writable; it is not`,
      'Name a file in another folder.',
    );
  }
  const target = lstatSync(targetPath, { throwIfNoEntry: false });
  if (target === undefined) return;
  if (statSync(targetPath, { throwIfNoEntry: false })?.isFile() !== true) {
    throw refusedFile(`${targetPath} to be a file; it is none`, 'Name another file.');
  }
  for (const suffix of ['-wal', '-journal']) {
    // A log beside it would be read into the new file as if it were its own.
    if (existsSync(targetPath + suffix)) {
      throw refusedFile(
        `${targetPath} to be no database in use; ${basename(targetPath)}${suffix} lies beside it`,
        'Name another file.',
      );
    }
  }
  if (!force) throw alreadyThere(targetPath);
}

function isOwnFile(targetPath: string, databasePath: string): boolean {
  if (['-wal', '-shm', '-journal', '.vectors'].some((suffix) => targetPath === databasePath + suffix))
    return true;
  const [database, target] = [databasePath, targetPath].map((path) =>
    statSync(path, { bigint: true, throwIfNoEntry: false }),
  );
  return target?.isFile() === true && target.dev === database?.dev && target.ino === database.ino;
}

/**
 * Gives a finished file its name, on disk when it returns. Without `force` by a link, which fails where another
 * process has made the file meanwhile.
 */
export function putInPlace(unfinished: string, targetPath: string, force: boolean): void {
  if (force || !linked(unfinished, targetPath)) renameSync(unfinished, targetPath);
  flushFolder(dirname(targetPath));
}

function linked(unfinished: string, targetPath: string): boolean {
  try {
    linkSync(unfinished, targetPath);
  } catch {
    if (existsSync(targetPath)) throw alreadyThere(targetPath);
    // No links on this file system.
    return false;
  }
  rmSync(unfinished);
  return true;
}

export function flushFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A name is on disk once its folder is. Windows keeps names by itself and opens no folders. */
export function flushFolder(folder: string, platform: NodeJS.Platform = process.platform): void {
  if (platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function alreadyThere(path: string): LtmcError {
  return refusedFile(
    `${path} not to be there yet; it is. Nothing was written`,
    'Name another file, or give --force.',
  );
}

function refusedFile(expected: string, hint: string): LtmcError {
  return new LtmcError('invalid_argument', `Expected ${expected}.`, hint);
}
