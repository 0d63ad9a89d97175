import type { ChunkHit, Store } from '../../src/domain/ports.ts';

/** The memories that the chunks found are parts of. */
export async function memoriesOf(store: Store, hits: readonly ChunkHit[]): Promise<number[]> {
  const chunks = await store.getChunks(hits.map((hit) => hit.chunkId));
  return chunks.map((chunk) => chunk.resourceId);
}
