import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dimensions, VectorBlocks } from '../../src/storage/sqlite/vector-blocks.ts';
import { dot, unitVector, vectorAt } from './made-vectors.ts';

/** What the kernel must compute, as a plain loop: both vectors rounded to whole 127ths of their largest value. */
function plainScore(query: Float32Array, row: Float32Array): number {
  const a = rounded(query);
  const b = rounded(row);
  let sum = 0;
  for (let i = 0; i < dimensions; i++) sum += (a.steps[i] as number) * (b.steps[i] as number);
  return sum * a.scale * b.scale;
}

function rounded(vector: Float32Array): { steps: number[]; scale: number } {
  const scale = Math.max(...vector.map(Math.abs)) / 127 || 1;
  return { scale, steps: [...vector].map((value) => Math.round(value / scale)) };
}

const blocksOf = (vectors: readonly Float32Array[]) => {
  const blocks = new VectorBlocks();
  vectors.forEach((vector, slot) => {
    blocks.set(slot, vector);
  });
  return blocks;
};

function scores(blocks: VectorBlocks, query: Float32Array, count: number): Float32Array {
  const into = new Float32Array(count);
  blocks.scan(query, count, into);
  return into;
}

const anyVector = fc
  .float32Array({ minLength: dimensions, maxLength: dimensions, min: -1, max: 1, noNaN: true })
  // Below this a value divided by its scale is no longer exact in float32.
  .map((vector) => vector.map((value) => (Math.abs(value) < 1e-6 ? 0 : value)));

describe('the scan kernel', () => {
  test('gives what a plain loop gives, for any vectors', () => {
    fc.assert(
      fc.property(anyVector, fc.array(anyVector, { minLength: 1, maxLength: 5 }), (query, rows) => {
        const found = scores(blocksOf(rows), query, rows.length);
        rows.forEach((row, slot) => {
          const expected = plainScore(query, row);
          expect(Math.abs((found[slot] as number) - expected)).toBeLessThan(1e-4 * (1 + Math.abs(expected)));
        });
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    ['zeros', new Float32Array(dimensions)],
    ['one dimension alone', new Float32Array(dimensions).fill(1, 383)],
    ['its opposite', new Float32Array(dimensions).fill(-1, 383)],
    [
      'every dimension at its largest',
      new Float32Array(dimensions).fill(Math.fround(1 / Math.sqrt(dimensions))),
    ],
    [
      'every dimension at its smallest',
      new Float32Array(dimensions).fill(-Math.fround(1 / Math.sqrt(dimensions))),
    ],
  ])('does not overflow or divide by nothing with %s', (_, vector) => {
    const others = [vector, vector.map((value) => -value), unitVector(1)];
    const found = scores(blocksOf(others), vector, others.length);
    others.forEach((other, slot) => {
      expect(found[slot]).toBeCloseTo(dot(vector, other), 2);
    });
  });

  test('goes over the ends of its blocks, and over any number of rows', () => {
    const rows = Array.from({ length: 9000 }, (_, i) => unitVector(i));
    const blocks = blocksOf(rows);
    const query = unitVector(4095);
    for (const count of [1, 2, 4095, 4096, 4097, 8191, 8192, 8193, 9000]) {
      const found = scores(blocks, query, count);
      for (const slot of [0, 1, 4094, 4095, 4096, 8191, 8192, count - 1].filter((at) => at < count)) {
        expect(found[slot], `slot ${slot} of ${count}`).toBeCloseTo(
          plainScore(query, rows[slot] as Float32Array),
          5,
        );
      }
    }
    expect(scores(blocks, query, 9000)[4095]).toBeGreaterThan(0.99);
  });

  test('reads a slot that was written again as it is now', () => {
    const blocks = blocksOf([unitVector(1), unitVector(2), unitVector(3)]);
    blocks.set(1, unitVector(9));
    const found = scores(blocks, unitVector(9), 3);
    expect(found[1]).toBeGreaterThan(0.99);
    expect(Math.abs(found[0] as number)).toBeLessThan(0.3);
  });

  test('is within a hundredth of the cosine of unit vectors', () => {
    const query = unitVector(1);
    const rows = Array.from({ length: 2000 }, (_, i) => vectorAt(((i % 200) - 100) / 100.1, query, i));
    const found = scores(blocksOf(rows), query, rows.length);
    rows.forEach((row, slot) => {
      expect(Math.abs((found[slot] as number) - dot(query, row))).toBeLessThan(0.01);
    });
  });
});
