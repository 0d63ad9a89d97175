import { statSync } from 'node:fs';
import { isAbsolute, normalize, resolve, sep } from 'node:path';
import type { TestCommand } from './test-command.ts';

/**
 * The folder in which a line's test command ran. `folder` is the client's as the hook is told it, after the
 * line: the client follows a `cd`, but not one in parentheses. What is no folder (`cd $DIR`) is not followed.
 */
export function workingFolder(folder: string, { outside, inside }: TestCommand['moves']): string {
  const start = isFollowed(folder, outside) ? folder : entered(folder, outside);
  return entered(start, inside);
}

/** Whether the client's folder is already that to which the line goes from one that is not told. */
function isFollowed(folder: string, moves: readonly string[]): boolean {
  if (moves.some((move) => isAbsolute(move))) return false;
  const way = normalize(moves.join(sep));
  const down = way
    .split(sep)
    .filter((name) => name !== '..' && name !== '')
    .join(sep);
  return down === '' || folder === down || folder.endsWith(sep + down);
}

function entered(folder: string, moves: readonly string[]): string {
  const target = resolve(folder, ...moves);
  return statSync(target, { throwIfNoEntry: false })?.isDirectory() === true ? target : folder;
}
