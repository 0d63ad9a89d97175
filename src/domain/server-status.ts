import type { Embedder, EmbedderStatus, Store, StoreStatus } from './ports.ts';

export interface StatusReport {
  store: StoreStatus;
  model: EmbedderStatus & { name: string; dimensions: number };
  mode: 'hybrid' | 'lexical';
  /** One sentence each: what is wrong now and what to do about it. */
  problems: string[];
}

/** What memory_status tells. Does not load the model. */
export class ServerStatus {
  readonly #store: Store;
  readonly #embedder: Embedder;

  constructor(store: Store, embedder: Embedder) {
    this.#store = store;
    this.#embedder = embedder;
  }

  async report(): Promise<StatusReport> {
    const [store, embedder] = [await this.#store.status(), this.#embedder.status()];
    const problems: string[] = [];
    if (embedder.state === 'unavailable') {
      problems.push(`Searches are lexical only: ${embedder.reason ?? 'the model cannot be loaded'}`);
    }
    if (store.pendingVectors > 0) {
      problems.push(
        `${store.pendingVectors} vectors are still pending; until they are filled in, those texts are found by word only.`,
      );
    }
    return {
      store,
      model: { ...embedder, name: this.#embedder.modelName, dimensions: this.#embedder.dimensions },
      mode: embedder.state === 'unavailable' ? 'lexical' : 'hybrid',
      problems,
    };
  }
}
