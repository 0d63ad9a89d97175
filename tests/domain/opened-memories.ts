import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Memories, type RetrieveInput, type StoreMemoryInput } from '../../src/domain/memories.ts';
import type { Embedder, Store } from '../../src/domain/ports.ts';
import { Reading } from '../../src/domain/reading.ts';
import { OnnxEmbedder } from '../../src/embedding/onnx-embedder.ts';
import { setLogLevel } from '../../src/log.ts';
import { realWorker } from '../embedding/worker-files.ts';
import { openedStore } from '../storage/opened-store.ts';
import { temporaryFolder } from '../storage/temporary-folder.ts';

// A missing model is what some of these tests are about.
setLogLevel('silent');

export const now = Date.parse('2026-03-01T12:00:00Z');

/** The real model, on its own thread until the test is over. */
export function realEmbedder(): OnnxEmbedder {
  return closedLater(new OnnxEmbedder({ workerFile: realWorker }));
}

/** An embedder whose files are missing: neither model nor tokenizer. */
export function missingModel(): OnnxEmbedder {
  const folder = temporaryFolder();
  return closedLater(new OnnxEmbedder({ workerFile: realWorker, modelDir: folder, shippedModelDir: folder }));
}

function closedLater(embedder: OnnxEmbedder): OnnxEmbedder {
  onTestFinished(() => embedder.close());
  return embedder;
}

/** Memories over a new database. */
export async function openedMemories(
  embedder: Embedder = realEmbedder(),
  path = join(temporaryFolder(), 'ltmc.db'),
): Promise<{ memories: Memories; reading: Reading; store: Store; path: string }> {
  const store = await openedStore({ path });
  return {
    memories: new Memories(store, embedder, () => now),
    reading: new Reading(store, embedder),
    store,
    path,
  };
}

export function memory(content: string, more: Partial<StoreMemoryInput> = {}): StoreMemoryInput {
  return {
    project: 'shop',
    fileName: 'notes.md',
    content,
    resourceType: 'document',
    tags: [],
    metadata: null,
    replace: false,
    origin: 'agent',
    ...more,
  };
}

export function question(query: string, more: Partial<RetrieveInput> = {}): RetrieveInput {
  return {
    scope: { project: 'shop' },
    query,
    topK: 3,
    maxTokens: 2_000,
    includeWeak: false,
    explain: false,
    ...more,
  };
}
