import { languageOf } from '../domain/code-language.ts';

/** `code` or `document`, by the name of a file. A header has no language of its own, but it is code. */
export function resourceTypeOf(fileName: string): 'code' | 'document' {
  const language = languageOf(fileName);
  if (language === null) return /\.h$/i.test(fileName) ? 'code' : 'document';
  return language === 'markdown' ? 'document' : 'code';
}
