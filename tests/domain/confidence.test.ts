import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { confidenceOf, evidenceExcess, evidenceOf } from '../../src/domain/confidence.ts';

/** As a store of notes is to a question of its field: measured means are 0.02 to 0.1, deviations 0.06 to 0.1. */
const spread = { mean: 0.05, deviation: 0.08 };
const alone = (cosine: number) => ({ mean: cosine, deviation: 0 });

test.each([
  // one row: the cosine decides
  { cosine: 0.35, coverage: 0, rows: 1, spread: alone(0.35), confidence: 'high' },
  { cosine: 0.18, coverage: 0, rows: 1, spread: alone(0.18), confidence: 'low' },
  { cosine: 0.12, coverage: 0, rows: 1, spread: alone(0.12), confidence: 'none' },
  // the best of more rows must be better
  { cosine: 0.2, coverage: 0, rows: 30, spread, confidence: 'none' },
  { cosine: 0.3, coverage: 0, rows: 30, spread, confidence: 'low' },
  { cosine: 0.45, coverage: 0.4, rows: 30, spread, confidence: 'high' },
  { cosine: 0.3, coverage: 0.05, rows: 10_000, spread, confidence: 'none' },
  { cosine: 0.4, coverage: 0.2, rows: 10_000, spread, confidence: 'low' },
  { cosine: 0.75, coverage: 0.5, rows: 10_000, spread, confidence: 'high' },
  // a question that is far from all of few rows is not of their field
  { cosine: 0.3, coverage: 0, rows: 30, spread: { mean: 0, deviation: 0.06 }, confidence: 'none' },
  { cosine: 0.22, coverage: 0, rows: 30, spread: { mean: 0.12, deviation: 0.1 }, confidence: 'low' },
  // one that is near to all of many rows of many fields is near to everything
  { cosine: 0.4, coverage: 0.2, rows: 50_000, spread: { mean: 0.02, deviation: 0.08 }, confidence: 'low' },
  { cosine: 0.4, coverage: 0.2, rows: 50_000, spread: { mean: 0.15, deviation: 0.08 }, confidence: 'none' },
  // words alone
  { cosine: null, coverage: 0, rows: 1, spread: alone(0), confidence: 'none' },
  { cosine: null, coverage: 0.001, rows: 1, spread: alone(0), confidence: 'low' },
  { cosine: null, coverage: 0.1, rows: 100, spread, confidence: 'none' },
  { cosine: null, coverage: 0.2, rows: 100, spread, confidence: 'low' },
  { cosine: null, coverage: 0.5, rows: 100, spread, confidence: 'high' },
])('cosine $cosine, coverage $coverage, $rows rows: $confidence', ({ rows, confidence, ...evidence }) => {
  expect(confidenceOf({ ...evidence, searchedRows: rows, queryWords: 4, projectOdds: 0 })).toBe(confidence);
});

test('messages of a chat have to be nearer, because they share their subject', () => {
  const found = { cosine: 0.35, coverage: 0, searchedRows: 100, spread, queryWords: 4, projectOdds: 0 };
  expect(confidenceOf(found, 'passages')).toBe('low');
  expect(confidenceOf(found, 'messages')).toBe('none');
  expect(confidenceOf({ ...found, cosine: 0.6, coverage: 0.2 }, 'messages')).toBe('low');
  expect(confidenceOf({ ...found, cosine: 0.6, coverage: 0.6 }, 'messages')).toBe('high');
});

test('what messages must have rises with their number only while they are few', () => {
  const excess = (searchedRows: number) =>
    evidenceExcess(
      { cosine: 0.5, coverage: 0.2, searchedRows, spread, queryWords: 4, projectOdds: 0 },
      'messages',
    );
  expect(excess(30) - excess(300)).toBeCloseTo(0.23);
  expect(excess(1_000)).toBe(excess(10_000));
});

test('of a query whose meaning is no evidence the words decide, though the store found it near', () => {
  const lexical = { rows: 20, wordRows: [{ word: 'datenbank', rows: 1 }] };
  const judged = (bm25: number, asked: { isMeaningEvidence?: boolean }) => {
    const found = { lexical, searchedRows: 20, spread, hits: [{ cosine: 0.9, bm25 }] };
    return confidenceOf(evidenceOf(found, { words: ['datenbank'], vector: null, ...asked }));
  };
  expect(judged(0, {})).toBe('high');
  expect(judged(0, { isMeaningEvidence: false })).toBe('none');
  expect(judged(5, { isMeaningEvidence: false })).toBe('high');
});

describe('words that only ask', () => {
  const evidence = (words: string[], kind: 'passages' | 'messages') => {
    const lexical = { rows: 300, wordRows: words.map((word) => ({ word, rows: 3 })) };
    const found = { lexical, searchedRows: 300, spread, hits: [{ cosine: 0.3, bm25: 6 }] };
    return evidenceOf(found, { words, vector: null }, kind);
  };
  const asked = ['walk', 'order', 'mentioned', 'invoices', 'conversation'];

  test('say nothing about whether messages hold what is asked about', () => {
    expect(evidence(asked, 'messages').coverage).toBeCloseTo(evidence(['invoices'], 'messages').coverage);
  });

  test('are words like others to a store of memories', () => {
    expect(evidence(asked, 'passages').coverage).toBeLessThan(evidence(['invoices'], 'passages').coverage);
  });

  test('are not all that is asked when the others are in too many rows to be looked up', () => {
    const lexical = { rows: 20_000, wordRows: [{ word: 'summarize', rows: 3 }] };
    const found = { lexical, searchedRows: 20_000, spread, hits: [{ cosine: 0.15, bm25: 0 }] };
    expect(evidenceOf(found, { words: ['summarize', 'work'], vector: null }, 'messages').coverage).toBe(0);
  });

  test('without any other ask about the whole conversation, which is there', () => {
    const overview = evidence(['give', 'summary', 'discussed'], 'messages');
    expect(overview.coverage).toBe(0.5);
    expect(confidenceOf(overview, 'messages')).not.toBe('none');
  });
});

test('words beyond those that a vector has room for change nothing', () => {
  const found = { cosine: 0.35, coverage: 0.2, searchedRows: 100, spread, projectOdds: 0 };
  expect(evidenceExcess({ ...found, queryWords: 20 })).toBe(evidenceExcess({ ...found, queryWords: 60 }));
  expect(evidenceExcess({ ...found, queryWords: 4 })).toBeGreaterThan(
    evidenceExcess({ ...found, queryWords: 8 }),
  );
});

describe('a question like those of a project', () => {
  const asked = (searchedRows: number, projectOdds: number) =>
    evidenceExcess({ cosine: 0.3, coverage: 0, searchedRows, spread, queryWords: 4, projectOdds });

  test('needs less evidence among few rows, and as much as any other among many', () => {
    expect(asked(1, 1) - asked(1, -1)).toBeCloseTo(0.28);
    expect(asked(30, 1) - asked(30, -1)).toBeCloseTo(0.142);
    expect(asked(1_000, 1)).toBe(asked(1_000, -1));
    expect(asked(50_000, 1)).toBe(asked(50_000, -1));
  });

  test('may be of another project, and a general one may have its note: beyond some odds nothing changes', () => {
    expect(asked(1, 4)).toBe(asked(1, 1));
    expect(asked(1, -4)).toBe(asked(1, -1));
  });
});

const order = ['none', 'low', 'high'];
const share = fc.double({ min: 0, max: 1, noNaN: true });
const evidence = fc.record({
  cosine: fc.option(share),
  coverage: share,
  searchedRows: fc.nat({ max: 200_000 }),
  spread: fc.record({ mean: share, deviation: share }),
  queryWords: fc.nat({ max: 64 }),
  projectOdds: fc.double({ min: -4, max: 4, noNaN: true }),
});

/** As it is of more than a few rows. */
const usualSpread = fc.record({
  mean: share,
  deviation: fc.double({ min: 0, max: 0.12, noNaN: true }),
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

  test.each(['passages', 'messages'] as const)('when the same is found among fewer %s', (kind) => {
    fc.assert(
      fc.property(evidence, usualSpread, fc.nat({ max: 200_000 }), (found, spread, others) => {
        // What one row holds says little about a question of no project, so there it has to be nearer.
        const some = { ...found, spread, projectOdds: Math.abs(found.projectOdds) };
        const among = { ...some, searchedRows: some.searchedRows + others };
        expect(order.indexOf(confidenceOf(some, kind))).toBeGreaterThanOrEqual(
          order.indexOf(confidenceOf(among, kind)),
        );
      }),
    );
  });
});

test('the evidence is that of the strongest candidate, wherever it stands', () => {
  const found = {
    lexical: { rows: 50, wordRows: [{ word: 'queue', rows: 1 }] },
    searchedRows: 40,
    spread,
  };
  const asked = { words: ['word'], vector: null };
  const hits = [
    { cosine: 0.35, bm25: 0 },
    { cosine: 0.3, bm25: 7 },
    { cosine: null, bm25: 0 },
  ];
  const best = evidenceOf({ ...found, hits }, asked);
  expect(best).toMatchObject({ cosine: 0.3, searchedRows: 40, spread, queryWords: 1 });
  expect(best.coverage).toBeGreaterThan(0.9);
  expect(confidenceOf(evidenceOf({ ...found, hits: [] }, asked))).toBe('none');
});
