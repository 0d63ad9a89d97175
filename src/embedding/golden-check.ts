import { foreignHint } from './model-files.ts';
import { ModelLoadError } from './model-load-error.ts';

/** Texts with the ids and the vectors that every export of this model must come to. */
export interface Golden {
  cosineMin: number;
  cosineMeanMin: number;
  cases: { text: string; tokenIds: number[]; vector: number[] }[];
}

/** Refuses a tokenizer that gives other ids than the model was trained with. */
export function checkTokenIds(golden: Golden, encode: (text: string) => number[]): void {
  const differing = golden.cases.filter(({ text, tokenIds }) => {
    const ids = encode(text);
    return ids.length !== tokenIds.length || ids.some((id, index) => id !== tokenIds[index]);
  });
  if (differing.length > 0) {
    throw new ModelLoadError(
      `Expected tokenizer.json of LTMC_MODEL_DIR to give the token ids of all-MiniLM-L6-v2, got others for ${differing.length} of ${golden.cases.length} texts.`,
      foreignHint,
    );
  }
}

/** Refuses a model whose vectors cannot be compared with those of the shipped one. */
export async function checkVectors(
  golden: Golden,
  embed: (text: string) => Promise<Float32Array>,
): Promise<void> {
  let least = 1;
  let sum = 0;
  for (const { text, vector } of golden.cases) {
    const cosine = dot(await embed(text), vector);
    least = Math.min(least, cosine);
    sum += cosine;
  }
  const mean = sum / golden.cases.length;
  if (least >= golden.cosineMin && mean >= golden.cosineMeanMin) return;
  throw new ModelLoadError(
    `Expected the model of LTMC_MODEL_DIR to give the vectors of all-MiniLM-L6-v2 (cosine at least ${golden.cosineMin}, on average ${golden.cosineMeanMin}), got ${least.toFixed(4)} and ${mean.toFixed(4)}.`,
    foreignHint,
  );
}

function dot(a: Float32Array, b: readonly number[]): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}
