export function largestAbsolute(vector: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < vector.length; i++) {
    const value = Math.abs(vector[i] as number);
    if (value > largest) largest = value;
  }
  return largest;
}
