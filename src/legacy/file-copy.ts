import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';
import { removeDatabaseFiles } from '../storage/sqlite/verified-copy.ts';

/** What SQLite keeps beside a database and needs to read it; `-shm` is made anew from these. */
export const sideSuffixes = ['-wal', '-journal'] as const;

/** One file of a database: its name's ending ('' for the database itself), size and SHA-256 in hex. */
export interface CopiedFile {
  suffix: string;
  bytes: number;
  sha256: string;
}

const bufferBytes = 1 << 20;

/**
 * Copies a database with its side files by plain reads to `target` and the same endings, all of mode 0600 and
 * on disk when this returns; again until two passes over the originals agree. The original is opened for
 * reading alone and never through SQLite. Throws `database_busy` where another program does not stop writing.
 */
export function copyDatabaseFiles(path: string, target: string): CopiedFile[] {
  for (let pass = 0; pass < limits.legacyCopyPassesMax; pass++) {
    removeDatabaseFiles(target);
    const copied = readFiles(path, target);
    if (isSameFiles(copied, readFiles(path, null)) && isSameFiles(copied, readFiles(target, null)))
      return copied;
  }
  removeDatabaseFiles(target);
  throw new LtmcError(
    'database_busy',
    'Expected the database to hold still while it is copied; another program keeps writing it.',
    'Stop the old server and its clients, then run the command again.',
  );
}

/** Sizes and sums of a database's files as they are now. */
export function databaseFiles(path: string): CopiedFile[] {
  return readFiles(path, null);
}

export function isSameFiles(some: readonly CopiedFile[], others: readonly CopiedFile[]): boolean {
  return JSON.stringify(some) === JSON.stringify(others);
}

function readFiles(path: string, target: string | null): CopiedFile[] {
  return ['', ...sideSuffixes].flatMap((suffix) => {
    if (suffix !== '' && !existsSync(path + suffix)) return [];
    return [readFile(path + suffix, suffix, target === null ? null : target + suffix)];
  });
}

function readFile(path: string, suffix: string, target: string | null): CopiedFile {
  if (!statSync(path).isFile()) throw new Error(`Expected ${path} to be a plain file.`);
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(bufferBytes);
  const from = openSync(path, 'r');
  let to: number | null = null;
  let bytes = 0;
  try {
    if (target !== null) to = openSync(target, 'wx', 0o600);
    for (let read = readSync(from, buffer); read > 0; read = readSync(from, buffer)) {
      const part = buffer.subarray(0, read);
      hash.update(part);
      for (let written = 0; to !== null && written < read; ) written += writeSync(to, part, written);
      bytes += read;
    }
    if (to !== null) fsyncSync(to);
  } finally {
    closeSync(from);
    if (to !== null) closeSync(to);
  }
  return { suffix, bytes, sha256: hash.digest('hex') };
}
