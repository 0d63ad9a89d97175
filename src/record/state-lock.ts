import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { isRunning } from '../is-running.ts';
import { limits } from '../limits.ts';

/**
 * Runs `work` while no other process that asks for this lock file does. A lock whose process is gone, or that
 * is older than `limits.recordLockMsMax`, does not count; after waiting that long the work is done without.
 */
export async function withStateLock<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const isOurs = await take(path);
  try {
    return await work();
  } finally {
    if (isOurs) rmSync(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  for (let waitedMs = 0; waitedMs < limits.recordLockMsMax; waitedMs += limits.recordLockCheckMs) {
    try {
      const handle = openSync(path, 'wx', 0o600);
      writeSync(handle, String(process.pid));
      closeSync(handle);
      return true;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') return false;
    }
    if (isForgotten(path)) rmSync(path, { force: true });
    else await after(limits.recordLockCheckMs);
  }
  return false;
}

function isForgotten(path: string): boolean {
  try {
    if (statSync(path).mtimeMs < Date.now() - limits.recordLockMsMax) return true;
    const pid = Number(readFileSync(path, 'utf8'));
    // Empty: its process is about to write.
    return pid > 0 && !isRunning(pid);
  } catch {
    return false;
  }
}
