import type { App } from '../app.ts';
import { defined } from '../defined.ts';
import type { Confidence } from '../domain/confidence.ts';
import type { RetrievedChunk, RetrieveResult, SearchMode } from '../domain/memories.ts';
import type { ReadScope } from '../domain/ports.ts';
import { limits } from '../limits.ts';

/** A hit with its text. */
export interface FoundMemory extends RetrievedChunk {
  text: string;
}

/** What `ltmc search` shows. */
export interface FoundMemories {
  query: string;
  scope: ReadScope;
  hits: FoundMemory[];
  confidence: Confidence;
  search: SearchMode;
  nearest?: RetrieveResult['nearest'];
  knownProjects?: string[];
}

export async function findMemories(
  app: App,
  input: { query: string; topK: number; scope: ReadScope },
): Promise<FoundMemories> {
  const { query, scope, topK } = input;
  const result = await app.services.memories.retrieve({
    query,
    scope,
    topK,
    // The texts are taken whole from the store below; a person's terminal has no token budget.
    maxTokens: limits.answerTokensDefault,
    includeWeak: false,
    explain: false,
  });
  const chunks = await app.store.getChunks(result.chunks.map(({ chunkId }) => chunkId));
  const texts = new Map(chunks.map(({ chunkId, text }) => [chunkId, text]));
  return {
    query,
    scope,
    hits: result.chunks.flatMap((chunk) => {
      const text = texts.get(chunk.chunkId);
      // Removed by another process between the two reads.
      return text === undefined ? [] : [{ ...chunk, text }];
    }),
    confidence: result.confidence,
    search: result.search,
    ...defined({ nearest: result.nearest, knownProjects: result.knownProjects }),
  };
}
