import * as z from 'zod';
import { defined } from '../defined.ts';
import type { MaskedSecret } from '../domain/memories.ts';

/** What every answer of a write has that stores texts. */
export const maskedAnswer = {
  masked: z.array(z.object({ kind: z.string(), count: z.int(), field: z.string() })),
};

/** What every answer of a write has that also embeds them. */
export const writeAnswer = {
  /** Vectors that are filled in later; until then the text is found by word. */
  pending_vectors: z.int(),
  pending_reason: z.string().optional(),
  ...maskedAnswer,
};

export function writeAnswerOf(result: {
  pendingVectors: number;
  modelProblem?: string;
  masked: MaskedSecret[];
}) {
  const { pendingVectors, modelProblem, masked } = result;
  return defined({
    pending_vectors: pendingVectors,
    pending_reason:
      pendingVectors === 0
        ? undefined
        : (modelProblem ??
          'Embedding follows in the background, as soon as the model can be used; until then the text is found by word.'),
    masked: masked.map(({ kind, count, field }) => ({ kind, count, field })),
  });
}
