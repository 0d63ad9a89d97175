/** So many messages come by their own worth alone. */
const byMessage = 10;
/** Behind them each further session has a turn, until so many sessions have one. */
const sessionsMax = 10;
/** A session's messages that say what it is about, the nearest in meaning; a third of their sum counts. */
const nearestCounted = 3;
/** What that, as a share of the nearest of all, is worth beside the score of the session's best message. */
const meaningWeight = 4;

interface Scored<Of> {
  hit: Of;
  score: number;
}

/**
 * The same hits, best first, in an order that leads through more sessions: behind the first ten the best message of each
 * session that is not there yet, the session that is nearest to the question as a whole first; then the others as before.
 * `meaning` is 0..1.
 */
export function sessionsByTurns<Of extends { session: string }, Each extends Scored<Of>>(
  bestFirst: readonly Each[],
  meaning: (hit: Of) => number,
): Each[] {
  const first = bestFirst.slice(0, byMessage);
  const there = new Set(first.map(({ hit }) => hit.session));
  if (there.size >= sessionsMax) return [...bestFirst];
  const further = Map.groupBy(bestFirst, ({ hit }) => hit.session);
  for (const session of there) further.delete(session);
  const turns = [...further.values()]
    .map((messages) => {
      const best = messages[0] as Each;
      const nearest = messages.map(({ hit }) => meaning(hit)).sort((a, b) => b - a);
      const sum = nearest.slice(0, nearestCounted).reduce((total, each) => total + each, 0);
      return { best, worth: best.score + (meaningWeight * sum) / nearestCounted };
    })
    .sort((a, b) => b.worth - a.worth)
    .slice(0, sessionsMax - there.size)
    .map(({ best }) => best);
  const placed = new Set([...first, ...turns]);
  return [...placed, ...bestFirst.filter((each) => !placed.has(each))];
}
