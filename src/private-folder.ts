import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from './is-running.ts';

const pattern = /^ltmc-(?:look|migrate)-([0-9a-f]{8})-(\d+)-\w{6}$/;

/**
 * A folder of mode 0700 in the system's temporary folder, for copies of a database. Its name tells whose it is, so
 * that the next process can remove it where this one is killed.
 */
export function makePrivateFolder(purpose: 'look' | 'migrate'): string {
  return mkdtempSync(join(tmpdir(), `ltmc-${purpose}-${processSpace()}-${process.pid}-`));
}

/** Removes the private folders of processes of this user that are gone. */
export function removeAbandonedFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    const [, space, processId] = pattern.exec(name) ?? [];
    if (space !== processSpace() || isRunning(Number(processId))) continue;
    const path = join(tmpdir(), name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory() !== true || stats.uid !== (process.getuid?.() ?? stats.uid)) continue;
    rmSync(path, { recursive: true, force: true });
  }
}

/** Containers may share the folder, and each has process ids of its own. */
function processSpace(): string {
  let space = '';
  try {
    space = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not Linux: a machine has one such space.
  }
  return createHash('sha256').update(`${hostname()} ${space}`).digest('hex').slice(0, 8);
}
