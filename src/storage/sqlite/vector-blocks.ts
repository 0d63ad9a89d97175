import { largestAbsolute } from './largest-absolute.ts';
import { correctionOf, dimensions, kernelBytes, ScanKernel, scannedRowsMax } from './scan-kernel.ts';

export { dimensions } from './scan-kernel.ts';

/** Rows that belong together: a block is scanned or left out as a whole. */
export const rowsPerBlock = 64;
export const rowsPerSegment = scannedRowsMax;

/** A segment's parts one behind another: its rows, their scales, corrections, owner ids and vector ids. */
const scalesOffset = rowsPerSegment * dimensions;
const correctionsOffset = scalesOffset + rowsPerSegment * 4;
const ownersOffset = correctionsOffset + rowsPerSegment * 4;
const vectorsOffset = ownersOffset + rowsPerSegment * 8;
export const segmentBytes = vectorsOffset + rowsPerSegment * 8;

const pageBytes = 65_536;
const pagesMax = 65_536;
/** What fits in the largest memory there can be. */
const slotsMax = Math.floor((pagesMax * pageBytes - kernelBytes) / segmentBytes) * rowsPerSegment;

/** There are more vectors than this process can hold. */
export class VectorsBeyondMemory extends Error {
  constructor(count: number, options?: ErrorOptions) {
    super(`Expected memory for ${count} vectors; it cannot be had, so the words alone decide.`, options);
  }
}

/**
 * Vectors quantised to int8, each with a scale of its own (its largest absolute value / 127) and with the ids of
 * its row and of its owner, in memory that the scan kernels read. A slot without a vector has the scale NaN. It
 * grows by segments and never moves one. 408 bytes a vector.
 */
export class VectorBlocks {
  readonly #memory = new WebAssembly.Memory({ initial: kernelBytes / pageBytes, maximum: pagesMax });
  readonly #kernel: ScanKernel;
  #segments = 0;
  #bytes = new Int8Array(0);
  #floats = new Float32Array(0);
  #words = new Int32Array(0);
  #doubles = new Float64Array(0);

  /** Without relaxed SIMD even where the engine has it: what a test compares. */
  constructor(options: { relaxed?: boolean } = {}) {
    this.#kernel = new ScanKernel(this.#memory, options);
  }

  /** Writes a unit vector into a slot; slots are counted from 0 and may be written again. */
  set(slot: number, vector: Float32Array, vectorId: number, ownerId: number): void {
    this.reserve(slot + 1);
    const { row, scale, correction } = this.#rowsAt(slot);
    const step = largestAbsolute(vector) / 127 || 1;
    const bytes = this.#bytes.subarray(row, row + dimensions);
    for (let i = 0; i < dimensions; i++) bytes[i] = Math.round((vector[i] as number) / step);
    this.#words[correction / 4] = correctionOf(bytes);
    this.#doubles[this.#doubleAt(slot, ownersOffset)] = ownerId;
    this.#doubles[this.#doubleAt(slot, vectorsOffset)] = vectorId;
    this.#floats[scale / 4] = step;
  }

  /** Nothing of the vector is left but its ids. */
  clear(slot: number): void {
    const { row, scale, correction } = this.#rowsAt(slot);
    this.#floats[scale / 4] = Number.NaN;
    this.#words[correction / 4] = 0;
    this.#bytes.fill(0, row, row + dimensions);
  }

  /** A segment as it lies in memory: what a file of it holds. */
  segment(index: number): Uint8Array {
    return new Uint8Array(this.#bytes.buffer, kernelBytes + index * segmentBytes, segmentBytes);
  }

  /** Whether what stands in a slot can be a vector with its ids, or is none. */
  isSound(slot: number): boolean {
    const scale = this.#floats[this.#rowsAt(slot).scale / 4] as number;
    const ids = Number.isSafeInteger(this.ownerId(slot)) && Number.isSafeInteger(this.vectorId(slot));
    return Number.isNaN(scale) || (scale > 0 && Number.isFinite(scale) && ids);
  }

  isFree(slot: number): boolean {
    return Number.isNaN(this.#floats[this.#rowsAt(slot).scale / 4]);
  }

  // Not of 32 bits: migrated rows keep ids that may be large, or below 0.
  ownerId(slot: number): number {
    return this.#doubles[this.#doubleAt(slot, ownersOffset)] as number;
  }
  vectorId(slot: number): number {
    return this.#doubles[this.#doubleAt(slot, vectorsOffset)] as number;
  }

  setQuery(query: Float32Array): void {
    this.#kernel.setQuery(query);
  }

  /**
   * Hands over each slot of `count` from `first` on whose approximate cosine with the query is at least `floor`.
   * Whole blocks, all in one segment.
   */
  scan(
    first: number,
    count: number,
    floor: number,
    take: (ownerId: number, cosine: number, slot: number) => void,
  ): void {
    const found = this.#kernel.scan(this.#rowsAt(first), count, first, floor);
    if (found === 0) return;
    const { slots, cosines } = this.#kernel.matches(found);
    for (let i = 0; i < 2 * found; i += 2) {
      const slot = slots[i] as number;
      take(this.ownerId(slot), cosines[i + 1] as number, slot);
    }
  }

  /** The approximate cosine of the query with one slot; null where it is free. */
  cosineOf(slot: number): number | null {
    return this.#kernel.cosineOf(this.#rowsAt(slot));
  }

  /** Makes room for so many slots, free ones. Throws VectorsBeyondMemory, and then nothing changed. */
  reserve(slots: number): void {
    const segments = Math.ceil(slots / rowsPerSegment);
    if (segments <= this.#segments) return;
    if (slots > slotsMax) throw new VectorsBeyondMemory(slots);
    const pages = Math.ceil((kernelBytes + segments * segmentBytes) / pageBytes);
    const missing = pages - this.#memory.buffer.byteLength / pageBytes;
    if (missing > 0) this.#grow(missing, slots);
    this.#bytes = new Int8Array(this.#memory.buffer);
    this.#floats = new Float32Array(this.#memory.buffer);
    this.#words = new Int32Array(this.#memory.buffer);
    this.#doubles = new Float64Array(this.#memory.buffer);
    for (; this.#segments < segments; this.#segments++) {
      const scalesAt = (kernelBytes + this.#segments * segmentBytes + scalesOffset) / 4;
      this.#floats.fill(Number.NaN, scalesAt, scalesAt + rowsPerSegment);
    }
  }

  #grow(pages: number, slots: number): void {
    try {
      this.#memory.grow(pages);
    } catch (cause) {
      throw new VectorsBeyondMemory(slots, { cause });
    }
  }

  #rowsAt(slot: number) {
    const segmentAt = kernelBytes + Math.floor(slot / rowsPerSegment) * segmentBytes;
    const index = slot % rowsPerSegment;
    return {
      row: segmentAt + index * dimensions,
      scale: segmentAt + scalesOffset + index * 4,
      correction: segmentAt + correctionsOffset + index * 4,
    };
  }

  #doubleAt(slot: number, offset: number): number {
    const segmentAt = kernelBytes + Math.floor(slot / rowsPerSegment) * segmentBytes;
    return (segmentAt + offset) / 8 + (slot % rowsPerSegment);
  }
}
