import type { TokenMap } from '../domain/ports.ts';
import { limits } from '../limits.ts';
import type { TextTokenizer } from './text-tokenizer.ts';
import { isTokenizerSpace } from './token-boundaries.ts';

/**
 * How a text falls into tokens; see TokenMap in ports.ts. A piece is a word with the white space behind it. A
 * word that is long or has many tokens is several pieces, and so is a long run of white space, so that a
 * chunk can end nearly anywhere.
 */
export function tokenMap(text: string, tokenizer: TextTokenizer): TokenMap {
  const pieces = new Pieces();
  let offset = spaceEnd(text, 0);
  if (offset > 0) pieces.endWithSpace(0, offset);

  while (offset < text.length) {
    const start = offset;
    while (offset < text.length && !isTokenizerSpace(text.charCodeAt(offset))) offset++;
    addWord(text.slice(start, offset), start, tokenizer, pieces);
    const wordEnd = offset;
    offset = spaceEnd(text, wordEnd);
    pieces.endWithSpace(wordEnd, offset);
  }
  return pieces.map();
}

function addWord(word: string, start: number, tokenizer: TextTokenizer, pieces: Pieces): void {
  if (word.length <= limits.tokenPieceCharactersMax) {
    const tokens = tokenizer.countWord(word);
    if (tokens <= limits.tokenPieceTokensMax) {
      pieces.open(start, tokens);
      return;
    }
  }
  let atomStart = start;
  for (const atom of tokenizer.atoms(word)) {
    const atomEnd = atomStart + atom.length;
    pieces.extend(atomStart, atomEnd, atom.tokens);
    atomStart = atomEnd;
  }
}

function spaceEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && isTokenizerSpace(text.charCodeAt(end))) end++;
  return end;
}

/** The pieces so far and one that is still open, because white space or a further part may join it. */
class Pieces {
  readonly #ends: number[] = [];
  readonly #tokens: number[] = [];
  #openStart = 0;
  #openTokens = 0;

  open(start: number, tokens: number): void {
    this.#openStart = start;
    this.#openTokens = tokens;
  }

  /** Adds a part of a word to the open piece, or closes that one and opens the next. */
  extend(start: number, end: number, tokens: number): void {
    const isTooLong = end - this.#openStart > limits.tokenPieceCharactersMax;
    const isTooMany = this.#openTokens + tokens > limits.tokenPieceTokensMax;
    if (start > this.#openStart && (isTooLong || isTooMany)) {
      this.#close(start);
      this.open(start, 0);
    }
    this.#openTokens += tokens;
  }

  /** Gives the open piece the white space behind it; what is too long for it becomes pieces without tokens. */
  endWithSpace(spaceStart: number, spaceEnd: number): void {
    let end = Math.min(spaceEnd, Math.max(spaceStart, this.#openStart + limits.tokenPieceCharactersMax));
    if (end > this.#openStart) this.#close(end);
    while (end < spaceEnd) {
      end = Math.min(spaceEnd, end + limits.tokenPieceCharactersMax);
      this.#close(end);
    }
    this.open(spaceEnd, 0);
  }

  #close(end: number): void {
    this.#ends.push(end);
    this.#tokens.push(this.#openTokens);
    this.#openTokens = 0;
  }

  map(): TokenMap {
    return { ends: Uint32Array.from(this.#ends), tokens: Uint32Array.from(this.#tokens) };
  }
}
