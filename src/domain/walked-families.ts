import { limits } from '../limits.ts';
import { mostRelevant } from './most-relevant.ts';
import { familiesMet, type RelevanceScale } from './pattern-ranking.ts';
import type { PatternCandidate, PatternPort } from './ports.ts';

/**
 * familiesMet for candidates whose families must be read. A row of an attempt is large, and the first few candidates
 * meet all the families there is room for, as a rule: more are read only where they do not.
 */
export async function walkedFamilies(
  store: Pick<PatternPort, 'familiesOf'>,
  hits: readonly PatternCandidate[],
  scale: RelevanceScale,
  first: readonly number[] = [],
): Promise<number[]> {
  const walked = mostRelevant(hits, scale, limits.candidatesWalkedMax);
  for (let count: number = limits.familiesReadAtFirst; ; count = walked.length) {
    const best = walked.slice(0, count);
    const familyOf = await store.familiesOf(best.map(({ patternId }) => patternId));
    const read = best.flatMap((hit) => {
      const familyId = familyOf.get(hit.patternId);
      return familyId === undefined ? [] : [{ ...hit, familyId }];
    });
    const families = familiesMet(read, scale, first);
    if (families.length === limits.familiesMetMax || count >= walked.length) return families;
  }
}
