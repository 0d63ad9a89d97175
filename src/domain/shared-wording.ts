import { attemptStopWords } from './attempt-stop-words.ts';
import { stopWords } from './stop-words.ts';

const wordPattern = /[\p{L}\p{N}]+/gu;
/** One word is shared by chance; four in a row are the words in which a task was given. */
const wordsMin = 1;
const wordsMax = 4;

/**
 * How much of its wording each text shares with the query, 0..1, by the longest run of words that both have: 0 where at most
 * one word in it tells a task, 1 from four on. Stop words, and what is said of any attempt, belong to a run and count nothing.
 * It does not matter how many texts there are and which of them have the same words: many attempts at a task say them.
 */
export function sharedWording(query: string, texts: readonly string[]): number[] {
  const asked = new Set(phrasesOf(query).map(({ phrase }) => phrase));
  const shares = new Map<string, number>();
  for (const text of new Set(texts)) {
    const most = phrasesOf(text).reduce(
      (longest, { phrase, wordCount }) => (asked.has(phrase) ? Math.max(longest, wordCount) : longest),
      wordsMin,
    );
    shares.set(text, (most - wordsMin) / (wordsMax - wordsMin));
  }
  return texts.map((text) => shares.get(text) as number);
}

/** Runs of two to four telling words, with what stands between them. */
function phrasesOf(text: string): { phrase: string; wordCount: number }[] {
  const words = text.toLowerCase().match(wordPattern) ?? [];
  const telling = words.flatMap((word, place) => (isTelling(word) ? [place] : []));
  return telling.flatMap((first, index) =>
    telling.slice(index + wordsMin, index + wordsMax).map((last, further) => ({
      phrase: words.slice(first, last + 1).join(' '),
      wordCount: wordsMin + 1 + further,
    })),
  );
}

function isTelling(word: string): boolean {
  return !stopWords.has(word) && !attemptStopWords.has(word);
}
