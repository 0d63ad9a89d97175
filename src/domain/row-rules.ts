import { randomBytes } from 'node:crypto';
import type { RowRules } from './checkup.ts';
import { codeKey, nameKey, promptKey } from './code-identity.ts';
import { contentHash, wholeText } from './memory-text.ts';
import { rowWords } from './row-words.ts';
import { maskSecrets } from './secret-masks.ts';

/** What the services derive when they store a row, for rows that are there already. */
export function rowRules(modelHashes: readonly string[] | null): RowRules {
  // The masks themselves are thrown away.
  const key = randomBytes(32);
  return {
    words: rowWords,
    keysOf: ({ inputPrompt, generatedCode, functionName }) => ({
      codeKey: codeKey(generatedCode),
      promptKey: promptKey(inputPrompt),
      nameKey: nameKey(functionName),
    }),
    textHash: (chunks) => contentHash(wholeText(chunks)),
    secretsIn: (text) => maskSecrets(text, key).masked.reduce((sum, { count }) => sum + count, 0),
    modelHashes,
  };
}
