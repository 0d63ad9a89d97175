import { stripComments } from './code-identity.ts';
import { changedLines, isTreeChange } from './tree-change.ts';

/** What a repair did to code, in lines without comments and white space. */
export interface RepairedLines {
  removed: ReadonlySet<string>;
  added: ReadonlySet<string>;
}

/** Shares from the measurement in docs/code-pattern-memory.md. */
const removedShareMin = 0.75;
const addedShareBelow = 0.5;

/** The lines of a piece of code that say something: no comments, no white space, no lone brackets. */
export function codeLines(code: string): Set<string> {
  const lines = stripComments(code)
    .split('\n')
    .map((line) => line.replace(/\s+/g, ''));
  return new Set(lines.filter((line) => /[\p{L}\p{N}]/u.test(line)));
}

/** A repair that is a change itself says what it did; otherwise the two pieces of code are compared. */
export function repairedLines(failed: string, repaired: string): RepairedLines {
  const change = isTreeChange(repaired) ? changedLines(repaired) : { removed: failed, added: repaired };
  const [before, after] = [codeLines(change.removed), codeLines(change.added)];
  return { removed: without(before, after), added: without(after, before) };
}

/** The code holds most of what the repair removed and lacks most of what it added. */
export function undoesRepair(lines: ReadonlySet<string>, { removed, added }: RepairedLines): boolean {
  if (removed.size === 0 || added.size === 0) return false;
  const shareOf = (of: ReadonlySet<string>) => 1 - without(of, lines).size / of.size;
  return shareOf(removed) >= removedShareMin && shareOf(added) < addedShareBelow;
}

function without(lines: ReadonlySet<string>, others: ReadonlySet<string>): Set<string> {
  return new Set([...lines].filter((line) => !others.has(line)));
}
