import { limits } from '../limits.ts';
import { barePrompt } from './code-identity.ts';
import { codePieces, holdsPiece } from './code-pieces.ts';
import { type RelevanceScale, relevanceOf } from './pattern-ranking.ts';
import type { PatternHit, Store } from './ports.ts';

/** Fewer words in a row are in many prompts by chance. */
const quotedWordsMin = 3;

/**
 * What the texts of the most relevant attempts have of the query letter for letter. `quoting`: whose prompt holds the whole
 * query, whatever its punctuation and spelling of capitals: who asks in the words in which a task was given asks
 * for that task. `pieces`: of the pieces of code in the query that any of them holds, the share that an attempt has.
 */
export async function compareTexts(
  store: Store,
  query: string,
  hits: readonly PatternHit[],
  scale: RelevanceScale,
): Promise<Pick<RelevanceScale, 'quoting' | 'pieces'>> {
  const bare = barePrompt(query);
  const isQuote = (query.match(/[\p{L}\p{N}]+/gu) ?? []).length >= quotedWordsMin;
  const quoted = isQuote && bare.length <= limits.promptComparedCharactersMax ? bare : null;
  const pieces = codePieces(query);
  if (quoted === null && pieces.length === 0) return { quoting: new Set(), pieces: new Map() };
  const best = hits
    .map((hit) => ({ patternId: hit.patternId, relevance: relevanceOf(hit, scale) }))
    .sort((a, b) => b.relevance - a.relevance || b.patternId - a.patternId)
    .slice(0, limits.promptsReadMax);
  const heads = [...(await store.attemptHeads(best.map(({ patternId }) => patternId)))];
  const quoting = heads.flatMap(([patternId, { prompt }]) =>
    quoted !== null && barePrompt(prompt).includes(quoted) ? [patternId] : [],
  );
  return { quoting: new Set(quoting), pieces: sharesOf(pieces, heads) };
}

function sharesOf(
  pieces: readonly string[],
  heads: readonly [number, { prompt: string; code: string }][],
): Map<number, number> {
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
