import { searchText } from '../src/domain/words.ts';
import { OnnxEmbedder } from '../src/embedding/onnx-embedder.ts';
import { dimensions } from '../src/storage/sqlite/scan-kernel.ts';
import { openSqliteStore } from '../src/storage/sqlite/sqlite-store.ts';

/** A unit vector that points anywhere. */
export function randomUnitVector(next: () => number): Float32Array {
  const vector = Float32Array.from({ length: dimensions }, () => next() - 0.5);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/**
 * Adds memories `from` to `until` to a database, of one chunk each, with random vectors: making them by the model would
 * take minutes, and nothing that is timed afterwards depends on where they point.
 */
export async function addMadeMemories(
  path: string,
  from: number,
  until: number,
  textOf: () => string,
  next: () => number,
): Promise<void> {
  const embedder = new OnnxEmbedder({});
  const { modelHash } = await embedder.embed(['a text'], { priority: 'query' });
  await embedder.close();
  const store = await openSqliteStore({ path });
  for (let i = from; i < until; i++) {
    const text = textOf();
    await store.storeResource({
      project: null,
      fileName: `note-${i}`,
      resourceType: 'document',
      tags: [],
      metadata: null,
      origin: 'agent',
      createdAt: { text: new Date(0).toISOString(), ms: 0 },
      contentHash: `fill-${i}`,
      chunks: [
        { text, start: 0, end: text.length, searchText: searchText(text), vector: randomUnitVector(next) },
      ],
      modelHash,
      replace: false,
    });
  }
  await store.close();
}
