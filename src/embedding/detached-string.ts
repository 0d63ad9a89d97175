/**
 * The same text in memory of its own. A part of a long string otherwise keeps the whole of it alive for as
 * long as a cache keeps the part.
 */
export function detachedString(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
