import { familyOf, similarityLinks } from './families.ts';
import type { AttemptContext, AttemptLink, AttemptPlacement, NewAttempt } from './ports.ts';
import { outcomeOf } from './repairs.ts';

/**
 * What is decided about a new attempt by those before it: its family, its links, what it repairs, what it shows to
 * be there again, and which failures were flaky. Pure and synchronous: the store calls it while the transaction
 * that writes the attempt is open.
 */
export function placeAttempt(attempt: NewAttempt, context: AttemptContext): AttemptPlacement {
  const { related } = context;
  const familyId = familyOf(attempt, context);
  const { repairs, ...outcome } = outcomeOf(attempt, related, familyId);
  const cosineTo = (patternId: number) =>
    related.find((earlier) => earlier.patternId === patternId)?.promptCosine ?? null;
  const links: AttemptLink[] = [
    ...similarityLinks(attempt, related, familyId),
    ...repairs.map(({ patternId, basis }) => ({
      patternId,
      contextType: 'fixes' as const,
      similarityScore: cosineTo(patternId),
      basis,
    })),
    ...[...new Set(attempt.usedPatternIds)].map((patternId) => ({
      patternId,
      contextType: 'informed_by' as const,
      similarityScore: cosineTo(patternId),
    })),
  ];
  return { familyId, links, ...outcome };
}
