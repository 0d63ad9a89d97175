import { nameKey } from './code-identity.ts';
import { isInCodeForm } from './code-pieces.ts';
import type { PatternPort, ReadScope } from './ports.ts';

const nameLike = /[\p{L}_$][\p{L}\p{N}_$]*/gu;

/**
 * The functions that a text names, by their name keys: `get_user` and `getUser` wherever they stand, `add` only in back-ticks or
 * before a bracket.
 */
export function namedFunctions(text: string): Set<string> {
  const keys = new Set<string>();
  for (const match of text.matchAll(nameLike)) {
    const [name] = match;
    const next = text[match.index + name.length];
    const isMarked = next === '(' || (next === '`' && text[match.index - 1] === '`');
    const key = isMarked || isInCodeForm(name) ? nameKey(name) : null;
    if (key !== null) keys.add(key);
  }
  return keys;
}

/** The attempts at the functions that a query names. */
export async function namedAttempts(
  store: Pick<PatternPort, 'attemptsAt'>,
  query: string,
  scope: ReadScope,
): Promise<ReadonlySet<number>> {
  const names = namedFunctions(query);
  return names.size === 0 ? new Set() : store.attemptsAt([...names], scope);
}
