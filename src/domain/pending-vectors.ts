import { assertModelMissing } from '../errors.ts';
import { limits } from '../limits.ts';
import { embeddingText } from './embedding-text.ts';
import { messageEmbeddingText } from './message-text.ts';
import type { Embedder, PendingEmbedding, Store } from './ports.ts';

/**
 * Fills in vectors that were left pending, in the background and in batches behind everything else.
 * One run at a time in a process; other processes may fill in too, since a vector that is not pending any
 * more is left alone. It keeps no timer: it runs when nudged and ends when nothing is pending.
 */
export class PendingVectors {
  readonly #store: Store;
  readonly #embedder: Embedder;
  #running: Promise<void> | null = null;
  #nudgedAgain = false;
  #closed = false;
  #onFilled: (count: number) => void = () => {};
  /** Vectors whose text the model failed on, alone. They stay pending until another process tries. */
  readonly #refused = new Set<number>();

  constructor(store: Store, embedder: Embedder) {
    this.#store = store;
    this.#embedder = embedder;
  }

  /** Says that something may be pending. Returns at once. `onFailure` hears of a failure that is not the model's. */
  nudge(onFailure: (thrown: unknown) => void = () => {}): void {
    if (this.#closed) return;
    if (this.#running !== null) {
      this.#nudgedAgain = true;
      return;
    }
    this.#running = this.#run().catch(onFailure);
  }

  /** Ends after the batch that is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  /** Resolves when the present run has ended; for a command that must not leave anything pending. */
  async idle(onFilled: (count: number) => void = () => {}): Promise<void> {
    this.#onFilled = onFilled;
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      do {
        this.#nudgedAgain = false;
        while (!this.#closed && (await this.#fillBatch())) {
          // Each turn fills one batch.
        }
      } while (this.#nudgedAgain && !this.#closed);
    } finally {
      // In the same turn as the look at #nudgedAgain, so that no nudge falls between the two.
      this.#running = null;
    }
  }

  /** False when there is nothing left that can be filled in now. */
  async #fillBatch(): Promise<boolean> {
    // Those that the model refused are still pending, and the oldest.
    const oldest = await this.#store.pendingEmbeddings(limits.pendingBatchTextsMax + this.#refused.size);
    const pending = oldest.filter(({ vectorId }) => !this.#refused.has(vectorId));
    if (pending.length === 0) return false;
    try {
      return await this.#fill(pending);
    } catch (thrown) {
      if (!this.#mayGoOn(thrown)) return false;
    }
    // One of the texts is at fault, so each has its own try.
    for (const one of pending) {
      if (this.#closed) return false;
      try {
        await this.#fill([one]);
      } catch (thrown) {
        if (!this.#mayGoOn(thrown)) return false;
        this.#refused.add(one.vectorId);
      }
    }
    return this.#refused.size < limits.refusedVectorsMax;
  }

  /** False: another process was faster and goes on by itself. */
  async #fill(pending: readonly PendingEmbedding[]): Promise<boolean> {
    const { vectors, modelHash } = await this.#embedder.embed(pending.map(pendingText), { priority: 'bulk' });
    const filled = pending.flatMap(({ vectorId }, i) => {
      const vector = vectors[i];
      return vector ? [{ vectorId, vector }] : [];
    });
    const count = await this.#store.fillEmbeddings(filled, modelHash);
    this.#onFilled(count);
    return count > 0;
  }

  /** Without a model the vectors stay pending and the next nudge tries again; a model that is there refused a text. */
  #mayGoOn(thrown: unknown): boolean {
    assertModelMissing(thrown);
    return !this.#closed && this.#embedder.status().state !== 'unavailable';
  }
}

function pendingText({ ownerKind, role, sourceText, precedingText }: PendingEmbedding): string {
  if (ownerKind === 'message') return messageEmbeddingText(sourceText, precedingText ?? null);
  return embeddingText(role, sourceText);
}
