import { limits } from '../limits.ts';
import { barePrompt } from './code-identity.ts';
import { mostRelevant } from './most-relevant.ts';
import type { RelevanceScale } from './pattern-ranking.ts';
import type { PatternCandidate, Store } from './ports.ts';

/** Fewer words in a row are in many prompts by chance. */
const quotedWordsMin = 3;

/**
 * The attempts, among the most relevant, whose prompt holds the whole query word for word, whatever its punctuation
 * and spelling of capitals: who asks in the words in which a task was given asks for that task.
 */
export async function quotingPrompts(
  store: Store,
  query: string,
  hits: readonly PatternCandidate[],
  scale: RelevanceScale,
): Promise<ReadonlySet<number>> {
  const quoted = barePrompt(query);
  const isQuote = (query.match(/[\p{L}\p{N}]+/gu) ?? []).length >= quotedWordsMin;
  if (!isQuote || quoted.length > limits.promptComparedCharactersMax) return new Set();
  const best = mostRelevant(hits, scale, limits.promptsReadMax);
  const heads = await store.promptHeads(best.map(({ patternId }) => patternId));
  return new Set(
    [...heads].flatMap(([patternId, head]) => (barePrompt(head).includes(quoted) ? [patternId] : [])),
  );
}
