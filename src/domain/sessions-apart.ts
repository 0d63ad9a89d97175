/** So many places are given with a view to sessions. */
const places = 5;
/** What a message loses, in the scores of chat-ranking.ts, once another of its session has a place. */
const loss = 0.6;

/**
 * The same messages, best first, but for the first five: the best of a session that has no place yet goes before one that
 * is hardly better and of a session that has. What holds for long is said more than once, on different days.
 */
export function sessionsApart<Each extends { hit: { session: string }; score: number }>(
  bestFirst: readonly Each[],
): Each[] {
  const placed = new Set<Each>();
  const sessions = new Set<string>();
  while (placed.size < Math.min(places, bestFirst.length)) {
    let best: Each | undefined;
    let most = Number.NEGATIVE_INFINITY;
    for (const each of bestFirst) {
      const worth = each.score - (sessions.has(each.hit.session) ? loss : 0);
      if (worth <= most || placed.has(each)) continue;
      best = each;
      most = worth;
    }
    placed.add(best as Each);
    sessions.add((best as Each).hit.session);
  }
  return [...placed, ...bestFirst.filter((each) => !placed.has(each))];
}
