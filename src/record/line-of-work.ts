import { limits } from '../limits.ts';
import { GitProblem, type GitProgram } from './git-program.ts';

/**
 * The commits that the present one follows, the newest `limits.lineOfWorkCommitsMax`, and those that the present branch was at
 * before: after an amendment or a rebase they are no ancestors any more, and yet the same work. undefined where git
 * names none.
 */
export async function lineOfWork(git: GitProgram): Promise<ReadonlySet<string> | undefined> {
  const branch = await answer(git, ['rev-parse', '--symbolic-full-name', 'HEAD']);
  const most = `--max-count=${limits.lineOfWorkCommitsMax}`;
  const [ancestors, before] = await Promise.all([
    answer(git, ['rev-list', most, 'HEAD']),
    answer(git, ['reflog', 'show', most, '--format=%H', branch.trim() || 'HEAD']),
  ]);
  const commits = new Set(`${ancestors}\n${before}`.split('\n').filter((line) => line !== ''));
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
