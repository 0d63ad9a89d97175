import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coverageMeasure, ranked, relevance, scoreOf } from '../../src/domain/ranking.ts';

const share = fc.double({ min: -1, max: 1, noNaN: true });
const bm25 = fc.double({ min: 0, max: 60, noNaN: true });
const hit = fc.record({ cosine: fc.option(share), bm25 });

test('relevance is the cosine and a hundredth of bm25', () => {
  expect(relevance({ cosine: 0.5, bm25: 10 })).toBeCloseTo(0.6);
  expect(relevance({ cosine: -0.1, bm25: 0 })).toBeCloseTo(-0.1);
});

test('more of either is more relevant, with a vector or without', () => {
  fc.assert(
    fc.property(hit, bm25, (some, more) => {
      fc.pre(more > some.bm25 + 1e-9);
      expect(relevance({ ...some, bm25: more })).toBeGreaterThan(relevance(some));
    }),
  );
  fc.assert(
    fc.property(share, share, bm25, (a, b, words) => {
      fc.pre(a > b + 1e-9);
      expect(relevance({ cosine: a, bm25: words })).toBeGreaterThan(relevance({ cosine: b, bm25: words }));
    }),
  );
});

test('a hit by words whose vector is pending is ahead of unrelated ones, and behind no words at all is nothing', () => {
  const order = ranked(
    [
      { id: 1, cosine: 0.1, bm25: 0 },
      { id: 2, cosine: null, bm25: 6 },
      { id: 3, cosine: null, bm25: 0 },
      { id: 4, cosine: 0.7, bm25: 6 },
    ],
    ({ id }) => id,
  );
  expect(order.map((place) => place.hit.id)).toEqual([4, 2, 1, 3]);
});

test('the order does not depend on the order of the candidates; of equals the newer is first', () => {
  const hits = fc.array(fc.record({ cosine: fc.constantFrom(null, 0.1, 0.5), bm25: fc.constantFrom(0, 3) }));
  fc.assert(
    fc.property(hits, fc.infiniteStream(fc.nat()), (some, keys) => {
      const placed = some.map((one, id) => ({ ...one, id }));
      const shuffled = placed
        .map((one) => ({ one, key: keys.next().value as number }))
        .sort((a, b) => a.key - b.key)
        .map(({ one }) => one);
      const order = ranked(shuffled, ({ id }) => id);
      expect(order).toEqual(ranked(placed, ({ id }) => id));
      for (const [index, place] of order.slice(1).entries()) {
        const before = order[index]!;
        const isEqual = place.relevance === before.relevance;
        expect(isEqual ? place.hit.id < before.hit.id : place.relevance < before.relevance).toBe(true);
      }
    }),
  );
});

test('the score is between 0 and 1 and rises with relevance', () => {
  fc.assert(
    fc.property(hit, hit, (a, b) => {
      const [first, second] = [relevance(a), relevance(b)];
      expect(scoreOf(first)).toBeGreaterThan(0);
      expect(scoreOf(first)).toBeLessThan(1);
      expect(Math.sign(scoreOf(first) - scoreOf(second))).toBeOneOf([Math.sign(first - second), 0]);
    }),
  );
  expect(scoreOf(0.4)).toBeCloseTo(0.5);
});

test('coverage is bm25 over 2.2 times the idf of the query', () => {
  const lexical = {
    rows: 100,
    wordRows: [
      { word: 'cache', rows: 4 },
      { word: 'missing', rows: 0 },
    ],
  };
  const idf = Math.log(96.5 / 4.5) + Math.log(100.5 / 0.5);
  expect(coverageMeasure(lexical)(5)).toBeCloseTo(5 / (2.2 * idf));
  expect(coverageMeasure(lexical)(0)).toBe(0);
  expect(coverageMeasure({ rows: 100, wordRows: [] })(5)).toBe(0);
});

test('coverage stays within 0 and 1, for words in every row too', () => {
  const statistics = fc.nat({ max: 5_000 }).chain((rows) =>
    fc.record({
      rows: fc.constant(rows),
      wordRows: fc.array(fc.record({ word: fc.string(), rows: fc.nat({ max: rows }) }), { maxLength: 8 }),
    }),
  );
  fc.assert(
    fc.property(statistics, bm25, (lexical, words) => {
      const covered = coverageMeasure(lexical)(words);
      expect(covered).toBeGreaterThanOrEqual(0);
      expect(covered).toBeLessThanOrEqual(1);
    }),
  );
});
