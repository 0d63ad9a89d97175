import { copyFileSync, lstatSync, mkdirSync, statSync, utimesSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { limits } from '../limits.ts';
import { isCodeFile } from './code-files.ts';
import { GitProblem, type GitProgram, zeroSeparated } from './git-program.ts';

/**
 * The working tree as it is now, as a git tree: tracked files and new ones that are not ignored, without lock
 * files and credentials, and without new contents larger than `limits.recordFileBytesMax`. Returns its id.
 *
 * Nothing of the repository is written: the index is a copy, and what is not in the repository's objects goes
 * into `objectsFolder`. A garbage collection of the repository therefore cannot take it away.
 */
export async function writeWorktreeTree(
  git: GitProgram,
  root: string,
  objectsFolder: string,
): Promise<string> {
  mkdirSync(objectsFolder, { recursive: true, mode: 0o700 });
  const index = join(objectsFolder, 'index');
  const ours = git.with({ ...(await objectVariables(git, root, [objectsFolder])), GIT_INDEX_FILE: index });
  await copyIndex(git, root, index);
  try {
    return await treeOf(ours, root);
  } catch (thrown) {
    if (!(thrown instanceof GitProblem)) throw thrown;
    // An index with conflicts, or one that this git cannot read, has no tree.
    const head = await headTree(git);
    await ours.run(head === null ? ['read-tree', '--empty'] : ['read-tree', head]);
    return await treeOf(ours, root);
  }
}

/**
 * Variables with which git reads the repository's objects and those in `folders`, and writes new ones to the
 * first of these.
 */
export async function objectVariables(
  git: GitProgram,
  root: string,
  folders: readonly string[],
): Promise<Record<string, string>> {
  const objects = resolve(root, (await git.run(['rev-parse', '--git-path', 'objects'])).trim());
  const [first, ...others] = folders;
  return {
    GIT_OBJECT_DIRECTORY: first as string,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: [objects, ...others].map(quotedPath).join(delimiter),
  };
}

/** The tree of the last commit; null where there is none. */
export async function headTree(git: GitProgram, commit = 'HEAD'): Promise<string | null> {
  try {
    return (await git.run(['rev-parse', '--verify', '--quiet', `${commit}^{tree}`])).trim();
  } catch (thrown) {
    if (thrown instanceof GitProblem) return null;
    throw thrown;
  }
}

async function copyIndex(git: GitProgram, root: string, copy: string): Promise<void> {
  const path = resolve(root, (await git.run(['rev-parse', '--git-path', 'index'])).trim());
  try {
    const { mtimeMs } = statSync(path);
    copyFileSync(path, copy);
    // git looks into a file whose time is not before the index's own: a copy that seems newer would hide a
    // change made in the same second. See "racy git" in git's documentation.
    utimesSync(copy, new Date(), Math.floor(mtimeMs / 1000));
  } catch (thrown) {
    // A repository in which nothing was ever added has none.
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
  }
}

async function treeOf(git: GitProgram, root: string): Promise<string> {
  const changed = zeroSeparated(
    await git.run(['ls-files', '-z', '--modified', '--deleted', '--others', '--exclude-standard']),
  );
  const paths = [...new Set(changed)].filter((path) => isTaken(root, path));
  const update = ['update-index', '-z', '--add', '--remove', '--stdin'];
  await git.run(update, { input: paths.slice(0, limits.recordFilesMax).join('\0') });
  const all = zeroSeparated(await git.run(['ls-files', '-z']));
  const others = all.filter((path) => !isCodeFile(path));
  if (others.length > 0) {
    await git.run(['update-index', '-z', '--force-remove', '--stdin'], { input: others.join('\0') });
  }
  return (await git.run(['write-tree', '--missing-ok'])).trim();
}

/** Not a repository inside this one, not a file that is too large; one that is gone is taken, as gone. */
function isTaken(root: string, path: string): boolean {
  if (path.endsWith('/') || !isCodeFile(path)) return false;
  const stats = lstatSync(join(root, path), { throwIfNoEntry: false });
  return stats === undefined || (!stats.isDirectory() && stats.size <= limits.recordFileBytesMax);
}

/** A path may hold the separator of this list; git reads quoted ones as in C. */
function quotedPath(path: string): string {
  return `"${path.replace(/[\\"]/g, '\\$&')}"`;
}
