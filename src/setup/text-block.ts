/** The line end that a text uses. */
export function lineEndOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/**
 * The text with a block at its end, a blank line before it. A text that does not end its last line is
 * followed by a block that does not either: that is how `cutBlock` knows what was there.
 */
export function appendBlock(text: string, block: string): string {
  const end = lineEndOf(text);
  const lines = block.split('\n').join(end);
  if (text === '') return lines + end;
  return text.endsWith('\n') ? text + end + lines + end : text + end + end + lines;
}

/** The text without what stands from `start` to `stop`, and without what `appendBlock` put around it. */
export function cutBlock(text: string, start: number, stop: number): string {
  const before = text.slice(0, start);
  const after = text.slice(stop);
  if (after === '') return before.replace(/(\r?\n)?\r?\n$/, '');
  return before.replace(/(^|\n)\r?\n$/, '$1') + after.replace(/^\r?\n/, '');
}
