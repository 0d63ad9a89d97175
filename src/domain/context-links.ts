import type { ContextLink, LinkedMessage, LinkStatistics, Page, Store } from './ports.ts';

/** Which chunks were used by which messages. */
export class ContextLinks {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** All or nothing; returns how many of the pairs are new. Throws `not_found`. */
  put(messageId: number, chunkIds: readonly number[]): Promise<number> {
    return this.#store.storeLinks(messageId, [...new Set(chunkIds)]);
  }

  ofMessage(messageId: number, page: Page): Promise<{ rows: ContextLink[]; more: boolean }> {
    return this.#store.linksOfMessage(messageId, page);
  }

  messagesOfChunk(chunkId: number, page: Page): Promise<{ rows: LinkedMessage[]; more: boolean }> {
    return this.#store.messagesOfChunk(chunkId, page);
  }

  statistics(limit: number): Promise<LinkStatistics> {
    return this.#store.linkStatistics(limit);
  }
}
