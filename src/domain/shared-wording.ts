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
  const askedWords = new Set(wordsOf(query));
  const shares = new Map<string, number>();
  for (const text of new Set(texts)) {
    const most = phrasesOf(text, askedWords).reduce(
      (longest, { phrase, wordCount }) => (asked.has(phrase) ? Math.max(longest, wordCount) : longest),
      wordsMin,
    );
    shares.set(text, (most - wordsMin) / (wordsMax - wordsMin));
  }
  return texts.map((text) => shares.get(text) as number);
}

/** Runs of two to four telling words, with what stands between them; with `known`, those of known words alone. */
function phrasesOf(text: string, known?: ReadonlySet<string>): { phrase: string; wordCount: number }[] {
  const words = wordsOf(text);
  const telling = words.flatMap((word, place) => (isTelling(word) ? [place] : []));
  const isKnown = (place: number | undefined) =>
    place !== undefined && (known === undefined || known.has(words[place] as string));
  const phrases: { phrase: string; wordCount: number }[] = [];
  telling.forEach((first, index) => {
    if (!isKnown(first)) return;
    for (let wordCount = wordsMin + 1; wordCount <= wordsMax; wordCount++) {
      const last = telling[index + wordCount - 1];
      if (!isKnown(last)) return;
      phrases.push({ phrase: words.slice(first, (last as number) + 1).join(' '), wordCount });
    }
  });
  return phrases;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(wordPattern) ?? [];
}

function isTelling(word: string): boolean {
  return !stopWords.has(word) && !attemptStopWords.has(word);
}
