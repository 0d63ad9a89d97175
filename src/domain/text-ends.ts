/** The longest beginning of a text that takes at most `bytesMax` bytes of UTF-8; no character is cut. */
export function headOf(text: string, bytesMax: number): string {
  if (text.length * 3 <= bytesMax) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  let end = bytesMax;
  while (end > 0 && isContinuation(bytes[end]!)) end -= 1;
  return bytes.toString('utf8', 0, end);
}

/** The longest end of a text, likewise. */
export function tailOf(text: string, bytesMax: number): string {
  if (text.length * 3 <= bytesMax) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  let start = bytes.length - bytesMax;
  while (start < bytes.length && isContinuation(bytes[start]!)) start += 1;
  return bytes.toString('utf8', start);
}

/** The text whole where it takes at most `bytesMax` bytes, otherwise head and tail of at most `eachEnd` bytes. */
export function withoutMiddle(text: string, bytesMax: number, eachEnd: number): string {
  const bytes = Buffer.byteLength(text);
  if (bytes <= bytesMax) return text;
  return `${headOf(text, eachEnd)}\n[… ${bytes - 2 * eachEnd} bytes left out …]\n${tailOf(text, eachEnd)}`;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
