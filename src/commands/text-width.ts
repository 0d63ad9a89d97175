/** Characters that take two columns: East Asian wide ones and emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Those that take none: accents, variation selectors and joiners. */
const without = /\p{M}|\u200c|\u200d/u;

/** Where there is no terminal to ask. */
const usualColumns = 100;
const leastColumns = 40;

/** The columns of the terminal that is written to. */
export function columnsOf(stream: { isTTY?: boolean; columns?: number }): number {
  return Math.max(leastColumns, (stream.isTTY && stream.columns) || usualColumns);
}

/** How many columns a text without control characters takes. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width;
}

/** The text cut to a width, with `…` in place of what is left out. */
export function cutToWidth(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const character of text) {
    used += widthOf(character);
    if (used > width) break;
    kept += character;
  }
  return `${kept}…`;
}

/** The text cut or filled up to exactly a width. */
export function fitWidth(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const cut = cutToWidth(text, width);
  const gap = ' '.repeat(Math.max(0, width - textWidth(cut)));
  return side === 'left' ? cut + gap : gap + cut;
}

function widthOf(character: string): number {
  if (without.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}
