import { limits } from '../limits.ts';
import { detachedString } from './detached-string.ts';

/** Vectors of the last queries, the least recently used one leaves first. They belong to one model file. */
export class QueryCache {
  readonly #vectors = new Map<string, Float32Array>();
  #modelHash: string | null = null;

  get(text: string): { vector: Float32Array; modelHash: string } | null {
    const vector = this.#vectors.get(text);
    if (vector === undefined || this.#modelHash === null) return null;
    this.#vectors.delete(text);
    this.#vectors.set(detachedString(text), vector);
    // A copy: a caller may change what it was given.
    return { vector: vector.slice(), modelHash: this.#modelHash };
  }

  set(text: string, vector: Float32Array, modelHash: string): void {
    if (modelHash !== this.#modelHash) {
      this.#vectors.clear();
      this.#modelHash = modelHash;
    }
    if (text.length > limits.queryCacheTextCharactersMax) return;
    this.#vectors.set(detachedString(text), vector.slice());
    const [oldest] = this.#vectors.keys();
    if (this.#vectors.size > limits.queryCacheEntriesMax && oldest !== undefined)
      this.#vectors.delete(oldest);
  }
}
