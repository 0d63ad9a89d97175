import { stripComments } from './code-identity.ts';

/**
 * What a vector belongs to, and which of its owner's texts it stands for. An owner can have several: a migrated
 * chunk that is longer than the model reads has `rest` vectors for the parts behind its beginning.
 */
export type OwnerKind = 'chunk' | 'pattern' | 'message' | 'todo';
export type EmbeddingRole = 'text' | 'rest' | 'prompt' | 'code' | 'lesson';

/**
 * The text that is embedded for a role, from the owner's stored text. Code loses its comments and docstrings
 * (docs/code-pattern-memory.md); all else goes as it is.
 */
export function embeddingText(role: EmbeddingRole, sourceText: string): string {
  if (role !== 'code') return sourceText;
  const bare = stripComments(sourceText).trim();
  return bare === '' ? sourceText : bare;
}
