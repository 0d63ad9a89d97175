import { assertModelMissing } from '../errors.ts';
import type { Embedder, TokenMap } from './ports.ts';
import { upperBoundTokenMap } from './token-bound.ts';

/** Without a tokenizer, a bound that no tokenizer exceeds: chunks come out smaller, never too long. */
export async function tokenMapOf(embedder: Embedder, text: string): Promise<TokenMap> {
  try {
    return await embedder.tokenMap(text);
  } catch (thrown) {
    assertModelMissing(thrown);
    return upperBoundTokenMap(text);
  }
}
