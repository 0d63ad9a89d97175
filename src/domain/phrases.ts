/** Words side by side, as they stand: lower case, with stop words. */
const wordPattern = /[\p{L}\p{N}]+/gu;

/**
 * How much of the query's wording each text repeats: the pairs of neighbouring words that both have, each weighed by
 * how few of the texts have it. A pair that half of them have weighs nothing, so that alone, a text agrees with 0.
 */
export function phraseAgreement(query: string, texts: readonly string[]): number[] {
  const askedWords = new Set(wordsOf(query));
  const asked = pairsOf(query, askedWords);
  const held = texts.map((text) => [...pairsOf(text, askedWords)].filter((pair) => asked.has(pair)));
  const textsWith = new Map<string, number>();
  for (const pair of held.flat()) textsWith.set(pair, (textsWith.get(pair) ?? 0) + 1);
  const weightOf = (pair: string): number => {
    const count = textsWith.get(pair) as number;
    return Math.max(0, Math.log((texts.length - count + 0.5) / (count + 0.5)));
  };
  return held.map((pairs) => pairs.reduce((sum, pair) => sum + weightOf(pair), 0));
}

/** Those of two words of the vocabulary. */
function pairsOf(text: string, vocabulary: ReadonlySet<string>): Set<string> {
  const pairs = new Set<string>();
  let before: string | null = null;
  for (const word of wordsOf(text)) {
    const isAsked = vocabulary.has(word);
    if (isAsked && before !== null) pairs.add(`${before} ${word}`);
    before = isAsked ? word : null;
  }
  return pairs;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(wordPattern) ?? [];
}
