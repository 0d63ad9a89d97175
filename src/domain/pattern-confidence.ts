import { type Confidence, confidenceOf, type Evidence } from './confidence.ts';
import { similarityOf } from './pattern-ranking.ts';
import type { PatternSearchResult, SearchInput } from './ports.ts';
import { coverageMeasure } from './ranking.ts';

/**
 * The rule for code attempts. Tasks resemble each other more than notes do ("write a function that …"), so more
 * is asked of few rows than for memories. Fitted on attempts of 1, 3, 10, 30 and 100 tasks and on 2,244
 * attempts: silent on other subjects in at least 98 %, on questions that have an answer in at most 1 %.
 */
const coverageWeight = 0.5;
const relevantAtOneRow = 0.31;
const relevantPerMagnitude = 0.05;
const highAtOneRow = 0.45;
const highPerMagnitude = 0.06;

/** The evidence of the strongest candidate. */
export function patternEvidence(
  { hits, lexical, searchedRows, spread }: PatternSearchResult,
  { isMeaningEvidence = true }: Pick<SearchInput, 'isMeaningEvidence'>,
): Evidence {
  const coverageOf = coverageMeasure(lexical);
  const common = { searchedRows, spread, queryWords: lexical.wordRows.length, projectOdds: 0 };
  let best: Evidence = { cosine: null, coverage: 0, ...common };
  for (const hit of hits) {
    const cosine = isMeaningEvidence ? similarityOf(hit) : null;
    const evidence = { cosine, coverage: coverageOf(hit.bm25), ...common };
    if (strengthOf(evidence) > strengthOf(best)) best = evidence;
  }
  return best;
}

export function patternConfidence(evidence: Evidence): Confidence {
  if (evidence.cosine === null) return confidenceOf(evidence);
  const magnitude = Math.log10(Math.max(1, evidence.searchedRows));
  const strength = strengthOf(evidence);
  if (strength < relevantAtOneRow + relevantPerMagnitude * magnitude) return 'none';
  return strength < highAtOneRow + highPerMagnitude * magnitude ? 'low' : 'high';
}

function strengthOf({ cosine, coverage }: Evidence): number {
  return (cosine ?? 0) + coverageWeight * coverage;
}
