import { fitTexts } from './fit-texts.ts';
import { cursorAfter, type ListPage, positionOf } from './page-cursor.ts';
import type { ContextLink, Embedder, LinkedMessage, LinkStatistics, ReadScope, Store } from './ports.ts';

/** A message in an answer with a budget. */
export interface ListedMessage {
  message: LinkedMessage;
  /** There was no room for its text. */
  isCut: boolean;
}

/** Which chunks were used by which messages. */
export class ContextLinks {
  readonly #store: Store;
  readonly #embedder: Embedder;

  constructor(store: Store, embedder: Embedder) {
    this.#store = store;
    this.#embedder = embedder;
  }

  /** All or nothing; returns how many of the pairs are new. Throws `not_found`. */
  put(messageId: number, chunkIds: readonly number[]): Promise<number> {
    return this.#store.storeLinks(messageId, [...new Set(chunkIds)]);
  }

  /** In the order of the chunks' ids. */
  async ofMessage(
    messageId: number,
    { limit, cursor }: ListPage,
  ): Promise<{ links: ContextLink[]; nextCursor?: string }> {
    const { rows, more } = await this.#store.linksOfMessage(messageId, { limit, after: positionOf(cursor) });
    return { links: rows, ...cursorAfter(more, rows.at(-1)?.chunkId) };
  }

  /** Newest first, with at most `tokensMax` tokens of text. */
  async messagesOfChunk(
    chunkId: number,
    { limit, cursor }: ListPage,
    tokensMax: number,
  ): Promise<{ messages: ListedMessage[]; nextCursor?: string }> {
    const { rows, more } = await this.#store.messagesOfChunk(chunkId, { limit, after: positionOf(cursor) });
    const contents = rows.map((row) => row.content);
    const { fits } = await fitTexts(this.#embedder, contents, tokensMax);
    return {
      messages: rows.map((message, i) => ({ message, isCut: !(fits[i] ?? true) })),
      ...cursorAfter(more, rows.at(-1)?.messageId),
    };
  }

  statistics(scope: ReadScope, limit: number): Promise<LinkStatistics> {
    return this.#store.linkStatistics(scope, limit);
  }
}
