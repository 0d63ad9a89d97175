import { lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { LtmcError } from '../errors.ts';
import { projectOfFolder, repositoryRoot, type Surroundings } from '../project.ts';
import { folderSkipReason, isCredentialName } from './credential-files.ts';
import { IgnoreRules } from './ignore-rules.ts';
import { type Walked, walkFiles } from './walk-files.ts';

/** One PATH of the command line, and how the files below it are called. */
export interface IngestTarget {
  path: string;
  isFolder: boolean;
  /** The project that the path itself belongs to; null: none. */
  ownProject: string | null;
  /** With `/`: relative to the git root; without a project from the home folder (`~/…`) or absolute. */
  fileNameOf(path: string): string;
  walk(): Promise<Walked>;
}

/** Throws `not_found` for a path that is not there. */
export function ingestTarget(given: string, surroundings: Surroundings): IngestTarget {
  const absolute = resolve(given);
  const stats = lstatSync(absolute, { throwIfNoEntry: false });
  if (stats === undefined) {
    throw new LtmcError(
      'not_found',
      `Expected ${absolute} to be there; it is not. Nothing was stored.`,
      'Check the path. What was stored of a deleted folder is archived when the folder above it is ingested.',
    );
  }
  // The folders above are taken as they really are; the path itself must be no link.
  const path = stats.isSymbolicLink()
    ? join(realpathSync(dirname(absolute)), basename(absolute))
    : realpathSync(absolute);
  const isFolder = stats.isDirectory();
  const folder = isFolder ? path : dirname(path);
  const root = repositoryRoot(folder);
  const ownProject = projectOfFolder(folder, surroundings).name;
  const home = realpathSync(surroundings.home);
  const isNamedByRoot = root !== undefined && ownProject !== null;
  return {
    path,
    isFolder,
    ownProject,
    fileNameOf: (file) => (isNamedByRoot ? slashed(relative(root, file)) : fromHome(file, home)),
    walk: () => walkTarget(path, isFolder, root),
  };
}

async function walkTarget(path: string, isFolder: boolean, root: string | undefined): Promise<Walked> {
  const nothing: Walked = { files: [], skipped: [], ignoredCount: 0 };
  const skip = (reason: string): Walked => ({ ...nothing, skipped: [{ path, reason }] });
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return skip('a symbolic link');
  const folders = (isFolder ? path : dirname(path)).split(sep);
  for (const folder of folders) {
    const reason = folderSkipReason(folder);
    if (reason !== null) return skip(reason);
  }
  if (!isFolder && isCredentialName(basename(path))) return skip('keys and credentials');

  let rules = IgnoreRules.atRoot(root ?? (isFolder ? path : dirname(path)));
  if (root !== undefined) {
    // Every folder on the way down may be ignored, and may have rules of its own.
    const steps = relative(root, path)
      .split(sep)
      .filter((step) => step !== '');
    let at = root;
    for (const [index, step] of steps.entries()) {
      at = join(at, step);
      const isLast = index === steps.length - 1;
      if (rules.ignores(at, !isLast || isFolder)) return skip('named by a .gitignore');
      if (!isLast) rules = rules.entering(at);
    }
  }
  if (isFolder) return walkFiles(path, rules);
  return stats.isFile() ? { ...nothing, files: [path] } : skip('not a regular file');
}

function fromHome(file: string, home: string): string {
  const way = relative(home, file);
  const isBelow = way !== '' && !way.startsWith('..') && resolve(home, way) === file;
  return isBelow ? `~/${slashed(way)}` : slashed(file);
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}
