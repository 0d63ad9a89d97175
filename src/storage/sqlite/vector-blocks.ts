import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../package-root.ts';

/** The model's vectors; the kernel's loop is written for this length. */
export const dimensions = 384;

const rowsPerBlock = 4096;
const blockBytes = rowsPerBlock * (dimensions + 4 + 4);
const queryBytes = 1024;
const pageBytes = 65_536;
const pagesMax = 65_536;

type Scan = (query: number, row: number, scale: number, score: number, count: number) => void;

/**
 * Vectors quantised to int8, each with a scale of its own (its largest absolute value / 127), in memory
 * that the scan kernel reads. It grows by blocks and never moves one. 392 bytes a vector.
 */
export class VectorBlocks {
  readonly #memory = new WebAssembly.Memory({ initial: 1, maximum: pagesMax });
  readonly #scan: Scan;
  #blocks = 0;

  constructor() {
    const kernel = new WebAssembly.Module(readFileSync(join(packageRoot, 'dist', 'scan-kernel.wasm')));
    const instance = new WebAssembly.Instance(kernel, { host: { memory: this.#memory } });
    this.#scan = instance.exports.scan as Scan;
  }

  /** Writes a unit vector into a slot; slots are counted from 0 and may be written again. */
  set(slot: number, vector: Float32Array): void {
    const block = Math.floor(slot / rowsPerBlock);
    while (this.#blocks <= block) this.#addBlock();
    const index = slot % rowsPerBlock;
    const scale = largestAbsolute(vector) / 127 || 1;
    const row = new Int8Array(this.#memory.buffer, this.#rowsAt(block) + index * dimensions, dimensions);
    for (let i = 0; i < dimensions; i++) row[i] = Math.round((vector[i] as number) / scale);
    new Float32Array(this.#memory.buffer, this.#scalesAt(block), rowsPerBlock)[index] = scale;
  }

  /** The approximate cosine of the query with slots 0..count-1, written to `scores`. */
  scan(query: Float32Array, count: number, scores: Float32Array): void {
    const scale = largestAbsolute(query) / 127 || 1;
    const words = new Int16Array(this.#memory.buffer, 0, dimensions);
    for (let i = 0; i < dimensions; i++) words[i] = Math.round((query[i] as number) / scale);
    for (let block = 0; block * rowsPerBlock < count; block++) {
      const first = block * rowsPerBlock;
      const rows = Math.min(rowsPerBlock, count - first);
      const scoresAt = this.#scoresAt(block);
      this.#scan(0, this.#rowsAt(block), this.#scalesAt(block), scoresAt, rows);
      scores.set(new Float32Array(this.#memory.buffer, scoresAt, rows), first);
    }
    for (let i = 0; i < count; i++) scores[i] = (scores[i] as number) * scale;
  }

  #addBlock(): void {
    const bytesNeeded = queryBytes + (this.#blocks + 1) * blockBytes;
    const pagesMissing = Math.ceil(bytesNeeded / pageBytes) - this.#memory.buffer.byteLength / pageBytes;
    if (pagesMissing > 0) this.#memory.grow(pagesMissing);
    this.#blocks++;
  }

  #rowsAt(block: number): number {
    return queryBytes + block * blockBytes;
  }
  #scalesAt(block: number): number {
    return this.#rowsAt(block) + rowsPerBlock * dimensions;
  }
  #scoresAt(block: number): number {
    return this.#scalesAt(block) + rowsPerBlock * 4;
  }
}

function largestAbsolute(vector: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < dimensions; i++) {
    const value = Math.abs(vector[i] as number);
    if (value > largest) largest = value;
  }
  return largest;
}
