import { createHash } from 'node:crypto';

/** Vectors of the last texts, the least recently used one leaves first. They belong to one model file. */
export class VectorCache {
  readonly #entriesMax: number;
  readonly #vectors = new Map<string, Float32Array>();
  #modelHash: string | null = null;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  /** Of the file that made the vectors; null while there are none. */
  get modelHash(): string | null {
    return this.#modelHash;
  }

  /** A copy: a caller may change what it was given. */
  get(key: string): Float32Array | null {
    const vector = this.#vectors.get(key);
    if (vector === undefined) return null;
    this.#vectors.delete(key);
    this.#vectors.set(key, vector);
    return vector.slice();
  }

  set(key: string, vector: Float32Array, modelHash: string): void {
    if (modelHash !== this.#modelHash) {
      this.#vectors.clear();
      this.#modelHash = modelHash;
    }
    this.#vectors.set(key, vector.slice());
    const [oldest] = this.#vectors.keys();
    if (this.#vectors.size > this.#entriesMax && oldest !== undefined) this.#vectors.delete(oldest);
  }
}

/** What a text is known by: of one size, however long the text. UTF-16, so that no two texts become one. */
export function textKey(text: string): string {
  return createHash('sha256').update(text, 'utf16le').digest('base64');
}
