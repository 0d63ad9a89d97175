/**
 * Cuts a text into chunks that the model can read whole. Invariants: chunks are in order, each begins where
 * the one before it ends or (overlap) inside it, together they cover every character, none has more than
 * `limits.chunkTokensMax` tokens by the token map, and no cut splits a surrogate pair.
 */
import { limits } from '../limits.ts';
import { startsGrapheme } from './graphemes.ts';
import type { TokenMap } from './ports.ts';
import { cutLevels, cutLevelsOf } from './text-structure.ts';
import { withoutLongPieces } from './token-bound.ts';

export interface Chunk {
  text: string;
  /** UTF-16 offsets: `text === whole.slice(start, end)`. */
  start: number;
  end: number;
}

/** A text that fits is one chunk. Linear in the text's length. */
export function chunkText(text: string, tokenMap: TokenMap): Chunk[] {
  const tokens = tokenMap.tokens.reduce((sum, count) => sum + count, 0);
  if (tokens <= limits.chunkTokensMax && text.length <= limits.chunkCharactersMax) {
    return [{ text, start: 0, end: text.length }];
  }
  return new Cutter(text, withoutLongPieces(text, tokenMap)).chunks();
}

/** The whole text that the chunks were cut from. */
export function joinChunks(chunks: readonly Chunk[]): string {
  let covered = 0;
  const parts = chunks.map((chunk) => {
    const part = chunk.text.slice(Math.max(0, covered - chunk.start));
    covered = Math.max(covered, chunk.end);
    return part;
  });
  return parts.join('');
}

/**
 * Positions in here are numbers of pieces: a cut at `p` stands before piece `p`. `start` is where a chunk
 * begins, `covered` where the chunk before it ended; between the two lies the overlap.
 */
class Cutter {
  readonly #text: string;
  readonly #ends: Uint32Array;
  readonly #pieces: number;
  /** Tokens before each position. */
  readonly #tokensBefore: Uint32Array;
  /** How good a cut at each position is. */
  readonly #levels: Uint8Array;

  constructor(text: string, map: TokenMap) {
    this.#text = text;
    this.#ends = map.ends;
    this.#pieces = map.ends.length;
    this.#tokensBefore = new Uint32Array(this.#pieces + 1);
    for (let piece = 0; piece < this.#pieces; piece++) {
      this.#tokensBefore[piece + 1] = this.#tokensBefore[piece]! + map.tokens[piece]!;
    }
    this.#levels = cutLevelsOf(text, map);
  }

  chunks(): Chunk[] {
    const chunks: Chunk[] = [];
    let start = 0;
    let covered = 0;
    while (covered < this.#pieces) {
      const cut = this.#cutAfter(start, covered);
      const [from, to] = [this.#offset(start), this.#offset(cut)];
      chunks.push({ text: this.#text.slice(from, to), start: from, end: to });
      start = this.#overlapStart(start, cut);
      covered = cut;
    }
    return chunks;
  }

  #cutAfter(start: number, covered: number): number {
    const last = this.#lastThatFits(start, covered);
    const section = this.#sectionCut(covered, last);
    if (section !== null) return section;
    if (last === this.#pieces) return last;
    return this.#bestCut(start, covered, last) ?? this.#pieceCut(start, covered, last);
  }

  #lastThatFits(start: number, covered: number): number {
    // A piece that alone is too much cannot be cut any further.
    let position = covered + 1;
    while (position < this.#pieces && this.#fits(start, position + 1)) position++;
    return position;
  }

  #fits(start: number, end: number): boolean {
    return (
      this.#tokens(start, end) <= limits.chunkTokensMax &&
      this.#offset(end) - this.#offset(start) <= limits.chunkCharactersMax
    );
  }

  /** The first heading in reach that leaves no crumb on either side. */
  #sectionCut(covered: number, last: number): number | null {
    const crumb = limits.chunkCrumbTokensMax;
    for (let cut = covered + 1; cut <= last && cut < this.#pieces; cut++) {
      if (this.#level(cut) !== cutLevels.section || this.#tokens(covered, cut) <= crumb) continue;
      const leavesCrumb = last === this.#pieces && this.#tokens(cut, last) <= crumb;
      if (!leavesCrumb && this.#startsGrapheme(cut)) return cut;
    }
    return null;
  }

  /** Of the best level there is: the last cut up to the target, else the first one beyond it. */
  #bestCut(start: number, covered: number, last: number): number | null {
    const crumb = limits.chunkCrumbTokensMax;
    let best: number | null = null;
    let bestLevel: number = cutLevels.piece;
    for (let cut = covered + 1; cut <= last; cut++) {
      const level = Math.min(this.#level(cut), cutLevels.block);
      const isBetter =
        level > bestLevel ||
        (level === bestLevel && best !== null && this.#tokens(start, cut) <= limits.chunkTokensTarget);
      if (!isBetter || this.#tokens(covered, cut) <= crumb || this.#leavesCrumbOfSection(cut)) continue;
      if (!this.#startsGrapheme(cut)) continue;
      best = cut;
      bestLevel = level;
    }
    return best;
  }

  #leavesCrumbOfSection(cut: number): boolean {
    const crumb = limits.chunkCrumbTokensMax;
    if (this.#level(cut) === cutLevels.section) return false;
    // Bounded, because pieces of white space have no tokens.
    const furthest = Math.min(this.#pieces, cut + 4 * crumb);
    for (let position = cut + 1; position <= furthest && this.#tokens(cut, position) <= crumb; position++) {
      if (position === this.#pieces || this.#level(position) === cutLevels.section) return true;
    }
    return false;
  }

  /** No structure within reach: between two pieces, outside a grapheme where one ends in reach. */
  #pieceCut(start: number, covered: number, last: number): number {
    let cut = last;
    while (cut > covered + 1 && this.#tokens(start, cut) > limits.chunkTokensTarget) cut--;
    for (let whole = cut; whole > covered; whole--) if (this.#startsGrapheme(whole)) return whole;
    return cut;
  }

  /**
   * Where a paragraph or a block of code was cut in its middle, the next chunk begins with the last whole
   * sentences or lines of this one.
   */
  #overlapStart(start: number, cut: number): number {
    if (cut === this.#pieces || this.#level(cut) >= cutLevels.innerBlock) return cut;
    const canHold = (from: number) =>
      this.#tokens(from, cut) <= limits.chunkOverlapTokensMax && this.#fits(from, cut + 1);
    let overlap = cut;
    let overlapLevel: number = cutLevels.piece;
    for (let from = cut - 1; from > start && canHold(from); from--) {
      const level = Math.min(this.#level(from), cutLevels.sentence);
      if (level < cutLevels.wrappedLine || level < overlapLevel || !this.#startsGrapheme(from)) continue;
      overlap = from;
      overlapLevel = level;
    }
    return overlap;
  }

  /** Of a cut at this position: the level of the boundary behind the piece before it. */
  #level(position: number): number {
    return this.#levels[position - 1]!;
  }

  #tokens(from: number, to: number): number {
    return this.#tokensBefore[to]! - this.#tokensBefore[from]!;
  }

  #offset(position: number): number {
    return position === 0 ? 0 : this.#ends[position - 1]!;
  }

  #startsGrapheme(position: number): boolean {
    return startsGrapheme(this.#text, this.#offset(position));
  }
}
