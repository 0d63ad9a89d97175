import { projectOddsWeights } from './project-odds-weights.ts';

const { bytesInBase64, scale, bias } = projectOddsWeights;
const weights = new Int8Array(Buffer.from(bytesInBase64, 'base64'));

/**
 * What the vector of a question says of whether it is one that is asked of a project's notes ("which port is staging on") or
 * one of general knowledge ("how does a heat pump work"): the natural logarithm of the odds; 0 where it may be either. Fitted by
 * bench/project-odds.ts.
 */
export function projectOdds(vector: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += (weights[i] as number) * (vector[i] as number);
  return bias + scale * sum;
}
