import { createHash } from 'node:crypto';
import { dimensions } from '../../src/storage/sqlite/vector-blocks.ts';

/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A unit vector whose direction depends on the seed alone; two of them are nearly orthogonal. */
export function unitVector(seed: number): Float32Array {
  const random = randomFrom(seed);
  const vector = new Float32Array(dimensions);
  for (let i = 0; i < dimensions; i++) {
    vector[i] = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  }
  return normalised(vector);
}

/** A unit vector at this cosine to another unit vector; the seed chooses which of them. */
export function vectorAt(cosine: number, other: Float32Array, seed: number): Float32Array {
  // Not one of the vectors that a test has by the same number.
  const free = unitVector(seed + 2 ** 31);
  const along = dot(free, other);
  const across = normalised(free.map((value, i) => value - along * (other[i] as number)));
  const sine = Math.sqrt(1 - cosine * cosine);
  return normalised(across.map((value, i) => sine * value + cosine * (other[i] as number)));
}

/** The vector that made rows get for a text: the same for the same text, unlike any other. */
export function vectorOfText(text: string): Float32Array {
  return unitVector(createHash('sha256').update(text).digest().readUInt32LE(0));
}

export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function normalised(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((value) => value / length);
}
