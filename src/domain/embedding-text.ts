import { stripComments } from './code-identity.ts';

/** What a vector belongs to, and which of its owner's texts it stands for. An owner can have several. */
export type OwnerKind = 'chunk' | 'pattern' | 'message' | 'todo';
export type EmbeddingRole = 'text' | 'prompt' | 'code' | 'lesson';

/**
 * The text that is embedded for a role, from the owner's stored text. Code loses its comments and docstrings
 * (docs/retrieval.md gives the measurement); all else goes as it is.
 */
export function embeddingText(role: EmbeddingRole, sourceText: string): string {
  if (role !== 'code') return sourceText;
  const bare = stripComments(sourceText).trim();
  return bare === '' ? sourceText : bare;
}
