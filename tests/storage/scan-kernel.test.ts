import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BestOwners } from '../../src/storage/sqlite/best-owners.ts';
import { rowsPerSegment } from '../../src/storage/sqlite/slot-addresses.ts';
import { dimensions, VectorBlocks } from '../../src/storage/sqlite/vector-blocks.ts';
import { dot, unitVector, vectorAt } from './made-vectors.ts';

/** What the kernels must compute, as a plain loop: both vectors rounded to whole steps of their largest value. */
function plainCosine(query: Float32Array, row: Float32Array, querySteps: number): number {
  const a = rounded(query, querySteps);
  const b = rounded(row, 127);
  let sum = 0;
  for (let i = 0; i < dimensions; i++) sum += (a.steps[i] as number) * (b.steps[i] as number);
  return sum * a.scale * b.scale;
}

function rounded(vector: Float32Array, steps: number): { steps: number[]; scale: number } {
  const scale = Math.max(...vector.map(Math.abs)) / steps || 1;
  return { scale, steps: [...vector].map((value) => Math.round(value / scale)) };
}

function blocksOf(vectors: readonly Float32Array[], relaxed: boolean): VectorBlocks {
  const blocks = new VectorBlocks({ relaxed });
  vectors.forEach((vector, slot) => {
    blocks.set(slot, vector, slot + 1, slot + 1);
  });
  return blocks;
}

/** The cosines of the first slots, all of them or those that reach a floor, by slot. */
function scanned(
  blocks: VectorBlocks,
  query: Float32Array,
  count: number,
  floor = Number.NEGATIVE_INFINITY,
): Map<number, number> {
  blocks.setQuery(query);
  const best = new BestOwners(count);
  best.floor = floor;
  const stretches = Array.from({ length: Math.ceil(count / rowsPerSegment) }, (_, i) => {
    const first = i * rowsPerSegment;
    return { first, count: Math.min(rowsPerSegment, Math.ceil((count - first) / 4) * 4) };
  });
  blocks.scan(stretches, best);
  const owners = best.sorted().toSorted((a, b) => a.ownerId - b.ownerId);
  return new Map(owners.map(({ ownerId, cosine }) => [ownerId - 1, cosine]));
}

const anyVector = fc
  .float32Array({ minLength: dimensions, maxLength: dimensions, min: -1, max: 1, noNaN: true })
  // Below this a value divided by its scale is no longer exact in float32.
  .map((vector) => vector.map((value) => (Math.abs(value) < 1e-6 ? 0 : value)));

describe.each([
  { kernel: 'relaxed', relaxed: true, querySteps: 63 },
  { kernel: 'plain', relaxed: false, querySteps: 32_767 },
])('the $kernel scan kernel', ({ relaxed, querySteps }) => {
  test('gives what a plain loop gives, for any vectors', () => {
    fc.assert(
      fc.property(anyVector, fc.array(anyVector, { minLength: 1, maxLength: 9 }), (query, rows) => {
        const blocks = blocksOf(rows, relaxed);
        const found = scanned(blocks, query, rows.length);
        expect(found.size).toBe(rows.length);
        rows.forEach((row, slot) => {
          const expected = plainCosine(query, row, querySteps);
          const near = 1e-4 * (1 + Math.abs(expected));
          expect(Math.abs((found.get(slot) as number) - expected)).toBeLessThan(near);
          const alone = plainCosine(query, row, 32_767);
          expect(Math.abs((blocks.cosineOf(slot) as number) - alone)).toBeLessThan(near);
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
    const blocks = blocksOf(others, relaxed);
    const found = scanned(blocks, vector, others.length);
    others.forEach((other, slot) => {
      expect(found.get(slot)).toBeCloseTo(dot(vector, other), 2);
      expect(blocks.cosineOf(slot)).toBeCloseTo(dot(vector, other), 2);
    });
  });

  test('goes over the ends of its segments, and over any number of rows', () => {
    const rows = Array.from({ length: 9000 }, (_, i) => unitVector(i));
    const blocks = blocksOf(rows, relaxed);
    const query = unitVector(4095);
    for (const count of [4, 4092, 4096, 4100, 8188, 8192, 8196, 9000]) {
      const found = scanned(blocks, query, count);
      expect(found.size).toBe(count);
      for (const slot of [0, 1, 4094, 4095, 4096, 8191, 8192, count - 1].filter((at) => at < count)) {
        const expected = plainCosine(query, rows[slot] as Float32Array, querySteps);
        expect(found.get(slot), `slot ${slot} of ${count}`).toBeCloseTo(expected, 5);
      }
    }
    expect(scanned(blocks, query, 9000).get(4095)).toBeGreaterThan(0.99);
  });

  test('gives the rows that reach the floor, the floor itself among them', () => {
    const query = unitVector(1);
    const rows = Array.from({ length: 64 }, (_, i) => vectorAt((i - 32) / 33, query, i));
    const blocks = blocksOf(rows, relaxed);
    const all = scanned(blocks, query, rows.length);
    for (const floor of all.values()) {
      const expected = [...all].filter(([, cosine]) => cosine >= floor);
      expect([...scanned(blocks, query, rows.length, floor)]).toEqual(expected);
    }
  });

  test('reads a slot that was written again as it is now, and none that was cleared', () => {
    const blocks = blocksOf([unitVector(1), unitVector(2), unitVector(3), unitVector(4)], relaxed);
    blocks.set(1, unitVector(9), 90, 2);
    blocks.clear(2);
    const found = scanned(blocks, unitVector(9), 4);
    expect([...found.keys()]).toEqual([0, 1, 3]);
    expect(found.get(1)).toBeGreaterThan(0.99);
    expect(Math.abs(found.get(0) as number)).toBeLessThan(0.3);
    expect([blocks.vectorId(1), blocks.ownerId(1), blocks.isFree(1)]).toEqual([90, 2, false]);
    expect([blocks.isFree(2), blocks.cosineOf(2)]).toEqual([true, null]);
  });

  test('is within a hundredth of the cosine of unit vectors', () => {
    const query = unitVector(1);
    const rows = Array.from({ length: 2000 }, (_, i) => vectorAt(((i % 200) - 100) / 100.1, query, i));
    const found = scanned(blocksOf(rows, relaxed), query, rows.length);
    rows.forEach((row, slot) => {
      expect(Math.abs((found.get(slot) as number) - dot(query, row))).toBeLessThan(0.01);
    });
  });
});
