import { limits } from '../limits.ts';
import { holdsPiece } from './code-pieces.ts';

/** What stands in back-ticks or quotes, on one line; an apostrophe within a word opens and closes nothing. */
const marked = /(?<![\p{L}\p{N}_])([`'"])((?:(?!\1).){1,80})\1(?![\p{L}\p{N}_])/gu;
const letterOrDigit = /[\p{L}\p{N}]/u;

/**
 * How much of what the query marks each text holds as it stands, in the same case: 0 for none of the pieces, 1 for
 * all. A query that marks nothing agrees with every text by 0. Of more pieces than `limits.queryTermsMax` the first count.
 */
export function markedAgreement(query: string, texts: readonly string[]): number[] {
  const pieces = markedPieces(query);
  if (pieces.length === 0) return texts.map(() => 0);
  return texts.map((text) => pieces.filter((piece) => holdsPiece(text, piece)).length / pieces.length);
}

function markedPieces(query: string): string[] {
  const inside = [...query.matchAll(marked)].map(([, , piece]) => piece as string);
  return [...new Set(inside)].filter((piece) => letterOrDigit.test(piece)).slice(0, limits.queryTermsMax);
}
