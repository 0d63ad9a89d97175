import { nameKey } from './code-identity.ts';

/** `get_user` and `getUser` are names wherever they stand; `add` only in back-ticks or before a bracket. */
const inCodeForm = /[\p{L}\p{N}]_+[\p{L}\p{N}]|[\p{Ll}\p{N}]\p{Lu}/u;
const nameLike = /[\p{L}_$][\p{L}\p{N}_$]*/gu;

/** The functions that a text names, by their name keys. */
export function namedFunctions(text: string): Set<string> {
  const keys = new Set<string>();
  for (const match of text.matchAll(nameLike)) {
    const [name] = match;
    const next = text[match.index + name.length];
    const isMarked = next === '(' || (next === '`' && text[match.index - 1] === '`');
    const key = isMarked || inCodeForm.test(name) ? nameKey(name) : null;
    if (key !== null) keys.add(key);
  }
  return keys;
}
