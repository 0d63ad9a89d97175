const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** How far before an offset its grapheme may begin; a longer one (piled-up accents) counts as not whole. */
const lookBackCharacters = 64;

/** A text may be cut here without splitting what a reader sees as one character (or a CR LF). */
export function startsGrapheme(text: string, offset: number): boolean {
  if (offset <= 0 || offset >= text.length) return true;
  const [before, after] = [text.charCodeAt(offset - 1), text.charCodeAt(offset)];
  if (before < 0x80 && after < 0x80) return !(before === 0x0d && after === 0x0a);
  const from = Math.max(0, offset - lookBackCharacters);
  const around = segmenter.segment(text.slice(from, offset + 2));
  return around.containing(offset - from)?.index === offset - from;
}
