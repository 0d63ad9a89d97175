export interface Logistic {
  weights: Float64Array;
  bias: number;
}

const steps = 500;
/** Of the last step, the share that is gone again: ten times fewer are needed. */
const momentum = 0.9;

/**
 * Log-odds that a unit vector is one `of` rather than `against`, the two weighing the same however many there are. The squares
 * of the weights count half beside the loss.
 */
export function fitLogistic(of: readonly Float32Array[], against: readonly Float32Array[]): Logistic {
  const count = of.length + against.length;
  const examples = [
    ...of.map((vector) => ({ vector, target: 1, weight: count / (2 * of.length) })),
    ...against.map((vector) => ({ vector, target: 0, weight: count / (2 * against.length) })),
  ];
  const fitted = { weights: new Float64Array(of[0]?.length ?? 0), bias: 0 };
  const { weights } = fitted;
  const moved = weights.map(() => 0);
  let biasMoved = 0;
  // The loss is nowhere more curved than this, so no step goes too far.
  const stepLength = 1 / (1 + count / 2);
  for (let step = 0; step < steps; step++) {
    const slope = weights.slice();
    let biasSlope = 0;
    for (const { vector, target, weight } of examples) {
      const off = weight * (1 / (1 + Math.exp(-logOdds(fitted, vector))) - target);
      for (let i = 0; i < slope.length; i++) slope[i]! += off * vector[i]!;
      biasSlope += off;
    }
    for (let i = 0; i < weights.length; i++) {
      moved[i] = momentum * moved[i]! - stepLength * slope[i]!;
      weights[i]! += moved[i]!;
    }
    biasMoved = momentum * biasMoved - stepLength * biasSlope;
    fitted.bias += biasMoved;
  }
  return fitted;
}

export function logOdds({ weights, bias }: Logistic, vector: Float32Array): number {
  let sum = bias;
  for (let i = 0; i < weights.length; i++) sum += weights[i]! * vector[i]!;
  return sum;
}
