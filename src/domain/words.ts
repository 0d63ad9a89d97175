import { limits } from '../limits.ts';
import { otherLanguageOf } from './other-language.ts';
import { stopWords } from './stop-words.ts';
import { isInflection, unspacedParts } from './unspaced-scripts.ts';

// Marks belong to the letter before them, as in decomposed accents and in Devanagari.
const wordPattern = /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu;
const camelCaseBoundary = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;

/** Beside one of these a lone letter is a variable's name. */
const codeBefore = /[`([,.=]$/;
const codeAfter = /^\s*[`=[().,:]/;

/**
 * What a query is looked up by: lower-case words, each once, in the order of the text, with the parts of
 * camelCase identifiers and of words in scripts without spaces; without stop words of English and of the query's own language
 * unless nothing else is left (`a` in code is none). At most `limits.queryTermsMax`: of more, the longest stay, which are the
 * rarer ones as a rule.
 */
export function queryWords(query: string): string[] {
  const words = new Set<string>();
  const variables = new Set<string>();
  for (const match of query.matchAll(wordPattern)) {
    const [word] = match;
    for (const piece of piecesOf(word)) {
      words.add(piece.toLowerCase());
      for (const part of camelCaseParts(piece)) words.add(part);
    }
    if (isVariable(query, match.index, word)) variables.add(word);
  }
  const all = [...words];
  const language = otherLanguageOf(query);
  const isStopWord = (word: string) =>
    stopWords.has(word) || language?.has(word.normalize()) || isInflection(word);
  const telling = all.filter((word) => !isStopWord(word) || variables.has(word));
  const kept = telling.length > 0 ? telling : all;
  if (kept.length <= limits.queryTermsMax) return kept;
  const longest = new Set(kept.toSorted((a, b) => b.length - a.length).slice(0, limits.queryTermsMax));
  return kept.filter((word) => longest.has(word));
}

/** A word in a script without spaces is hardly ever in another row as a whole. */
function piecesOf(word: string): string[] {
  const parts = unspacedParts(word);
  return parts.length > 0 ? parts : [word];
}

function isVariable(text: string, index: number, word: string): boolean {
  if (word.length > 1 || word === word.toUpperCase()) return false;
  return (
    codeBefore.test(text.slice(Math.max(0, index - 1), index)) ||
    codeAfter.test(text.slice(index + 1, index + 9))
  );
}

/**
 * What full text indexes for a text: itself, and behind it the parts of its camelCase identifiers and of its words in
 * scripts without spaces
 * (snake_case, paths and the like fall apart in the index's own tokenizer).
 */
export function searchText(text: string): string {
  const parts = new Set<string>();
  for (const [word] of text.matchAll(wordPattern)) {
    for (const piece of piecesOf(word)) {
      if (piece !== word) parts.add(piece);
      for (const part of camelCaseParts(piece)) parts.add(part);
    }
  }
  return parts.size === 0 ? text : `${text}\n${[...parts].join(' ')}`;
}

/** `getUserName` → get, user, name; `parseHTTPResponse` → parse, http, response; [] for a plain word. */
export function camelCaseParts(word: string): string[] {
  const parts = word.split(camelCaseBoundary);
  return parts.length < 2 ? [] : parts.map((part) => part.toLowerCase());
}
