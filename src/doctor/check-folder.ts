import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Finding } from '../domain/checkup.ts';
import { limits } from '../limits.ts';

export interface FolderChecks {
  databasePath: string;
  platform: NodeJS.Platform;
  /** Absent on Windows. */
  userId: number | undefined;
  /** Free bytes where the folder lies; null where that cannot be told. */
  freeBytes(folder: string): number | null;
  /** Whether a process with this id runs. */
  isRunning(processId: number): boolean;
}

/** Who may read and write the database's files, whether there is room, and what killed runs left beside them. */
export function checkFolder(checks: FolderChecks): Finding[] {
  const { databasePath } = checks;
  const folder = dirname(databasePath);
  if (!existsSync(databasePath)) return [];
  const names = ownNames(databasePath);
  return [
    ...permissionFindings(checks, folder, names),
    ...roomFindings(checks, folder),
    ...leftoverFindings(checks, folder, names),
  ];
}

function permissionFindings(
  { databasePath, platform, userId }: FolderChecks,
  folder: string,
  names: readonly string[],
): Finding[] {
  const findings: Finding[] = [];
  if (!isWritable(databasePath) || !isWritable(folder)) {
    findings.push({
      code: 'not_writable',
      level: 'problem',
      count: 1,
      message: 'this user may not write the database or its folder',
      hint: 'Give this user write access to the file and its folder.',
      repairable: false,
    });
  }
  // Windows has no such modes; a user's data folder is closed to others there.
  if (platform === 'win32') return findings;
  const files = names
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
  const open = files.filter((path) => (statSync(path).mode & 0o077) !== 0);
  if (open.length > 0) {
    findings.push({
      code: 'files_open_to_others',
      level: 'problem',
      count: open.length,
      message: 'files with stored text can be read or written by other users',
      hint: `Run: chmod 600 ${open.map((path) => JSON.stringify(path)).join(' ')}`,
      repairable: false,
    });
  }
  const others = files.filter((path) => userId !== undefined && statSync(path).uid !== userId);
  if (others.length > 0) {
    findings.push({
      code: 'files_of_another_user',
      level: 'problem',
      count: others.length,
      message: 'files of the database belong to another user',
      hint: 'Start LTMC as one user only, and give the files to that one.',
      repairable: false,
    });
  }
  return findings;
}

function roomFindings({ databasePath, freeBytes }: FolderChecks, folder: string): Finding[] {
  const free = freeBytes(folder);
  // A backup and a restore need as much again as the database.
  const needed = Math.max(limits.diskRoomBytesMin, statSync(databasePath).size * 2);
  if (free === null || free >= needed) return [];
  return [
    {
      code: 'disk_room',
      level: 'problem',
      count: 1,
      message: `the disk has ${megabytes(free)} MB left; a backup or a repair may need ${megabytes(needed)}`,
      hint: 'Make room.',
      repairable: false,
    },
  ];
}

function leftoverFindings(checks: FolderChecks, folder: string, names: readonly string[]): Finding[] {
  const left = leftovers(checks, names);
  if (left.length === 0) return [];
  return [
    {
      code: 'leftover_files',
      level: 'notice',
      count: left.length,
      message: `files were left half written by a process that was killed: ${left.map((name) => JSON.stringify(join(folder, name))).join(' ')}`,
      hint: 'Run: ltmc doctor --repair',
      repairable: true,
    },
  ];
}

/** Removes what killed processes left half written beside the database; nobody reads it. Returns how much. */
export function removeLeftovers(checks: FolderChecks): number {
  const { databasePath } = checks;
  if (!existsSync(databasePath)) return 0;
  const left = leftovers(checks, ownNames(databasePath));
  for (const name of left) rmSync(join(dirname(databasePath), name), { force: true });
  return left.length;
}

/** Of the database and of what LTMC puts beside it: its name, after it a point or a dash, before it at most a point. */
function ownNames(databasePath: string): string[] {
  const own = basename(databasePath);
  return readdirSync(dirname(databasePath)).filter((name) => {
    const visible = name.startsWith(`.${own}`) ? name.slice(1) : name;
    return visible === own || visible.startsWith(`${own}.`) || visible.startsWith(`${own}-`);
  });
}

function leftovers({ databasePath, isRunning }: FolderChecks, names: readonly string[]): string[] {
  return names.filter((name) => {
    const processId = /\.(\d+)\.(tmp|room)(-wal|-shm|-journal)?$/.exec(name)?.[1];
    if (processId === undefined || isRunning(Number(processId))) return false;
    return lstatSync(join(dirname(databasePath), name), { throwIfNoEntry: false })?.isFile() === true;
  });
}

export function freeBytes(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
