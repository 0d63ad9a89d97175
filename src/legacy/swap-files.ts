/**
 * Puts a file in a database's place, under that database's own exclusive lock. To be run in a process that does not
 * open the database in any other way: closing any other handle on it would drop the lock (POSIX). Invariants: until
 * the rename the database holds what it held, and after it the new file is there whole; no `-wal` or `-journal` of
 * the old file lies beside the new one; whoever waited for the lock is refused by SQLite, which sees that its
 * file was moved.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { flushFolder } from '../new-file.ts';
import { renameFile } from '../storage/sqlite/rename-file.ts';
import { contentDigest } from './content-digest.ts';

export interface Swap {
  path: string;
  /** A file in the same folder, on disk, that nobody has open. */
  replacement: string;
  /** Side files that belong with it: they get their places behind it. */
  sideFiles: { from: string; suffix: string }[];
  /** What the database must hold (contentDigest); null: it is no database that can be opened, take it as it is. */
  expectedDigest: string | null;
  platform: NodeJS.Platform;
  busyTimeoutMs: number;
}

export type SwapOutcome =
  | { outcome: 'swapped' }
  /** It holds something else now; nothing was done. */
  | { outcome: 'changed' }
  /** Another process holds it; nothing was done. */
  | { outcome: 'busy' };

/** Steps at which a test looks in, in this order. */
export type SwapStep = 'locked' | 'compared' | 'side files removed' | 'renamed' | 'done';

export async function swapFiles(
  swap: Swap,
  onStep: (step: SwapStep) => void = () => {},
  rename: (from: string, to: string) => void = renameSync,
): Promise<SwapOutcome> {
  if (swap.expectedDigest === null || !existsSync(swap.path)) {
    removeSideFiles(swap.path);
    await finish(swap, onStep, rename);
    return { outcome: 'swapped' };
  }
  const connection = new Sqlite(swap.path, { fileMustExist: true, timeout: swap.busyTimeoutMs });
  try {
    if (!lock(connection)) return { outcome: 'busy' };
    onStep('locked');
    if (contentDigest(connection, 'main') !== swap.expectedDigest) return { outcome: 'changed' };
    onStep('compared');
    if (swap.platform === 'win32') {
      // An open file cannot be replaced there. Closing ends the lock and takes the side files away.
      connection.close();
    }
    removeSideFiles(swap.path);
    onStep('side files removed');
    await finish(swap, onStep, rename);
    return { outcome: 'swapped' };
  } catch (thrown) {
    if ((thrown as { code?: string }).code?.startsWith('SQLITE_BUSY')) return { outcome: 'busy' };
    throw thrown;
  } finally {
    connection.close();
  }
}

/** Lets SQLite finish what journal there is, then keeps everybody else out until the connection is closed. */
function lock(connection: Sqlite.Database): boolean {
  connection.pragma('trusted_schema = OFF');
  // Before the first read: so a write-ahead log is read without shared memory and the lock is never given up.
  connection.pragma('locking_mode = EXCLUSIVE');
  if (connection.pragma('journal_mode', { simple: true }) === 'wal') {
    const [state] = connection.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    if (state?.busy !== 0) return false;
  }
  connection.exec('BEGIN EXCLUSIVE');
  return true;
}

/** Under the lock they hold nothing that is not in the file itself. */
function removeSideFiles(path: string): void {
  for (const suffix of ['-wal', '-journal', '-shm']) rmSync(path + suffix, { force: true });
}

async function finish(
  swap: Swap,
  onStep: (step: SwapStep) => void,
  rename: (from: string, to: string) => void,
): Promise<void> {
  const surroundings = { platform: swap.platform, rename };
  await renameFile(swap.replacement, swap.path, surroundings);
  onStep('renamed');
  for (const { from, suffix } of swap.sideFiles) await renameFile(from, swap.path + suffix, surroundings);
  flushFolder(dirname(swap.path));
  onStep('done');
}
