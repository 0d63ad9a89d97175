import { createHash } from 'node:crypto';
import { chunkText, joinChunks } from './chunking.ts';
import { embedForWrite } from './embed-for-write.ts';
import type { Embedder, MemoryRecord, NewChunk } from './ports.ts';
import { tokenMapOf } from './token-map.ts';
import { searchText } from './words.ts';

/** SHA-256 of a text in UTF-8, in hex. */
export function contentHash(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

export interface EmbeddedChunks {
  chunks: NewChunk[];
  modelHash: string | null;
  modelProblem?: string;
}

/** A text cut into chunks, each with its vector as far as the call's budget allowed; `vectorsLater`: with none. */
export async function embeddedChunks(
  embedder: Embedder,
  content: string,
  { vectorsLater = false } = {},
): Promise<EmbeddedChunks> {
  const cut = chunkText(content, await tokenMapOf(embedder, content));
  const { vectors, ...model } = await embedForWrite(
    embedder,
    vectorsLater ? [] : cut.map((chunk) => chunk.text),
  );
  const chunks = cut.map((chunk, i) => ({
    ...chunk,
    searchText: searchText(chunk.text),
    vector: vectors[i] ?? null,
  }));
  return { chunks, ...model };
}

/** The text that a memory's chunks make up. Chunks without offsets, of a migrated memory, stand as they are. */
export function wholeText(
  chunks: readonly Pick<MemoryRecord['chunks'][number], 'text' | 'start' | 'end'>[],
): string {
  const placed = chunks.flatMap(({ text, start, end }) =>
    start === null || end === null ? [] : [{ text, start, end }],
  );
  return placed.length === chunks.length
    ? joinChunks(placed)
    : chunks.map((chunk) => chunk.text).join('\n\n');
}
