import { assertModelMissing } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Embedder } from './ports.ts';

export interface WrittenVectors {
  /** In the order of the texts; null is pending. */
  vectors: (Float32Array | null)[];
  /** null when there is no vector. */
  modelHash: string | null;
  /** Why vectors are pending, when the model is the reason. */
  modelProblem?: string;
}

/**
 * Embeds the texts that a call is about to write, for at most `limits.embeddingBudgetMsPerCall`; what is not
 * done by then, and everything where no model can be loaded, is pending. A missing model never fails a write.
 */
export async function embedForWrite(embedder: Embedder, texts: readonly string[]): Promise<WrittenVectors> {
  try {
    const { vectors, modelHash } = await embedder.embed(texts, {
      priority: 'write',
      budgetMs: limits.embeddingBudgetMsPerCall,
    });
    return { vectors, modelHash: vectors.some((vector) => vector !== null) ? modelHash : null };
  } catch (thrown) {
    assertModelMissing(thrown);
    return { vectors: texts.map(() => null), modelHash: null, modelProblem: thrown.message };
  }
}
