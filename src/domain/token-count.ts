import { assertModelMissing } from '../errors.ts';
import type { Embedder } from './ports.ts';

/** Without a tokenizer, one token for three bytes: prose and code have fewer. */
const bytesPerTokenAtLeast = 3;

/** The tokens of each text, for budgets; a stated estimate where no tokenizer can be loaded. */
export async function countTokens(embedder: Embedder, texts: readonly string[]): Promise<number[]> {
  // The forms of an answer's items, and attempts at one task, share most of their texts.
  const distinct = [...new Set(texts)];
  try {
    const counts = await embedder.countTokens(distinct);
    const countOf = new Map(distinct.map((text, index) => [text, counts[index] as number]));
    return texts.map((text) => countOf.get(text) as number);
  } catch (thrown) {
    assertModelMissing(thrown);
    return texts.map(estimatedTokens);
  }
}

/**
 * What the texts cost of a budget: their tokens, or their bytes where even these fit. A token is at least a byte,
 * so a short list needs no counting, which would cost more than everything else that reads it.
 */
export async function costsWithin(
  embedder: Embedder,
  texts: readonly string[],
  tokensMax: number,
): Promise<readonly number[]> {
  const bytes = texts.map((text) => Buffer.byteLength(text));
  return bytes.reduce((sum, each) => sum + each, 0) <= tokensMax ? bytes : countTokens(embedder, texts);
}

/** What a text has at most, as a rule: for answers that cannot count. */
export function estimatedTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / bytesPerTokenAtLeast);
}

/** The longest head of the text, cut between characters, that has at most `tokens` tokens. */
export async function headWithin(embedder: Embedder, text: string, tokens: number): Promise<string> {
  let shorter = 0;
  let longer = text.length;
  const [whole = 0] = await countTokens(embedder, [text]);
  if (whole <= tokens) return text;
  // A head that is too long has at least its share too many, so halving ends after few counts.
  while (longer - shorter > Math.max(8, text.length / 64)) {
    const middle = Math.floor((shorter + longer) / 2);
    const [count = 0] = await countTokens(embedder, [text.slice(0, middle)]);
    if (count <= tokens) shorter = middle;
    else longer = middle;
  }
  const cutsPair = /[\ud800-\udbff]/.test(text.charAt(shorter - 1));
  return text.slice(0, cutsPair ? shorter - 1 : shorter);
}
