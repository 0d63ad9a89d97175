import { LtmcError } from '../errors.ts';

const loneSurrogate = /\p{Surrogate}/u;

/**
 * Refuses a text with half of a surrogate pair: UTF-8, and so the database, cannot hold it, and storing
 * something else in its place would not give the text back. NUL is a character like any other and is kept.
 */
export function assertWellFormed(field: string, text: string): void {
  const offset = text.search(loneSurrogate);
  if (offset === -1) return;
  throw new LtmcError(
    'invalid_argument',
    `Expected ${field} to be well-formed Unicode, got half of a surrogate pair at UTF-16 offset ${offset}.`,
    'Send the text as valid Unicode; it was probably cut in the middle of an emoji or another rare character.',
  );
}
