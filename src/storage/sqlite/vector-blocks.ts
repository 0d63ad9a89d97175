import { limits } from '../../limits.ts';
import type { BestOwners } from './best-owners.ts';
import { largestAbsolute } from './largest-absolute.ts';
import {
  correctionOf,
  dimensions,
  helperMatches,
  kernelBytes,
  type MatchArea,
  ownMatches,
  ScanKernel,
} from './scan-kernel.ts';
import { ScanThread } from './scan-thread.ts';
import {
  ownersOffset,
  rowsAt,
  rowsPerSegment,
  scalesOffset,
  segmentAt,
  segmentBytes,
  vectorsOffset,
} from './slot-addresses.ts';
import { type Stretch, StretchQueue, stretchesMax } from './stretch-queue.ts';

export { dimensions } from './scan-kernel.ts';

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

export interface VectorBlocksOptions {
  /** False leaves relaxed SIMD out even where the engine has it: what a test compares. */
  relaxed?: boolean;
  /** How many rows a search must look at for a second thread. Default: limits.scanThreadRowsMin. */
  threadFromRows?: number;
  /** Of that thread. Default: see ScanThread. */
  threadFile?: string;
}

/**
 * Vectors quantised to int8, each with a scale of its own (its largest absolute value / 127) and with the ids of
 * its row and of its owner, in memory that the scan kernels of two threads read. A slot without a vector has the scale NaN. It
 * grows by segments and never moves one. 408 bytes a vector.
 */
export class VectorBlocks {
  readonly #memory = new WebAssembly.Memory({
    initial: kernelBytes / pageBytes,
    maximum: pagesMax,
    shared: true,
  });
  readonly #kernel: ScanKernel;
  readonly #queue = new StretchQueue(this.#memory);
  readonly #thread: ScanThread;
  readonly #threadFromRows: number;
  #segments = 0;
  #bytes = new Int8Array(this.#memory.buffer);
  #floats = new Float32Array(this.#memory.buffer);
  #words = new Int32Array(this.#memory.buffer);
  #doubles = new Float64Array(this.#memory.buffer);

  constructor({ relaxed = true, threadFromRows, threadFile }: VectorBlocksOptions = {}) {
    this.#kernel = new ScanKernel(this.#memory, { relaxed });
    this.#thread = new ScanThread({ memory: this.#memory, relaxed }, threadFile);
    this.#threadFromRows = threadFromRows ?? limits.scanThreadRowsMin;
  }

  /** Whether a second thread is ready to help. */
  get hasThread(): boolean {
    return this.#thread.isRunning;
  }

  /** Writes a unit vector into a slot; slots are counted from 0 and may be written again. */
  set(slot: number, vector: Float32Array, vectorId: number, ownerId: number): void {
    this.reserve(slot + 1);
    const { row, scale, correction } = rowsAt(slot);
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
    const { row, scale, correction } = rowsAt(slot);
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
    const scale = this.#floats[rowsAt(slot).scale / 4] as number;
    const ids = Number.isSafeInteger(this.ownerId(slot)) && Number.isSafeInteger(this.vectorId(slot));
    return Number.isNaN(scale) || (scale > 0 && Number.isFinite(scale) && ids);
  }

  isFree(slot: number): boolean {
    return Number.isNaN(this.#floats[rowsAt(slot).scale / 4]);
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

  /** Adds the owner of each slot whose approximate cosine with the query reaches the floor, which rises meanwhile. */
  scan(stretches: readonly Stretch[], best: BestOwners): void {
    const rows = stretches.reduce((sum, { count }) => sum + count, 0);
    if (rows >= this.#threadFromRows) this.#thread.start();
    for (let first = 0; first < stretches.length; first += stretchesMax) {
      const job = stretches.slice(first, first + stretchesMax);
      if (this.hasThread && this.#scanTogether(job, best)) continue;
      for (const stretch of job) this.#scanStretch(stretch, best);
    }
  }

  /** False: the other thread was lost; what was added by then is right, and may be added again. */
  #scanTogether(job: readonly Stretch[], best: BestOwners): boolean {
    let done = 0;
    this.#queue.open(job, best.floor);
    for (let stretch = this.#queue.claim(); stretch !== null; stretch = this.#queue.claim()) {
      this.#scanStretch(stretch, best);
      this.#queue.floor = best.floor;
      done++;
    }
    const found = this.#queue.foundByHelper(done, limits.scanHelpMsMax);
    if (found === null) this.#thread.giveUp();
    else this.#add(helperMatches, found, best);
    return found !== null;
  }

  #scanStretch({ first, count }: Stretch, best: BestOwners): void {
    this.#add(ownMatches, this.#kernel.scan(rowsAt(first), count, first, best.floor, ownMatches), best);
  }

  #add(area: MatchArea, found: number, best: BestOwners): void {
    if (found === 0) return;
    const { slots, cosines } = this.#kernel.matches(area, found);
    for (let i = 0; i < 2 * found; i += 2) {
      best.add(this.ownerId(slots[i] as number), cosines[i + 1] as number);
    }
    best.cut();
  }

  /** The approximate cosine of the query with one slot; null where it is free. */
  cosineOf(slot: number): number | null {
    return this.#kernel.cosineOf(rowsAt(slot));
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

  #doubleAt(slot: number, offset: number): number {
    return (segmentAt(slot) + offset) / 8 + (slot % rowsPerSegment);
  }
}
