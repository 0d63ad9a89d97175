import { limits } from '../limits.ts';
import type { Embedder } from './ports.ts';
import { headWithin } from './token-count.ts';

export interface WindowInput {
  /** UTF-16 code units from the beginning of the first text. */
  offset: number;
  maxTokens: number;
}

/** A stretch of one or more texts that are read one behind the other. */
export interface TextWindow<Name extends string> {
  /** Of each text the part that lies in the window; a text that lies outside of it is absent. */
  parts: Partial<Record<Name, string>>;
  offset: number;
  /** Where the next window begins; absent at the end. */
  nextOffset?: number;
  totalCharacters: number;
}

/**
 * As much of the texts from `offset` on as fits the budget. Whoever goes on at `nextOffset` gets every
 * character once: a window never ends inside a surrogate pair, and the smallest budget gets one character.
 */
export async function textWindow<Name extends string>(
  embedder: Embedder,
  texts: readonly (readonly [Name, string])[],
  { offset: wantedOffset, maxTokens }: WindowInput,
): Promise<TextWindow<Name>> {
  const whole = texts.map(([, text]) => text).join('');
  const offset = characterStart(whole, wantedOffset);
  const readEnd = offset + maxTokens * limits.charactersPerTokenMax;
  const rest = whole.slice(offset, characterStart(whole, readEnd));
  const head = await headWithin(embedder, rest, maxTokens);
  const shown = head === '' && rest !== '' ? String.fromCodePoint(rest.codePointAt(0) as number) : head;
  const end = offset + shown.length;
  const parts: Partial<Record<Name, string>> = {};
  let start = 0;
  for (const [name, text] of texts) {
    const part = text.slice(Math.max(0, offset - start), Math.max(0, end - start));
    if (part !== '') parts[name] = part;
    start += text.length;
  }
  return {
    parts,
    offset,
    ...(end < whole.length ? { nextOffset: end } : {}),
    totalCharacters: whole.length,
  };
}

/** The offset, or the one before it where it lies inside a surrogate pair. */
function characterStart(text: string, offset: number): number {
  const insidePair = (text.codePointAt(offset - 1) ?? 0) > 0xffff;
  return insidePair ? offset - 1 : offset;
}
