import type { Embedder } from './ports.ts';
import { costsWithin, estimatedTokens } from './token-count.ts';

export interface FittingTexts {
  /** For each text in its order, whether there is room for it. */
  fits: boolean[];
  tokensLeft: number;
}

/** Gives room to the texts in their order; a shorter one behind one that does not fit may still fit. */
export async function fitTexts(
  embedder: Embedder,
  texts: readonly string[],
  tokensMax: number,
): Promise<FittingTexts> {
  let tokensLeft = tokensMax;
  const fits: boolean[] = [];
  for (const cost of await costsWithin(embedder, texts, tokensMax)) {
    const hasRoom = cost <= tokensLeft;
    if (hasRoom) tokensLeft -= cost;
    fits.push(hasRoom);
  }
  return { fits, tokensLeft };
}

/** fitTexts for an answer that must not wait for the tokenizer to load: until then, by an estimate. */
export async function fittingNow(
  embedder: Embedder,
  texts: readonly string[],
  tokensMax: number,
): Promise<boolean[]> {
  if (embedder.status().state === 'ready') return (await fitTexts(embedder, texts, tokensMax)).fits;
  let tokensLeft = tokensMax;
  return texts.map((text) => {
    const cost = estimatedTokens(text);
    const hasRoom = cost <= tokensLeft;
    if (hasRoom) tokensLeft -= cost;
    return hasRoom;
  });
}
