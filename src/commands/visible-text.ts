/**
 * Characters that steer a terminal or hide from its reader: C0 and C1 controls, DEL, what changes the
 * direction of writing, line separators, and what has no width at all (Unicode tags among them). The joiners
 * U+200C and U+200D stay: emoji and several scripts need them.
 */
const hidden =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/**
 * Stored text for a person's terminal: nothing in it can move the cursor, recolour or rename the window, or
 * pass for what it is not. Line ends and tabs stay.
 */
export function visibleText(text: string): string {
  return text
    .replace(/\r\n/g, '\n')
    .replace(hidden, (character) =>
      character === '\n' || character === '\t' ? character : escaped(character),
    );
}

/** The same for a name: line ends and tabs are shown too, so that it is one line. */
export function visibleLine(text: string): string {
  return text.replace(hidden, escaped);
}

const shortForms = new Map([
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
]);

function escaped(character: string): string {
  const code = character.codePointAt(0)!;
  const short = shortForms.get(code);
  if (short !== undefined) return short;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\u{${code.toString(16)}}`;
}
