import type { Embedder } from './ports.ts';
import { countTokens, estimatedTokens } from './token-count.ts';

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
  for (const cost of await costsOf(embedder, texts, tokensMax)) {
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

/**
 * A token is at least a byte, so a short list fits without counting its tokens, which would cost more than
 * everything else that reads it.
 */
async function costsOf(
  embedder: Embedder,
  texts: readonly string[],
  tokensMax: number,
): Promise<readonly number[]> {
  const bytes = texts.map((text) => Buffer.byteLength(text));
  return bytes.reduce((sum, each) => sum + each, 0) <= tokensMax ? bytes : countTokens(embedder, texts);
}
