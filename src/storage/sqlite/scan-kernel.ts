import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../package-root.ts';
import { largestAbsolute } from './largest-absolute.ts';

/** The model's vectors; the kernels' loops are written for this length. */
export const dimensions = 384;

/** Where the kernels read the query and write what they found; what the caller keeps begins behind it. */
export const kernelBytes = 65_536;
/** Of one scan, so that its matches have room. */
export const scannedRowsMax = 4_096;

const shortQueryAt = 1_024;
const matchesAt = 2_048;
const shortQueryOffset = 64;

type PlainScan = (
  row: number,
  scale: number,
  count: number,
  slot: number,
  queryScale: number,
  floor: number,
  match: number,
) => number;
type RelaxedScan = (
  row: number,
  scale: number,
  correction: number,
  count: number,
  slot: number,
  queryScale: number,
  floor: number,
  match: number,
) => number;

/** Rows that lie one behind another, by the addresses of the first. */
export interface RowsAt {
  row: number;
  scale: number;
  correction: number;
}

/** What a row's sum is times: each product of the relaxed kernel is too large by so much. */
export function correctionOf(row: Int8Array): number {
  let sum = 0;
  for (let i = 0; i < dimensions; i++) sum += row[i] as number;
  return shortQueryOffset * sum;
}

/**
 * The compiled loops over one memory, and one query at a time in it. The query is kept with 16 bits for single
 * rows and with 7 for many, where the engine has relaxed SIMD; without it, with 16 for all.
 */
export class ScanKernel {
  readonly #memory: WebAssembly.Memory;
  readonly #plain: PlainScan;
  readonly #relaxed: RelaxedScan | null;
  #scale = 1;
  #shortScale = 1;

  constructor(memory: WebAssembly.Memory, { relaxed = true } = {}) {
    this.#memory = memory;
    this.#plain = compiled('scan-kernel', memory) as PlainScan;
    this.#relaxed = relaxed ? (compiled('scan-kernel-relaxed', memory) as RelaxedScan | null) : null;
  }

  setQuery(query: Float32Array): void {
    const largest = largestAbsolute(query);
    this.#scale = largest / 32_767 || 1;
    this.#shortScale = largest / 63 || 1;
    const words = new Int16Array(this.#memory.buffer, 0, dimensions);
    const bytes = new Uint8Array(this.#memory.buffer, shortQueryAt, dimensions);
    for (let i = 0; i < dimensions; i++) {
      const value = query[i] as number;
      words[i] = Math.round(value / this.#scale);
      bytes[i] = Math.round(value / this.#shortScale) + shortQueryOffset;
    }
  }

  /**
   * Looks for approximate cosines of at least `floor` among rows that have the slots from `slot` on; returns how
   * many there are. `count` is a multiple of 4.
   */
  scan({ row, scale, correction }: RowsAt, count: number, slot: number, floor: number): number {
    if (this.#relaxed === null) {
      return this.#plain(row, scale, count, slot, this.#scale, floor, matchesAt);
    }
    return this.#relaxed(row, scale, correction, count, slot, this.#shortScale, floor, matchesAt);
  }

  /** The approximate cosine of one row; null where there is none. */
  cosineOf({ row, scale }: RowsAt): number | null {
    const found = this.#plain(row, scale, 1, 0, this.#scale, Number.NEGATIVE_INFINITY, matchesAt);
    return found === 0 ? null : (new Float32Array(this.#memory.buffer, matchesAt + 4, 1)[0] as number);
  }

  /** The slots and the cosines that the last scan found: two numbers each, in turns. */
  matches(count: number): { slots: Int32Array; cosines: Float32Array } {
    return {
      slots: new Int32Array(this.#memory.buffer, matchesAt, 2 * count),
      cosines: new Float32Array(this.#memory.buffer, matchesAt, 2 * count),
    };
  }
}

/** null: this engine lacks what it needs. */
function compiled(name: string, memory: WebAssembly.Memory): unknown {
  const bytes = readFileSync(join(packageRoot, 'dist', `${name}.wasm`));
  if (name === 'scan-kernel-relaxed' && !WebAssembly.validate(bytes)) return null;
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { host: { memory } }).exports.scan;
}
