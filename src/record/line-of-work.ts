import { limits } from '../limits.ts';
import { GitProblem, type GitProgram } from './git-program.ts';

/**
 * The commits that the present one follows, the newest `limits.lineOfWorkCommitsMax`, and those that the present branch was at
 * before: after an amendment or a rebase they are no ancestors any more, and yet the same work. Without a branch, those
 * that HEAD was at since it left one. undefined where git names none.
 */
export async function lineOfWork(git: GitProgram): Promise<ReadonlySet<string> | undefined> {
  const branch = await answer(git, ['rev-parse', '--symbolic-full-name', 'HEAD']);
  const most = `--max-count=${limits.lineOfWorkCommitsMax}`;
  const [ancestors, moves] = await Promise.all([
    answer(git, ['rev-list', most, 'HEAD']),
    answer(git, ['reflog', 'show', most, '--format=%H %gs', branch.trim() || 'HEAD']),
  ]);
  // Newest first. A branch's own moves have no checkout.
  const [before = ''] = moves.split(/(?<=^[0-9a-f]+ checkout: ).*/m);
  const commits = new Set(`${ancestors}\n${before}`.match(/^[0-9a-f]{40,64}/gm));
  return commits.size === 0 ? undefined : commits;
}

async function answer(git: GitProgram, words: string[]): Promise<string> {
  try {
    return await git.run(words);
  } catch (thrown) {
    if (thrown instanceof GitProblem) return '';
    throw thrown;
  }
}
