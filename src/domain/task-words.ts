import { withoutExamples } from './code-identity.ts';
import { codeWords } from './code-words.ts';
import { stopWords } from './stop-words.ts';
import { camelCaseParts } from './words.ts';

const wordPattern = /[\p{L}\p{N}]+/gu;

/**
 * The words of a prompt that tell its task from others of a function with the same name: without stop words,
 * without what code of every kind says (`def`, `list`), without the name itself, and without its examples.
 */
export function taskWords(prompt: string, functionName: string | null): Set<string> {
  const ofName = new Set(wordsOf(functionName ?? ''));
  return new Set(
    wordsOf(withoutExamples(prompt)).filter(
      (word) => !stopWords.has(word) && !codeWords.has(word) && !ofName.has(word),
    ),
  );
}

/** Of the shorter prompt's words, the share that the other one has too; null where one of them has none. */
export function sharedWords(one: ReadonlySet<string>, other: ReadonlySet<string>): number | null {
  const [shorter, longer] = one.size <= other.size ? [one, other] : [other, one];
  if (shorter.size === 0) return null;
  return [...shorter].filter((word) => longer.has(word)).length / shorter.size;
}

function wordsOf(text: string): string[] {
  return [...text.matchAll(wordPattern)].flatMap(([word]) => [word.toLowerCase(), ...camelCaseParts(word)]);
}
