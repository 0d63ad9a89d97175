import { createHash } from 'node:crypto';
import { limits } from '../limits.ts';
import { headOf } from './text-ends.ts';
import { searchText } from './words.ts';

export interface AttemptText {
  inputPrompt: string;
  generatedCode: string;
  functionName: string | null;
  lesson: string | null;
  errorMessage: string | null;
  errorSignature: string | null;
}

/** What full text indexes for an attempt. */
export function attemptSearchText(attempt: AttemptText): string {
  const parts = [attempt.inputPrompt, attempt.generatedCode];
  if (attempt.functionName !== null && !attempt.generatedCode.includes(attempt.functionName)) {
    parts.push(attempt.functionName);
  }
  if (attempt.lesson !== null) parts.push(attempt.lesson);
  if (attempt.errorMessage !== null) parts.push(headOf(attempt.errorMessage, limits.errorIndexedBytesMax));
  const words = searchText(parts.join('\n'));
  return attempt.errorSignature === null ? words : `${words}\n${signatureWord(attempt.errorSignature)}`;
}

/** One word that only attempts with this signature hold, so that full text finds them. */
export function signatureWord(signature: string): string {
  return `signature${createHash('sha256').update(signature).digest('hex').slice(0, 16)}`;
}
