import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BestOwners } from '../../src/storage/sqlite/best-owners.ts';

/** Few owners and few cosines, so that many are met again and many are equally near. */
const scores = fc.array(fc.tuple(fc.integer({ min: -20, max: 60 }), fc.integer({ min: -4, max: 4 })), {
  maxLength: 300,
});

/** The same by sorting everything. */
function bestOf(given: readonly (readonly [number, number])[], limit: number) {
  const largest = new Map<number, number>();
  for (const [ownerId, cosine] of given) {
    largest.set(ownerId, Math.max(cosine, largest.get(ownerId) ?? Number.NEGATIVE_INFINITY));
  }
  return [...largest]
    .map(([ownerId, cosine]) => ({ ownerId, cosine }))
    .sort((a, b) => b.cosine - a.cosine || a.ownerId - b.ownerId)
    .slice(0, limit);
}

test('the best owners are those that sorting gives, however they come and whenever they are cut', () => {
  fc.assert(
    fc.property(
      scores,
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 50 }),
      (given, limit, every) => {
        const best = new BestOwners(limit);
        given.forEach(([ownerId, cosine], i) => {
          if (i % every === 0) best.cut();
          if (cosine >= best.floor) best.add(ownerId, cosine);
        });
        expect(best.sorted()).toEqual(bestOf(given, limit));
      },
    ),
    { numRuns: 500 },
  );
});

test('the floor is the smallest of the best once there are enough', () => {
  const best = new BestOwners(2);
  best.add(1, 0.5);
  best.cut();
  expect(best.floor).toBe(Number.NEGATIVE_INFINITY);
  best.add(2, 0.25);
  best.add(3, 0.75);
  best.cut();
  expect(best.floor).toBe(0.5);
});
