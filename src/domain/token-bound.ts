/**
 * Bounds on what WordPiece makes of a text, without its vocabulary. WordPiece splits at white space, takes
 * at least one character of the decomposed (NFD) text per token, and makes one token of a word that is
 * longer than it reads. So a text never has more tokens than UTF-16 units in its decomposed form, white space
 * counts nothing, and one word never has more than `wordTokensMax`.
 */
import { limits } from '../limits.ts';
import { startsGrapheme } from './graphemes.ts';
import type { TokenMap } from './ports.ts';

const asciiMax = 0x7f;

/** Never fewer tokens than WordPiece would make of this text. */
export function tokensAtMost(text: string): number {
  let count = 0;
  for (let offset = 0; offset < text.length; offset++) {
    const unit = text.charCodeAt(offset);
    if (unit > asciiMax) return text.normalize('NFD').replace(/[\t-\r \u00a0\u3000]+/g, '').length;
    if (!isWhiteSpace(unit)) count++;
  }
  return count;
}

/** For when no tokenizer can be loaded: runs of white space (ended at each line feed) and pieces of words. */
export function upperBoundTokenMap(text: string): TokenMap {
  const pieces = new PieceList(text.length);
  let start = 0;
  while (start < text.length) {
    const isSpace = isWhiteSpace(text.charCodeAt(start));
    let end = start + 1;
    while (end < text.length && end - start < limits.pieceCharactersMax) {
      const unit = text.charCodeAt(end);
      if (isWhiteSpace(unit) !== isSpace || text.charCodeAt(end - 1) === 0x0a) break;
      end++;
    }
    end = wholeGraphemes(text, start, end);
    pieces.add(end, isSpace ? 0 : tokensAtMost(text.slice(start, end)));
    start = end;
  }
  return pieces.map();
}

/**
 * The same map with its very long pieces cut, so that no chunk must be as long as a line of base64 is. The
 * promise of a token map holds for the new boundaries too: part of nothing is nothing, part of what is one
 * token is part of one word, and everything else has at most its decomposed length.
 */
export function withoutLongPieces(text: string, map: TokenMap): TokenMap {
  if (!hasLongPiece(map)) return map;
  const pieces = new PieceList(map.ends.length);
  for (let piece = 0, start = 0; piece < map.ends.length; piece++) {
    const end = map.ends[piece]!;
    const tokens = map.tokens[piece]!;
    if (!isLong(end - start, tokens)) pieces.add(end, tokens);
    else {
      const charactersMax = tokens <= 1 ? limits.wordlikeCharactersMax : limits.pieceCharactersMax;
      for (let partStart = start; partStart < end; ) {
        const partEnd = wholeGraphemes(text, partStart, Math.min(partStart + charactersMax, end));
        pieces.add(partEnd, partTokens(text, partStart, partEnd, tokens));
        partStart = partEnd;
      }
    }
    start = end;
  }
  return pieces.map();
}

function hasLongPiece(map: TokenMap): boolean {
  return map.ends.some((end, piece) => isLong(end - (map.ends[piece - 1] ?? 0), map.tokens[piece]!));
}

function isLong(characters: number, tokens: number): boolean {
  return characters > limits.wordlikeCharactersMax || tokens > limits.wordTokensMax;
}

function partTokens(text: string, start: number, end: number, wholeTokens: number): number {
  if (wholeTokens === 0) return 0;
  const bound = tokensAtMost(text.slice(start, end));
  return wholeTokens === 1 ? Math.min(bound, limits.wordTokensMax) : bound;
}

/** The last end up to `end` that splits no grapheme; where only a long one is in reach, no surrogate pair. */
function wholeGraphemes(text: string, start: number, end: number): number {
  const earliest = Math.max(start + 1, end - limits.pieceCharactersMax / 2);
  for (let position = end; position >= earliest; position--) {
    if (startsGrapheme(text, position)) return position;
  }
  const unit = text.charCodeAt(end);
  return unit >= 0xdc00 && unit <= 0xdfff ? end + 1 : end;
}

/** The usual white space; a rarer kind counts as part of a word, which is safe for a bound. */
function isWhiteSpace(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || unit === 0xa0 || unit === 0x3000;
}

/** Growing typed arrays: a text of 20 MB has millions of pieces. */
class PieceList {
  #ends: Uint32Array;
  #tokens: Uint32Array;
  #length = 0;

  constructor(expected: number) {
    const capacity = Math.max(16, expected >> 1);
    this.#ends = new Uint32Array(capacity);
    this.#tokens = new Uint32Array(capacity);
  }

  add(end: number, tokens: number): void {
    if (this.#length === this.#ends.length) {
      this.#ends = grown(this.#ends);
      this.#tokens = grown(this.#tokens);
    }
    this.#ends[this.#length] = end;
    this.#tokens[this.#length] = tokens;
    this.#length++;
  }

  map(): TokenMap {
    return { ends: this.#ends.slice(0, this.#length), tokens: this.#tokens.slice(0, this.#length) };
  }
}

function grown(array: Uint32Array): Uint32Array {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}
