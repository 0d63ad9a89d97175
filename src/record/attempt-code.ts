import { existsSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import { readTextFile } from '../ingest/read-text-file.ts';
import {
  type ChangedCode,
  changedCode,
  fileCode,
  openRepository,
  type RepositoryHead,
  repositoryHead,
} from './changed-code.ts';
import { isCodeFile } from './code-files.ts';
import { GitProblem } from './git-program.ts';
import { lineOfWork } from './line-of-work.ts';
import { StateFolder } from './recorded-state.ts';

/** The code that the tests are about to judge, or why there is none. */
export type AttemptCode =
  | {
      code: ChangedCode;
      states: StateFolder;
      head: RepositoryHead;
      /** Commits of the same line of work; undefined where they are not known. */
      earlierCommits: ReadonlySet<string> | undefined;
      /** The repository's root, or the folder outside git. */
      root: string;
      /** Where in it the command runs: `packages/a`; '' at the root. */
      way: string;
      /** `--file` as a label: relative to the root where it lies inside. */
      fileName: string | null;
    }
  | { problem: string };

/** Never throws for what it finds in the folder; a problem is a sentence's second half. */
export async function attemptCode(input: {
  folder: string;
  environment: NodeJS.ProcessEnv;
  /** The user's data folder. */
  dataFolder: string;
  file: string | undefined;
}): Promise<AttemptCode> {
  const { folder, environment, dataFolder, file } = input;
  try {
    const { root, way, git } = await openRepository(folder, environment);
    const states = new StateFolder(dataFolder, root);
    const [head, earlierCommits] = await Promise.all([repositoryHead(git), lineOfWork(git)]);
    const code = await changedCode(git, root, states, { commit: head.commit, earlierCommits });
    if (code === null) return { problem: 'no change of a text file that could be its code' };
    const fileName = file === undefined ? null : labelOf(root, resolve(folder, file), file);
    return { code, states, head, earlierCommits, root, way, fileName };
  } catch (thrown) {
    if (!(thrown instanceof GitProblem)) throw thrown;
    return file === undefined ? { problem: thrown.message } : fromFile(folder, dataFolder, file);
  }
}

/** Whether a module's name is that of something in the project's own folders, or those of the package in it. */
export function ownModules({ root, way }: { root: string; way: string }): (name: string) => boolean {
  const folders = [root, join(root, way)].flatMap((at) => [at, join(at, 'src'), join(at, 'lib')]);
  return (name) =>
    folders.some((folder) =>
      ['', '.py', '.js', '.ts', '.mjs'].some((end) => existsSync(join(folder, name + end))),
    );
}

async function fromFile(folder: string, dataFolder: string, file: string): Promise<AttemptCode> {
  const path = resolve(folder, file);
  if (!isCodeFile(basename(path))) return { problem: `${file} is a lock file or holds credentials` };
  const read = await readTextFile(path);
  if (!('content' in read)) return { problem: `${file} is ${read.reason}` };
  const states = new StateFolder(dataFolder, path);
  const fileName = labelOf(folder, path, file);
  return {
    code: fileCode(fileName, read.content, states),
    states,
    head: { commit: null, subject: null },
    earlierCommits: undefined,
    root: folder,
    way: '',
    fileName,
  };
}

function labelOf(root: string, path: string, given: string): string {
  const way = relative(root, path);
  return way === '' || way.startsWith('..') ? given : way.split(sep).join('/');
}
