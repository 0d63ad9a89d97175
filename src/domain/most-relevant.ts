import { type RelevanceScale, relevanceOf } from './pattern-ranking.ts';
import type { PatternCandidate } from './ports.ts';

/** The most relevant candidates, best first; of equals the newer, which has the larger id. */
export function mostRelevant(
  hits: readonly PatternCandidate[],
  scale: RelevanceScale,
  count: number,
): PatternCandidate[] {
  return hits
    .map((hit) => ({ hit, relevance: relevanceOf(hit, scale) }))
    .sort((a, b) => b.relevance - a.relevance || b.hit.patternId - a.hit.patternId)
    .slice(0, count)
    .map(({ hit }) => hit);
}
