import type { TokenMap } from '../domain/ports.ts';
import { limits } from '../limits.ts';
import { segmentEnd, segments } from './token-boundaries.ts';
import { callRanks, type Piece, WorkerCall } from './worker-call.ts';
import type { WorkerAnswer } from './worker-protocol.ts';

/** A token map of a text of any length, made segment by segment. */
export class TokenMapCall extends WorkerCall<TokenMap> {
  readonly needsModel = false;
  readonly #text: string;
  readonly #maps: TokenMap[] = [];
  #begunOffset = 0;
  #begunCount = 0;
  #answered = 0;

  constructor(text: string) {
    super(callRanks.tokens);
    this.#text = text;
  }

  hasWork(): boolean {
    return !this.isSettled && this.#begunOffset < this.#text.length;
  }

  begin(): Piece {
    const end = segmentEnd(this.#text, this.#begunOffset, limits.tokenSegmentCharactersMax);
    const segment = this.#text.slice(this.#begunOffset, end);
    this.#begunOffset = end;
    const index = this.#begunCount++;
    return { request: { kind: 'map', text: segment }, accept: (answer) => this.#accept(index, answer) };
  }

  #accept(index: number, answer: WorkerAnswer): void {
    if (this.isSettled || answer.kind !== 'map') return;
    this.#maps[index] = answer.map;
    this.#answered++;
    const isWhole = this.#begunOffset === this.#text.length && this.#answered === this.#begunCount;
    if (isWhole) this.resolve(joined(this.#maps));
  }
}

function joined(maps: readonly TokenMap[]): TokenMap {
  const length = maps.reduce((sum, map) => sum + map.ends.length, 0);
  const whole: TokenMap = { ends: new Uint32Array(length), tokens: new Uint32Array(length) };
  let piece = 0;
  let offset = 0;
  for (const map of maps) {
    whole.tokens.set(map.tokens, piece);
    for (const end of map.ends) whole.ends[piece++] = offset + end;
    offset += map.ends.at(-1) ?? 0;
  }
  return whole;
}

/** The number of tokens of each text: short texts many at a time, long ones segment by segment. */
export class TokenCountCall extends WorkerCall<number[]> {
  readonly needsModel = false;
  readonly #counts: number[];
  readonly #parts: Generator<{ textIndex: number; segment: string }>;
  #next: IteratorResult<{ textIndex: number; segment: string }>;
  #running = 0;

  constructor(texts: readonly string[]) {
    super(callRanks.tokens);
    this.#counts = texts.map(() => 0);
    this.#parts = partsOf(texts);
    this.#next = this.#parts.next();
    if (this.#next.done) this.resolve(this.#counts);
  }

  hasWork(): boolean {
    return !this.isSettled && !this.#next.done;
  }

  begin(): Piece {
    const texts: string[] = [];
    const textIndexes: number[] = [];
    let characters = 0;
    while (!this.#next.done) {
      const { textIndex, segment } = this.#next.value;
      if (texts.length > 0 && characters + segment.length > limits.tokenSegmentCharactersMax) break;
      texts.push(segment);
      textIndexes.push(textIndex);
      characters += segment.length;
      this.#next = this.#parts.next();
    }
    this.#running++;
    return { request: { kind: 'count', texts }, accept: (answer) => this.#accept(textIndexes, answer) };
  }

  #accept(textIndexes: readonly number[], answer: WorkerAnswer): void {
    if (this.isSettled || answer.kind !== 'counts') return;
    for (const [index, textIndex] of textIndexes.entries()) {
      this.#counts[textIndex] = this.#counts[textIndex]! + answer.counts[index]!;
    }
    this.#running--;
    if (this.#next.done && this.#running === 0) this.resolve(this.#counts);
  }
}

function* partsOf(texts: readonly string[]): Generator<{ textIndex: number; segment: string }> {
  for (const [textIndex, text] of texts.entries()) {
    for (const segment of segments(text, limits.tokenSegmentCharactersMax)) yield { textIndex, segment };
  }
}
