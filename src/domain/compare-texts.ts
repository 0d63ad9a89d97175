import { limits } from '../limits.ts';
import { barePrompt, lettersAndDigits, withoutExamples } from './code-identity.ts';
import { codePieces, holdsPiece } from './code-pieces.ts';
import { mostRelevant } from './most-relevant.ts';
import type { RelevanceScale } from './pattern-ranking.ts';
import type { AttemptHeads, PatternCandidate, Store } from './ports.ts';
import { sharedWording } from './shared-wording.ts';

/** Fewer words in a row are in many prompts by chance. */
const quotedWordsMin = 3;

export interface ComparedTexts extends Pick<RelevanceScale, 'quoting' | 'pieces' | 'wording'> {
  /** The query is a piece of an error that one of them failed with. */
  isErrorMet: boolean;
}

/**
 * What the texts of the most relevant attempts have of the query word for word. `quoting`: whose prompt or error holds the
 * whole query, whatever its punctuation and spelling of capitals: who asks in the words in which a task was given, or with a
 * line of what a test run printed, asks for that. `pieces`: of the pieces of code in the query that any of them holds, the
 * share that an attempt has. `wording`: how much of its wording a prompt shares, because whoever says what an attempt got wrong
 * says in the words of the task what was asked.
 */
export async function compareTexts(
  store: Store,
  query: string,
  hits: readonly PatternCandidate[],
  scale: RelevanceScale,
): Promise<ComparedTexts> {
  const bare = barePrompt(query);
  // Counted in what a prompt is compared by.
  const words = withoutExamples(query).match(/[\p{L}\p{N}]+/gu) ?? [];
  const isQuote = words.length >= quotedWordsMin;
  const quoted = isQuote && bare.length <= limits.promptComparedCharactersMax ? bare : null;
  const pieces = codePieces(query);
  const best = mostRelevant(hits, scale, limits.promptsReadMax);
  const heads = [...(await store.attemptHeads(best.map(({ patternId }) => patternId)))];
  const failing =
    quoted === null ? [] : heads.filter(([, { error }]) => lettersAndDigits(error).includes(quoted));
  const asking = quoted === null ? [] : heads.filter(([, { prompt }]) => barePrompt(prompt).includes(quoted));
  const shared = sharedWording(
    withoutExamples(query),
    heads.map(([, { prompt }]) => withoutExamples(prompt)),
  );
  return {
    quoting: new Set([...failing, ...asking].map(([patternId]) => patternId)),
    pieces: sharesOf(pieces, heads),
    wording: new Map(heads.map(([patternId], index) => [patternId, shared[index] as number])),
    isErrorMet: failing.length > 0,
  };
}

function sharesOf(pieces: readonly string[], heads: readonly [number, AttemptHeads][]): Map<number, number> {
  const held = heads.map(([patternId, { prompt, code }]) => ({
    patternId,
    pieces: pieces.filter((piece) => holdsPiece(prompt, piece) || holdsPiece(code, piece)),
  }));
  const found = new Set(held.flatMap((attempt) => attempt.pieces)).size;
  return new Map(
    held.flatMap((attempt) =>
      attempt.pieces.length === 0 ? [] : [[attempt.patternId, attempt.pieces.length / found] as const],
    ),
  );
}
