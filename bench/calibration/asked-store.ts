import {
  type Confidence,
  confidenceOf,
  type Evidence,
  evidenceExcess,
  evidenceOf,
} from '../../src/domain/confidence.ts';
import { contentHash } from '../../src/domain/memory-text.ts';
import type { SearchInput, Store } from '../../src/domain/ports.ts';
import { bm25Weight, coverageMeasure, ranked } from '../../src/domain/ranking.ts';
import { queryWords, searchText } from '../../src/domain/words.ts';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';

/** A memory, by its passages. */
export interface Stored {
  /** null: nothing is asked of it. */
  id: string | null;
  passages: readonly { text: string; vector: Float32Array }[];
}

export interface Question {
  /** What it is counted with. */
  source: string;
  text: string;
  /** Ids of what answers it; none: nothing does. */
  gold: readonly string[];
}

export interface Answer extends Question {
  confidence: Confidence;
  /** At or above 0 an answer is given. */
  excess: number;
  isRightFirst: boolean;
  evidence: Evidence;
  /** The strongest of cosine + coverage. */
  candidates: readonly { cosine: number; coverage: number }[];
}

const candidatesKept = 10;

/** A database of the product, filled and asked through its port. */
export class AskedStore {
  readonly #store: Store;
  readonly #idOfChunk = new Map<number, string | null>();
  #chunks = 0;

  private constructor(store: Store) {
    this.#store = store;
  }

  static async open(path: string): Promise<AskedStore> {
    return new AskedStore(await openSqliteStore({ path }));
  }

  get chunks(): number {
    return this.#chunks;
  }

  async add(memories: readonly Stored[]): Promise<void> {
    for (const { id, passages } of memories) {
      await this.#store.storeResource({
        project: null,
        fileName: `memory-${this.#idOfChunk.size}`,
        resourceType: 'document',
        tags: [],
        metadata: null,
        origin: 'agent',
        createdAt: { text: new Date(0).toISOString(), ms: 0 },
        contentHash: contentHash(`${this.#chunks}`),
        chunks: passages.map(({ text, vector }) => ({
          text,
          start: 0,
          end: text.length,
          searchText: searchText(text),
          vector,
        })),
        modelHash: 'kept',
        replace: false,
      });
      // In a new database ids count from 1 in the order of writing.
      for (const _ of passages) this.#idOfChunk.set(++this.#chunks, id);
    }
  }

  async ask(question: Question, vector: Float32Array): Promise<Answer> {
    const words = queryWords(question.text);
    const found = await this.#search({ words, vector, bm25Weight });
    const evidence = evidenceOf(found, { words, vector });
    const coverageOf = coverageMeasure(found.lexical);
    const first = ranked(found.hits, (hit) => hit.chunkId)[0];
    const firstId = first === undefined ? null : this.#idOfChunk.get(first.hit.chunkId);
    return {
      ...question,
      confidence: confidenceOf(evidence),
      excess: evidenceExcess(evidence),
      isRightFirst: question.gold.some((id) => id === firstId),
      evidence,
      candidates: found.hits
        .map((hit) => ({ cosine: hit.cosine ?? 0, coverage: coverageOf(hit.bm25) }))
        .sort((a, b) => b.cosine + b.coverage - a.cosine - a.coverage)
        .slice(0, candidatesKept),
    };
  }

  /** Of the memories that nothing is asked of, the largest cosine with this vector. */
  async nearestFilling(vector: Float32Array): Promise<number> {
    const { hits } = await this.#search({ words: [], vector });
    const filling = hits.filter((hit) => this.#idOfChunk.get(hit.chunkId) === null);
    return Math.max(-1, ...filling.map((hit) => hit.cosine ?? -1));
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  #search(input: SearchInput) {
    return this.#store.searchChunks(input, { scope: 'all' });
  }
}
