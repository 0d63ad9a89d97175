import { LtmcError } from '../errors.ts';
import type { SearchMode } from './memories.ts';
import type { Embedder, SearchInput } from './ports.ts';
import { queryWords } from './words.ts';

/** A query as the store is asked it: its words and, where there is a model, its vector. */
export async function searchInputOf(
  embedder: Embedder,
  query: string,
): Promise<{ input: SearchInput; search: SearchMode }> {
  const words = queryWords(query);
  try {
    const { vectors, modelHash } = await embedder.embed([query], { priority: 'query' });
    const modelHashes = embedder.status().compatibleModelHashes ?? [modelHash];
    return { input: { words, vector: vectors[0] ?? null, modelHashes }, search: { mode: 'hybrid' } };
  } catch (thrown) {
    if (!(thrown instanceof LtmcError) || thrown.code !== 'model_unavailable') throw thrown;
    return { input: { words, vector: null }, search: { mode: 'lexical', reason: thrown.message } };
  }
}
