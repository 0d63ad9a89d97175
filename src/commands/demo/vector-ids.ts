import type { ClientSession } from './client-session.ts';
import { expectAnswer } from './expect-answer.ts';
import type { Story } from './story.ts';

/** The vector ids that one write was given. */
export interface VectorIdRange {
  first: number;
  last: number;
}

/** Each write has to begin where the one before it ended, from 1 on, and the next id has to follow the last. */
export async function checkVectorIds(
  session: ClientSession,
  story: Story,
  ranges: readonly VectorIdRange[],
): Promise<void> {
  let expected = 1;
  for (const range of ranges) {
    const isNext = range.first === expected && range.last >= range.first;
    expectAnswer(isNext, `the next write to get the ids from ${expected} on`, ranges);
    expected = range.last + 1;
  }
  const status = await session.call('memory_status', {});
  expectAnswer(status.next_vector_id === expected, `${expected} as the next vector id`, status);
  const count = expected - 1;
  story.good(`${ranges.length} writes, ${count} vectors, ids 1 to ${count}: no gap, none twice`);
}
