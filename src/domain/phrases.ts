/** Words side by side, as they stand: lower case, with stop words. */
const wordPattern = /[\p{L}\p{N}]+/gu;

/**
 * How much of the query's wording each text repeats: the pairs of neighbouring words that both have, each weighed by
 * how few of the texts have it. A pair that half of them have weighs nothing, so that alone, a text agrees with 0.
 */
export function phraseAgreement(query: string, texts: readonly string[]): number[] {
  const asked = pairsOf(query);
  const held = texts.map((text) => [...pairsOf(text)].filter((pair) => asked.has(pair)));
  const textsWith = new Map<string, number>();
  for (const pair of held.flat()) textsWith.set(pair, (textsWith.get(pair) ?? 0) + 1);
  const weightOf = (pair: string): number => {
    const count = textsWith.get(pair) as number;
    return Math.max(0, Math.log((texts.length - count + 0.5) / (count + 0.5)));
  };
  return held.map((pairs) => pairs.reduce((sum, pair) => sum + weightOf(pair), 0));
}

function pairsOf(text: string): Set<string> {
  const pairs = new Set<string>();
  let before: string | null = null;
  for (const [word] of text.toLowerCase().matchAll(wordPattern)) {
    if (before !== null) pairs.add(`${before} ${word}`);
    before = word;
  }
  return pairs;
}
