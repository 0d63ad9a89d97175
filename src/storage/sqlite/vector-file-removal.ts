import { existsSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Database } from './database.ts';

/** Beside the file itself, not beside a link to it, so that all who use it have one. */
export function vectorFilePath(databasePath: string): string {
  return `${existsSync(databasePath) ? realpathSync(databasePath) : databasePath}.vectors`;
}

/** From the end of this transaction on no file of vectors is believed. */
export function disownVectorFile(database: Database): void {
  database.prepare('UPDATE StoreInfo SET vectors_key = NULL').run();
}

/**
 * Removes the file of vectors and those that are being written: what was removed from the database may be in them.
 * The unfinished ones first: one that got its name meanwhile goes with the file.
 */
export function removeVectorFiles(databasePath: string): void {
  const path = vectorFilePath(databasePath);
  const folder = dirname(path);
  if (!existsSync(folder)) return;
  const unfinished = readdirSync(folder).filter(
    (name) => name.startsWith(`.${basename(path)}.`) && name.endsWith('.tmp'),
  );
  for (const name of [...unfinished.map((name) => join(folder, name)), path]) {
    // Windows refuses it for a moment while a process reads it.
    rmSync(name, { force: true, maxRetries: 10, retryDelay: 50 });
  }
}
