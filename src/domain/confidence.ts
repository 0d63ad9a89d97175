import type { ChunkHit, LexicalStatistics } from './ports.ts';
import { coverage } from './ranking.ts';

/** `low`: about half of such answers are right. `none`: nothing relevant is here. */
export type Confidence = 'high' | 'low' | 'none';

/** What tells whether anything relevant was found; never a fused or scaled score. */
export interface Evidence {
  /** Of the best candidate; null without a model. */
  cosine: number | null;
  /** Of the best candidate: the share of the query's weight in words that it holds, 0..1. */
  coverage: number;
  searchedRows: number;
}

export function evidenceOf(
  found: { hits: readonly ChunkHit[]; lexical: LexicalStatistics; searchedRows: number },
  best: { cosine: number | null; bm25: number } | undefined,
  hasVector: boolean,
): Evidence {
  return {
    cosine: hasVector ? (best?.cosine ?? 0) : null,
    coverage: coverage(best?.bm25 ?? 0, found.lexical),
    searchedRows: found.searchedRows,
  };
}

export function confidenceOf({ cosine, coverage: covered }: Evidence): Confidence {
  const evidence = cosine === null ? 2 * covered : cosine + covered;
  if (evidence >= 0.553) return 'high';
  return evidence >= 0.3 ? 'low' : 'none';
}
