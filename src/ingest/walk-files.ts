import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';
import { folderSkipReason, isCredentialName } from './credential-files.ts';
import type { IgnoreRules } from './ignore-rules.ts';

/** Why a file or folder was left out. */
export interface SkippedPath {
  path: string;
  reason: string;
  /** Nobody could look: what an earlier run stored of it stays. */
  isUnreadable?: true;
}

export interface Walked {
  /** Absolute paths of the files that may be read, in the order of their names. */
  files: string[];
  skipped: SkippedPath[];
  /** Files and folders that a `.gitignore` names. */
  ignoredCount: number;
}

/** Everything below a folder that may be stored, without reading a file. Follows no symbolic link. */
export async function walkFiles(folder: string, rules: IgnoreRules): Promise<Walked> {
  const walked: Walked = { files: [], skipped: [], ignoredCount: 0 };
  await walk(folder, rules, walked, true);
  return walked;
}

async function walk(folder: string, rules: IgnoreRules, walked: Walked, isRoot: boolean): Promise<void> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch {
    walked.skipped.push({ path: folder, reason: 'cannot be read', isUnreadable: true });
    return;
  }
  if (!isRoot && entries.some(({ name }) => name === '.git')) {
    walked.skipped.push({ path: folder, reason: 'a git repository of its own; ingest it by its own path' });
    return;
  }
  const inside = rules.entering(folder);
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    const reason = entry.isDirectory() ? folderSkipReason(entry.name) : null;
    if (reason !== null) {
      if (reason !== 'version control') walked.skipped.push({ path, reason });
    } else if (entry.name === '.git') {
      // The file that a worktree or a submodule has in place of the folder.
    } else if (inside.ignores(path, entry.isDirectory())) walked.ignoredCount++;
    else if (entry.isDirectory()) await walk(path, inside, walked, false);
    else takeFile(entry, path, walked);
  }
}

function takeFile(entry: Dirent, path: string, walked: Walked): void {
  if (entry.isSymbolicLink()) walked.skipped.push({ path, reason: 'a symbolic link' });
  else if (!entry.isFile()) walked.skipped.push({ path, reason: 'not a regular file' });
  else if (isCredentialName(entry.name)) walked.skipped.push({ path, reason: 'keys and credentials' });
  else if (walked.files.length < limits.ingestFilesMax) walked.files.push(path);
  else throw tooManyFiles();
}

function tooManyFiles(): LtmcError {
  return new LtmcError(
    'too_large',
    `Expected at most ${limits.ingestFilesMax} files below one PATH; there are more. Nothing was stored.`,
    'Name the folders that matter, or leave others out with a .gitignore.',
  );
}
