import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { dimensions } from '../../src/storage/sqlite/scan-kernel.ts';
import { seededRandom } from '../calibration/seeded-random.ts';

/** Of each number of a vector; over all dimensions about a quarter of its length. */
const noiseDeviation = 0.0125;
const vectorsPerTurn = 4_096;
const noiseNumbers = 1 << 20;

/**
 * Writes so many unit vectors to a file, as float32 numbers one behind another: the real ones, then weighted means of
 * three of them with noise. So neighbours lie as near as those of real texts, and no two are the same.
 */
export function writeMixedSet(path: string, real: readonly Float32Array[], count: number): void {
  const next = seededRandom(20_261_122);
  const noise = Float32Array.from({ length: noiseNumbers }, () => {
    return noiseDeviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  });
  const anyReal = () => real[Math.floor(next() * real.length)] as Float32Array;
  const file = openSync(path, 'w');
  const turn = new Float32Array(vectorsPerTurn * dimensions);
  for (let first = 0; first < count; first += vectorsPerTurn) {
    const vectors = Math.min(vectorsPerTurn, count - first);
    for (let i = 0; i < vectors; i++) {
      const into = turn.subarray(i * dimensions, (i + 1) * dimensions);
      const given = real[first + i];
      if (given === undefined) mix(into, [anyReal(), anyReal(), anyReal()], noise, next);
      else into.set(given);
    }
    writeSync(file, turn, 0, vectors * dimensions * 4);
  }
  closeSync(file);
}

function mix(
  into: Float32Array,
  [a, b, c]: [Float32Array, Float32Array, Float32Array],
  noise: Float32Array,
  next: () => number,
): void {
  // The first weighs most: what is asked for has near neighbours, as in a store of texts on many subjects.
  const first = 0.6 + 0.4 * next();
  const second = (1 - first) * next();
  const noiseAt = Math.floor(next() * (noise.length - dimensions));
  let squares = 0;
  for (let i = 0; i < dimensions; i++) {
    const value =
      first * (a[i] as number) +
      second * (b[i] as number) +
      (1 - first - second) * (c[i] as number) +
      (noise[noiseAt + i] as number);
    into[i] = value;
    squares += value * value;
  }
  const length = Math.sqrt(squares);
  for (let i = 0; i < dimensions; i++) into[i] = (into[i] as number) / length;
}

/** Hands over each vector of the file, up to `count`; the array is used again for the next. */
export function forEachVector(
  path: string,
  count: number,
  take: (vector: Float32Array, index: number) => void,
): void {
  const file = openSync(path, 'r');
  const turn = new Float32Array(vectorsPerTurn * dimensions);
  for (let first = 0; first < count; first += vectorsPerTurn) {
    const vectors = Math.min(vectorsPerTurn, count - first);
    readSync(file, turn, 0, vectors * dimensions * 4, first * dimensions * 4);
    for (let i = 0; i < vectors; i++) take(turn.subarray(i * dimensions, (i + 1) * dimensions), first + i);
  }
  closeSync(file);
}
