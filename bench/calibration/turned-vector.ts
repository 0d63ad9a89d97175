/** Of each number of a vector; over all dimensions about a quarter of its length. */
const noiseDeviation = 0.0125;

/** A unit vector near another: their cosine is about 0.97. */
export function turnedVector(vector: Float32Array, next: () => number): Float32Array {
  const turned = vector.map((value) => value + noiseDeviation * normal(next));
  const length = Math.hypot(...turned);
  return turned.map((value) => value / length);
}

function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}
