/**
 * Whether an answer is one at all. Every store has a best candidate, so its strength is held against what a
 * question about something else would find among as many rows: the more rows, the more. The figures were
 * fitted on bench/calibration; docs/confidence.md has the measurements and the command that repeats them.
 */
import type { LexicalStatistics } from './ports.ts';
import { coverageMeasure } from './ranking.ts';

/** `low`: about half of such answers are right. `none`: nothing relevant is here. */
export type Confidence = 'high' | 'low' | 'none';

/** What tells whether anything relevant was found; never a fused or scaled score. */
export interface Evidence {
  /** Of the strongest candidate; null where its vector is pending or there is no model. */
  cosine: number | null;
  /** Of the strongest candidate: the share of the query's weight in words that it holds, 0..1. */
  coverage: number;
  searchedRows: number;
}

interface Rule {
  coverageWeight: number;
  /** The threshold at one row, and what it grows by with the decimal logarithm of the rows and its square. */
  threshold: readonly [atOneRow: number, linear: number, square: number];
  /** So much above the threshold an answer is "high". */
  highAbove: number;
}

const byMeaning: Rule = { coverageWeight: 0.5, threshold: [0.185, 0.035, 0.015], highAbove: 0.15 };

/** Without a cosine a hit has to hold words of the query; in one row any of them says something. */
const byWords: Rule = { coverageWeight: 1, threshold: [0, 0.07, 0], highAbove: 0.12 };

/** The evidence of the strongest candidate; of none at all where there is no candidate. */
export function evidenceOf(found: {
  hits: readonly { cosine: number | null; bm25: number }[];
  lexical: LexicalStatistics;
  searchedRows: number;
}): Evidence {
  const { searchedRows } = found;
  const coverageOf = coverageMeasure(found.lexical);
  let best: Evidence = { cosine: null, coverage: 0, searchedRows };
  for (const hit of found.hits) {
    const evidence = { cosine: hit.cosine, coverage: coverageOf(hit.bm25), searchedRows };
    if (evidenceExcess(evidence) > evidenceExcess(best)) best = evidence;
  }
  return best;
}

export function confidenceOf(evidence: Evidence): Confidence {
  const excess = evidenceExcess(evidence);
  if (excess < 0) return 'none';
  return excess < ruleOf(evidence).highAbove ? 'low' : 'high';
}

/** By how much evidence is above (from 0 on) or below what counts as relevant among so many rows. */
export function evidenceExcess(evidence: Evidence): number {
  const { cosine, coverage, searchedRows } = evidence;
  if (cosine === null && coverage === 0) return Number.NEGATIVE_INFINITY;
  const { coverageWeight, threshold } = ruleOf(evidence);
  const magnitude = Math.log10(Math.max(1, searchedRows));
  const [atOneRow, linear, square] = threshold;
  const needed = atOneRow + linear * magnitude + square * magnitude ** 2;
  return (cosine ?? 0) + coverageWeight * coverage - needed;
}

function ruleOf({ cosine }: Evidence): Rule {
  return cosine === null ? byWords : byMeaning;
}
