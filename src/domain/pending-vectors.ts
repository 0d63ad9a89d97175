import { LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';
import { embeddingText } from './embedding-text.ts';
import type { Embedder, Store } from './ports.ts';

/**
 * Fills in vectors that were left pending, in the background and in small batches behind everything else.
 * One run at a time in a process; other processes may fill in too, since a vector that is not pending any
 * more is left alone. It keeps no timer: it runs when nudged and ends when nothing is pending.
 */
export class PendingVectors {
  readonly #store: Store;
  readonly #embedder: Embedder;
  #running: Promise<void> | null = null;
  #nudgedAgain = false;
  #closed = false;

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
  async idle(): Promise<void> {
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
    const pending = await this.#store.pendingEmbeddings(limits.pendingBatchTextsMax);
    if (pending.length === 0) return false;
    try {
      const { vectors, modelHash } = await this.#embedder.embed(
        pending.map(({ role, sourceText }) => embeddingText(role, sourceText)),
        { priority: 'bulk' },
      );
      const filled = pending.flatMap(({ vectorId }, i) => {
        const vector = vectors[i];
        return vector ? [{ vectorId, vector }] : [];
      });
      // None: another process was faster and goes on by itself.
      return (await this.#store.fillEmbeddings(filled, modelHash)) > 0;
    } catch (thrown) {
      // Without a model they stay pending; the next nudge tries again.
      if (thrown instanceof LtmcError && thrown.code === 'model_unavailable') return false;
      throw thrown;
    }
  }
}
