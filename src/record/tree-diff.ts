import { limits } from '../limits.ts';
import { isCodeFile } from './code-files.ts';
import { type GitProgram, zeroSeparated } from './git-program.ts';

export interface TreeDiff {
  /** A unified diff as git writes it, of at most `limits.recordCodeBytesMax`. '' for no change. */
  text: string;
  /** Changed text files, in git's order. */
  files: string[];
  /** The diff is longer than what `text` shows. */
  isCut: boolean;
}

/** What turns one tree into another: text files alone, without lock files and credentials. */
export async function treeDiff(git: GitProgram, before: string, after: string): Promise<TreeDiff> {
  const numbers = zeroSeparated(
    await git.run([
      'diff-tree',
      '-r',
      '-z',
      '--no-renames',
      '--ignore-submodules',
      '--numstat',
      before,
      after,
    ]),
  );
  // `added TAB deleted TAB path`; a binary file has `-` for both.
  const files = numbers.flatMap((line) => {
    const [added, , ...path] = line.split('\t');
    const name = path.join('\t');
    return added === '-' || !isCodeFile(name) ? [] : [name];
  });
  if (files.length === 0) return { text: '', files, isCut: false };
  const shown = files.slice(0, limits.recordDiffFilesMax);
  const flags = ['-r', '-p', '-M', '--no-color', '--no-ext-diff', '--no-textconv', '--ignore-submodules'];
  const whole = await git
    .with({ GIT_LITERAL_PATHSPECS: '1' })
    .run(['-c', 'diff.noprefix=false', 'diff-tree', ...flags, before, after, '--', ...shown], { cut: true });
  const { text, isCut } = cutDiff(whole);
  return { text, files, isCut: isCut || files.length > shown.length };
}

/** At most `limits.recordCodeBytesMax`, cut between lines; a last line says how much is missing. */
function cutDiff(whole: string): { text: string; isCut: boolean } {
  const text = whole.replace(/\n$/, '').toWellFormed();
  const bytes = Buffer.byteLength(text);
  if (bytes <= limits.recordCodeBytesMax) return { text, isCut: false };
  // Room for the last line.
  const head = Buffer.from(text)
    .subarray(0, limits.recordCodeBytesMax - 64)
    .toString('utf8');
  const kept = head.slice(0, Math.max(head.lastIndexOf('\n'), 0)) || head.replace(/\ufffd+$/, '');
  return { text: `${kept}\n[… ${bytes - Buffer.byteLength(kept)} bytes left out …]`, isCut: true };
}
