import type { LexicalStatistics } from './ports.ts';

/**
 * What one point of bm25 is worth beside the cosine. Measured: docs/retrieval.md; the sum of the two beat
 * each alone, and reciprocal rank fusion, on every set.
 */
const bm25Weight = 0.01;

/** How relevant a candidate is: its cosine plus a share of its bm25. Larger is better. */
export function relevance(hit: { cosine: number | null; bm25: number }): number {
  return (hit.cosine ?? 0) + bm25Weight * hit.bm25;
}

/** Relevance as 0..1, rising strictly with it: 0.5 at a relevance of 0.4. */
export function scoreOf(relevanceValue: number): number {
  return 1 / (1 + Math.exp(-6 * (relevanceValue - 0.4)));
}

/** Of several hits the most relevant first; of equals the newer, which has the larger id. */
export function ranked<Hit extends { cosine: number | null; bm25: number }>(
  hits: readonly Hit[],
  idOf: (hit: Hit) => number,
): { hit: Hit; relevance: number }[] {
  return hits
    .map((hit) => ({ hit, relevance: relevance(hit) }))
    .sort((a, b) => b.relevance - a.relevance || idOf(b.hit) - idOf(a.hit));
}

/** BM25's k1 + 1: what a word's weight is multiplied with at the most. */
const bm25SaturationMax = 2.2;

/**
 * How much of the query's weight in words a hit holds: 0 for none, near 1 for all. `lexical` says how rare each
 * word of the query is.
 */
export function coverage(bm25: number, { rows, wordRows }: LexicalStatistics): number {
  const weight = wordRows.reduce(
    (sum, word) => sum + Math.max(1e-6, Math.log((rows - word.rows + 0.5) / (word.rows + 0.5))),
    0,
  );
  return weight === 0 ? 0 : bm25 / (bm25SaturationMax * weight);
}
