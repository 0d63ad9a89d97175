import { limits } from '../limits.ts';

/** `get_user` and `getUser` are names wherever they stand. */
const inCodeForm = /[\p{L}\p{N}]_+[\p{L}\p{N}]|[\p{Ll}\p{N}]\p{Lu}/u;
const word = /[\p{L}\p{N}_]+/gu;
const inBackTicks = /`([^`\n]*)`/g;
const list = /\[([^[\]\n]*)\]/g;
/** Shorter pieces are everywhere, and longer ones are passages. */
const pieceCharactersMin = 3;
const pieceCharactersMax = 40;
const wordCharacter = /[\p{L}\p{N}_]/u;

export function isInCodeForm(name: string): boolean {
  return inCodeForm.test(name);
}

/**
 * Pieces of code in a text: names in snake_case or camelCase, what stands in back-ticks, and lists such as `[1, 2]`.
 * Each once; of more than `limits.queryTermsMax` the first of each sort.
 */
export function codePieces(text: string): string[] {
  const names = [...text.matchAll(word)].flatMap(([name]) =>
    isPiece(name) && isInCodeForm(name) ? [name] : [],
  );
  const ticked = [...text.matchAll(inBackTicks)].map(([, inside]) => withoutCall(inside ?? ''));
  const lists = [...text.matchAll(list)].map(([whole]) => whole);
  return [...new Set([...names, ...ticked, ...lists])].filter(isPiece).slice(0, limits.queryTermsMax);
}

function isPiece({ length }: string): boolean {
  return length >= pieceCharactersMin && length <= pieceCharactersMax;
}

/** `sum()` and `.sort` as they stand in code that calls them otherwise. */
function withoutCall(piece: string): string {
  if (piece.length > 2 * pieceCharactersMax) return '';
  return piece
    .trim()
    .replace(/^[.(]+/, '')
    .replace(/[.()]+$/, '');
}

/** Whether the piece stands in the text, and not as a part of a longer word. */
export function holdsPiece(text: string, piece: string): boolean {
  const isPart = (inside: string | undefined, outside: string | undefined) =>
    wordCharacter.test(inside ?? '') && wordCharacter.test(outside ?? '');
  for (let at = text.indexOf(piece); at !== -1; at = text.indexOf(piece, at + 1)) {
    const end = at + piece.length;
    if (!isPart(piece[0], text[at - 1]) && !isPart(piece.at(-1), text[end])) return true;
  }
  return false;
}
