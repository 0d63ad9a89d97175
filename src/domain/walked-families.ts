import { limits } from '../limits.ts';
import { mostRelevant } from './most-relevant.ts';
import type { RelevanceScale } from './pattern-ranking.ts';
import type { PatternCandidate, PatternPort } from './ports.ts';

/**
 * The families to answer from, best first: of the best candidates, each family at the rank of its best member.
 * `first` are families that come before all others, in their order. A row of an attempt is large, and the first few
 * candidates meet all the families there is room for, as a rule: more are read only where they do not.
 */
export async function walkedFamilies(
  store: Pick<PatternPort, 'familiesOf'>,
  hits: readonly PatternCandidate[],
  scale: RelevanceScale,
  first: readonly number[] = [],
): Promise<number[]> {
  const walked = mostRelevant(hits, scale, limits.candidatesWalkedMax).map(({ patternId }) => patternId);
  for (let count: number = limits.familiesReadAtFirst; ; count = walked.length) {
    const best = walked.slice(0, count);
    const familyOf = await store.familiesOf(best);
    const met = new Set([...first, ...best.flatMap((patternId) => familyOf.get(patternId) ?? [])]);
    if (met.size >= limits.familiesMetMax || count >= walked.length) {
      return [...met].slice(0, limits.familiesMetMax);
    }
  }
}
