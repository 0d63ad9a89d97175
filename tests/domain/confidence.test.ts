import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { confidenceOf, evidenceOf } from '../../src/domain/confidence.ts';

test.each([
  // one row: the cosine decides
  { cosine: 0.42, coverage: 0, rows: 1, confidence: 'high' },
  { cosine: 0.22, coverage: 0, rows: 1, confidence: 'low' },
  { cosine: 0.12, coverage: 0, rows: 1, confidence: 'none' },
  // the best of more rows must be better
  { cosine: 0.22, coverage: 0, rows: 30, confidence: 'none' },
  { cosine: 0.3, coverage: 0, rows: 30, confidence: 'low' },
  { cosine: 0.35, coverage: 0.2, rows: 30, confidence: 'high' },
  { cosine: 0.3, coverage: 0.05, rows: 1_000, confidence: 'none' },
  { cosine: 0.4, coverage: 0.2, rows: 1_000, confidence: 'low' },
  { cosine: 0.6, coverage: 0.2, rows: 1_000, confidence: 'high' },
  // words alone
  { cosine: null, coverage: 0, rows: 1, confidence: 'none' },
  { cosine: null, coverage: 0.001, rows: 1, confidence: 'low' },
  { cosine: null, coverage: 0.1, rows: 100, confidence: 'none' },
  { cosine: null, coverage: 0.2, rows: 100, confidence: 'low' },
  { cosine: null, coverage: 0.5, rows: 100, confidence: 'high' },
])('cosine $cosine, coverage $coverage, $rows rows: $confidence', ({ rows, confidence, ...evidence }) => {
  expect(confidenceOf({ ...evidence, searchedRows: rows })).toBe(confidence);
});

const order = ['none', 'low', 'high'];
const share = fc.double({ min: 0, max: 1, noNaN: true });
const evidence = fc.record({
  cosine: fc.option(share),
  coverage: share,
  searchedRows: fc.nat({ max: 200_000 }),
});

describe('confidence never falls', () => {
  test.each(['cosine', 'coverage'] as const)('when the %s rises', (what) => {
    fc.assert(
      fc.property(evidence, share, (less, by) => {
        const value = less[what];
        fc.pre(value !== null);
        const more = { ...less, [what]: (value ?? 0) + by };
        expect(order.indexOf(confidenceOf(more))).toBeGreaterThanOrEqual(order.indexOf(confidenceOf(less)));
      }),
    );
  });

  test('when the same is found among fewer rows', () => {
    fc.assert(
      fc.property(evidence, fc.nat({ max: 200_000 }), (some, others) => {
        const among = { ...some, searchedRows: some.searchedRows + others };
        expect(order.indexOf(confidenceOf(some))).toBeGreaterThanOrEqual(order.indexOf(confidenceOf(among)));
      }),
    );
  });
});

test('the evidence is that of the strongest candidate, wherever it stands', () => {
  const found = {
    lexical: { rows: 50, wordRows: [{ word: 'queue', rows: 1 }] },
    searchedRows: 40,
  };
  const hits = [
    { cosine: 0.35, bm25: 0 },
    { cosine: 0.3, bm25: 7 },
    { cosine: null, bm25: 0 },
  ];
  const best = evidenceOf({ ...found, hits });
  expect(best).toMatchObject({ cosine: 0.3, searchedRows: 40 });
  expect(best.coverage).toBeGreaterThan(0.9);
  expect(confidenceOf(evidenceOf({ ...found, hits: [] }))).toBe('none');
});
