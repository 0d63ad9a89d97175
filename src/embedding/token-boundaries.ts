/**
 * Where a text may be cut so that the tokens of the parts are the tokens of the whole. Every rule here follows
 * from what BERT's normaliser does, in its order: remove control characters, turn white space into spaces, put
 * spaces around CJK characters, lower the case, decompose (NFD), drop non-spacing marks; then words are runs
 * between white space and punctuation.
 */

/** White space to the tokenizer. Not U+000B, U+000C, U+0085, U+200B and U+FEFF: those it removes. */
export function isTokenizerSpace(unit: number): boolean {
  if (unit <= 0x20) return unit === 0x20 || unit === 0x09 || unit === 0x0a || unit === 0x0d;
  if (unit < 0xa0) return false;
  return (
    unit === 0xa0 ||
    unit === 0x1680 ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000
  );
}

/** A word of its own to the tokenizer, whatever stands beside it. */
function isCjk(unit: number): boolean {
  return (
    (unit >= 0x4e00 && unit <= 0x9fff) ||
    (unit >= 0x3400 && unit <= 0x4dbf) ||
    (unit >= 0xf900 && unit <= 0xfaff)
  );
}

/** One token each, and always a boundary between words. */
export function isAsciiPunctuation(unit: number): boolean {
  return (
    (unit >= 0x21 && unit <= 0x2f) ||
    (unit >= 0x3a && unit <= 0x40) ||
    (unit >= 0x5b && unit <= 0x60) ||
    (unit >= 0x7b && unit <= 0x7e)
  );
}

/**
 * Punctuation after which a cut could change the tokens. Brackets may belong to a special token ("[SEP]"). The
 * others are "case ignorable": a capital sigma looks through them for the end of its word.
 */
const unsafePunctuation = new Set([..."[].:'^`"].map((character) => character.charCodeAt(0)));

/** A cut right after this code unit never changes the tokens on either side. */
function isSafeBoundary(unit: number): boolean {
  if (isAsciiPunctuation(unit)) return !unsafePunctuation.has(unit);
  return isTokenizerSpace(unit) || isCjk(unit);
}

/**
 * The end of the segment that begins at `start`: the last safe boundary within `lengthMax` units, else the
 * first one behind, else the end of the text.
 */
export function segmentEnd(text: string, start: number, lengthMax: number): number {
  if (text.length - start <= lengthMax) return text.length;
  for (let end = start + lengthMax; end > start; end--) {
    if (isSafeBoundary(text.charCodeAt(end - 1))) return end;
  }
  for (let end = start + lengthMax + 1; end <= text.length; end++) {
    if (isSafeBoundary(text.charCodeAt(end - 1))) return end;
  }
  return text.length;
}

/** The text in segments whose tokens, one segment after the other, are the tokens of the text. */
export function* segments(text: string, lengthMax: number): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = segmentEnd(text, start, lengthMax);
    yield text.slice(start, end);
    start = end;
  }
}
