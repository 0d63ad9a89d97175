/**
 * The project of a working directory, read from git's own files: its remote as host/owner/name, else the
 * repository's name with a short hash of its path, else none. No git program is needed, nothing is written,
 * and what cannot be read counts as not there: a project is a filter and never a reason not to start.
 */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { readRemotes } from './git-config.ts';
import { projectOfRemote } from './git-remote.ts';

export interface WorkingProject {
  /** null: none. */
  name: string | null;
  /** Half a sentence for a person: where the name comes from, or why there is none. */
  why: string;
}

export interface Surroundings {
  home: string;
  platform: NodeJS.Platform;
  environment: Record<string, string | undefined>;
}

/** Characters of the hash that tells two repositories of one name apart. */
const hashCharacters = 8;

export function projectOfFolder(folder: string, surroundings: Surroundings): WorkingProject {
  const start = realPath(folder);
  const home = realPath(surroundings.home);
  if (start === home) return { name: null, why: 'the working directory is the home folder' };
  if (start === dirname(start)) return { name: null, why: 'the working directory is the root folder' };
  if (applicationFolders(surroundings, home).some((application) => isWithin(start, application))) {
    return { name: null, why: "the working directory is an application's folder" };
  }

  const repository = findRepository(start);
  // A repository of the whole home folder holds settings, not a project.
  if (repository === undefined || repository.root === home || repository.root === dirname(repository.root)) {
    return { name: null, why: 'the working directory is not in a git repository' };
  }
  const remotes = readRemotes(readText(join(repository.commonFolder, 'config')) ?? '');
  const remote = remotes.find(({ name }) => name === 'origin') ?? remotes[0];
  const name = remote === undefined ? null : projectOfRemote(remote.url);
  if (remote !== undefined && name !== null) return { name, why: `git remote ${remote.name}` };
  return {
    name: `${basename(repository.mainRoot)}-${shortHash(repository.mainRoot)}`,
    why: 'name and path of the git repository, which has no remote on a host',
  };
}

function shortHash(text: string): string {
  // Not imported: it takes milliseconds of each start of a program that may need none.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(text).digest('hex').slice(0, hashCharacters);
}

/** The root of the repository, or worktree, that a folder is in. */
export function repositoryRoot(folder: string): string | undefined {
  return findRepository(realPath(folder))?.root;
}

interface Repository {
  /** The folder that holds `.git`. */
  root: string;
  /** The folder that all worktrees of the repository share: config, refs, objects. */
  commonFolder: string;
  /** The same for every worktree: the root of the main one, or a bare repository's own folder. */
  mainRoot: string;
}

function findRepository(start: string): Repository | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const gitFolder = gitFolderOf(folder);
    if (gitFolder !== undefined) return repositoryAt(folder, gitFolder);
    if (folder === dirname(folder)) return undefined;
  }
}

/**
 * `.git` is a folder, or in worktrees and submodules a file that names it
 * (https://git-scm.com/docs/gitrepository-layout).
 */
function gitFolderOf(folder: string): string | undefined {
  const path = join(folder, '.git');
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const gitFolder = stats.isFile() ? /^gitdir: (.+)/.exec(readText(path) ?? '')?.[1]?.trim() : path;
  if (gitFolder === undefined) return undefined;
  const absolute = resolve(folder, gitFolder);
  return statSync(join(absolute, 'HEAD'), { throwIfNoEntry: false })?.isFile() ? absolute : undefined;
}

function repositoryAt(root: string, gitFolder: string): Repository {
  const common = readText(join(gitFolder, 'commondir'))?.trim();
  if (!common) return { root, commonFolder: gitFolder, mainRoot: root };
  const commonFolder = realPath(resolve(gitFolder, common));
  // `.git` of the main worktree, or `.bare` and the like beside worktrees only.
  const mainRoot = basename(commonFolder).startsWith('.') ? dirname(commonFolder) : commonFolder;
  return { root, commonFolder, mainRoot };
}

/** Folders that clients are started in although nobody works there. */
function applicationFolders({ platform, environment }: Surroundings, home: string): string[] {
  if (platform === 'win32') {
    const variables = ['ProgramFiles', 'ProgramFiles(x86)', 'SystemRoot', 'LOCALAPPDATA', 'APPDATA'];
    return variables
      .map((name) => environment[name])
      .filter((path) => path !== undefined && path !== '') as string[];
  }
  if (platform === 'darwin') {
    return [
      '/Applications',
      '/System',
      '/Library',
      '/opt/homebrew',
      '/usr',
      join(home, 'Library'),
      join(home, 'Applications'),
    ];
  }
  return [
    '/usr',
    '/snap',
    '/nix',
    '/app',
    join(home, '.local', 'share'),
    join(home, '.config'),
    join(home, '.cache'),
  ];
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return resolve(path);
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
