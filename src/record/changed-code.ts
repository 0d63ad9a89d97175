import { createHash } from 'node:crypto';
import { limits } from '../limits.ts';
import { GitProblem, GitProgram } from './git-program.ts';
import type { RecordedState, StateFolder } from './recorded-state.ts';
import { type TreeDiff, treeDiff } from './tree-diff.ts';
import { headTree, objectVariables, writeWorktreeTree } from './worktree-tree.ts';

/** The code of an attempt, and the state to remember once it is logged. */
export interface ChangedCode {
  /** `runs` holds those that were recorded for this very code. */
  state: RecordedState;
  /** Takes away what was made for this state, when it is not written. */
  discard(): void;
}

/** A repository as far as an attempt names it. */
export interface RepositoryHead {
  /** null before the first commit. */
  commit: string | null;
  subject: string | null;
}

/**
 * The code of the attempt that the working tree holds now: what changed since the last recorded state. Where
 * nothing did, it is the code recorded then. Without a usable state, where that is of another branch, or where so much came
 * in since that it cannot be this attempt's own work alone, it is what changed since the last commit, and in a clean tree the
 * last commit itself. null: nothing but lock files, binaries or credentials ever changed. Throws GitProblem.
 */
export async function changedCode(
  git: GitProgram,
  root: string,
  states: StateFolder,
  at: { commit: string | null; earlierCommits: ReadonlySet<string> | undefined },
): Promise<ChangedCode | null> {
  const stored = states.read();
  const isElsewhere = typeof stored?.commit === 'string' && at.earlierCommits?.has(stored.commit) === false;
  const previous = isElsewhere ? null : stored;
  const objects = states.newObjects();
  const discard = () => states.drop(objects);
  try {
    const tree = await writeWorktreeTree(git, root, states.path(objects));
    const folders = [objects, ...(previous === null ? [] : [previous.objects])].map((name) =>
      states.path(name),
    );
    const reading = git.with(await objectVariables(git, root, folders));
    const since = previous === null ? null : await diffOrNull(reading, previous.tree, tree);
    if (previous !== null && since?.text === '') {
      discard();
      return { state: previous, discard: () => undefined };
    }
    const isOwnWork = since !== null && !since.isCut;
    const found = isOwnWork
      ? { diff: since, source: 'the changes since the last recorded state' }
      : ((await changesSinceCommit(reading, tree)) ??
        (since === null ? null : { diff: since, source: 'the changes since the last recorded state' }));
    if (found === null) {
      discard();
      return null;
    }
    const { text, files, isCut } = found.diff;
    const { commit } = at;
    const state = { tree, objects, code: text, files, isCut, source: found.source, commit, runs: [] };
    return { state, discard };
  } catch (thrown) {
    discard();
    throw thrown;
  }
}

/** The same outside git, for the one file that is named. */
export function fileCode(path: string, content: string, states: StateFolder): ChangedCode {
  const bytes = Buffer.from(content);
  const isCut = bytes.length > limits.recordCodeBytesMax;
  const code = isCut
    ? bytes
        .subarray(0, limits.recordCodeBytesMax)
        .toString('utf8')
        .replace(/\ufffd+$/, '')
    : content;
  const tree = createHash('sha256').update(content).digest('hex');
  const previous = states.read();
  if (previous?.tree === tree) return { state: previous, discard: () => undefined };
  const state = { tree, objects: '', code, files: [path], isCut, source: `the file ${path}`, runs: [] };
  return { state, discard: () => undefined };
}

/**
 * The repository's root as git sees it from a folder, and the folder's way from there (`packages/a`; '' at the
 * root). Throws GitProblem where there is none, or no git.
 */
export async function openRepository(
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<{ root: string; way: string; git: GitProgram }> {
  const asked = new GitProgram(folder, environment);
  const answer = async (flag: string) => (await asked.run(['rev-parse', flag])).replace(/\r?\n$/, '');
  const [root, prefix] = await Promise.all([answer('--show-toplevel'), answer('--show-prefix')]);
  return { root, way: prefix.replace(/\/$/, ''), git: new GitProgram(root, environment) };
}

export async function repositoryHead(git: GitProgram): Promise<RepositoryHead> {
  try {
    const [commit = '', subject = ''] = (
      await git.run(['log', '-1', '--no-show-signature', '--format=%H%x00%s'])
    )
      .trim()
      .split('\0');
    return { commit, subject };
  } catch (thrown) {
    if (thrown instanceof GitProblem) return { commit: null, subject: null };
    throw thrown;
  }
}

async function changesSinceCommit(
  git: GitProgram,
  tree: string,
): Promise<{ diff: TreeDiff; source: string } | null> {
  const empty = (await git.run(['hash-object', '-t', 'tree', '--stdin'])).trim();
  const head = await headTree(git);
  const dirty = await treeDiff(git, head ?? empty, tree);
  if (dirty.text !== '') return { diff: dirty, source: 'the changes since the last commit' };
  if (head === null) return null;
  const last = await treeDiff(git, (await headTree(git, 'HEAD^')) ?? empty, head);
  return last.text === '' ? null : { diff: last, source: 'the last commit' };
}

/** null where a tree cannot be read any more: the repository's history was rewritten and cleaned up. */
async function diffOrNull(git: GitProgram, before: string, after: string): Promise<TreeDiff | null> {
  try {
    return await treeDiff(git, before, after);
  } catch (thrown) {
    if (thrown instanceof GitProblem) return null;
    throw thrown;
  }
}
