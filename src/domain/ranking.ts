import { limits } from '../limits.ts';
import { phraseAgreement } from './phrases.ts';
import type { LexicalStatistics } from './ports.ts';

/**
 * What one point of bm25 is worth beside the cosine. The sum of the two beat
 * each alone, and reciprocal rank fusion, on every set it was measured on.
 */
export const bm25Weight = 0.01;

/** What one point of phraseAgreement is worth beside the two; docs/retrieval.md has the measurements. */
const phraseWeight = 0.01;

interface Hit {
  /** null: its vector is pending, or there is no model. */
  cosine: number | null;
  bm25: number;
}

/** How relevant a candidate is: its cosine plus a share of its bm25. Larger is better. */
export function relevance({ cosine, bm25 }: Hit): number {
  return (cosine ?? expectedCosine(bm25)) + bm25Weight * bm25;
}

/** What a hit without a vector counts as, so that it is found among those that have one. */
function expectedCosine(bm25: number): number {
  return bm25 > 0 ? 0.2 + 0.4 * (bm25 / (bm25 + 10)) : 0;
}

/** Relevance as 0..1, rising strictly with it: 0.5 at a relevance of 0.4. */
export function scoreOf(relevanceValue: number): number {
  return 1 / (1 + Math.exp(-6 * (relevanceValue - 0.4)));
}

/** Of several hits the most relevant first; of equals the newer, which has the larger id. */
export function ranked<Of extends Hit>(
  hits: readonly Of[],
  idOf: (hit: Of) => number,
): { hit: Of; relevance: number }[] {
  return hits
    .map((hit) => ({ hit, relevance: relevance(hit) }))
    .sort((a, b) => b.relevance - a.relevance || idOf(b.hit) - idOf(a.hit));
}

/**
 * A second look at the first `limits.textsComparedMax` of an order, with their texts: what repeats the query's wording
 * rises. Nothing behind them can overtake.
 */
export function rankedByWording<Of>(
  first: readonly { hit: Of; relevance: number }[],
  query: string,
  textOf: (hit: Of) => string,
): { hit: Of; relevance: number }[] {
  const looked = first.slice(0, limits.textsComparedMax);
  const agreement = phraseAgreement(
    query,
    looked.map(({ hit }) => textOf(hit)),
  );
  const weighed = looked.map(({ hit, relevance: before }, index) => ({
    hit,
    relevance: before + phraseWeight * (agreement[index] as number),
  }));
  // A stable sort: of equals the order stays.
  return [...weighed.sort((a, b) => b.relevance - a.relevance), ...first.slice(looked.length)];
}

/** BM25's k1 + 1: what a word's weight is multiplied with at the most. */
const bm25SaturationMax = 2.2;

/**
 * How much of the query's weight in words a hit with a bm25 holds: 0 for none, near 1 for all. The statistics say how
 * rare each word of the query is.
 */
export function coverageMeasure({ rows, wordRows }: LexicalStatistics): (bm25: number) => number {
  const weight = wordRows.reduce((sum, word) => sum + inverseFrequency(rows, word.rows), 0);
  // A word that the index splits can weigh more together than its parts: never more than all.
  return (bm25) => (weight === 0 ? 0 : Math.min(1, bm25 / (bm25SaturationMax * weight)));
}

/** A word's idf as FTS5 has it. */
function inverseFrequency(rows: number, rowsWithWord: number): number {
  const rowsWithout = Math.max(0, rows - rowsWithWord);
  return Math.max(1e-6, Math.log((rowsWithout + 0.5) / (rowsWithWord + 0.5)));
}
