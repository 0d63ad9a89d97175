import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../package-root.ts';
import { largestAbsolute } from './largest-absolute.ts';

/** The model's vectors; the kernels' loops are written for this length. */
export const dimensions = 384;

/** Of one scan, so that its matches have room. */
export const scannedRowsMax = 4_096;

/** A thread's part of the memory that its kernel writes matches to. */
export interface MatchArea {
  at: number;
  matchesMax: number;
}
export const ownMatches: MatchArea = { at: 2_048, matchesMax: scannedRowsMax };
/** What threads tell each other stands here (stretch-queue.ts). */
export const queueAt = 36_864;
/** Of the thread that helps: what it finds in several scans is read once. */
export const helperMatches: MatchArea = { at: 65_536, matchesMax: 4 * scannedRowsMax };
/** Where the kernels read the query and write what they found; what the caller keeps begins behind it. */
export const kernelBytes = 196_608;

const shortQueryAt = 1_024;
/** Two float32: what a step of the query is worth, with 16 bits and with 7. */
const queryScalesAt = 1_536;
const shortQueryOffset = 64;
const matchBytes = 8;

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
 * The compiled loops over one memory, and one query at a time in it, which the kernels of all threads read. The query is
 * kept with 16 bits for single rows and with 7 for many, where the engine has relaxed SIMD; without it, with 16
 * for all.
 */
export class ScanKernel {
  readonly #memory: WebAssembly.Memory;
  readonly #plain: PlainScan;
  readonly #relaxed: RelaxedScan | null;
  readonly #queryScales: Float32Array;

  constructor(memory: WebAssembly.Memory, { relaxed = true } = {}) {
    this.#memory = memory;
    this.#queryScales = new Float32Array(memory.buffer, queryScalesAt, 2);
    this.#plain = compiled('scan-kernel', memory) as PlainScan;
    this.#relaxed = relaxed ? (compiled('scan-kernel-relaxed', memory) as RelaxedScan | null) : null;
  }

  setQuery(query: Float32Array): void {
    const largest = largestAbsolute(query);
    const scale = largest / 32_767 || 1;
    const shortScale = largest / 63 || 1;
    this.#queryScales.set([scale, shortScale]);
    const words = new Int16Array(this.#memory.buffer, 0, dimensions);
    const bytes = new Uint8Array(this.#memory.buffer, shortQueryAt, dimensions);
    for (let i = 0; i < dimensions; i++) {
      const value = query[i] as number;
      words[i] = Math.round(value / scale);
      bytes[i] = Math.round(value / shortScale) + shortQueryOffset;
    }
  }

  /**
   * Looks for approximate cosines of at least `floor` among rows that have the slots from `slot` on; returns how
   * many there are. They are written behind the first `found` matches of the area. `count` is a multiple of 4.
   */
  scan(
    { row, scale, correction }: RowsAt,
    count: number,
    slot: number,
    floor: number,
    area: MatchArea,
    found = 0,
  ): number {
    const match = area.at + found * matchBytes;
    const [queryScale, shortScale] = this.#queryScales as unknown as [number, number];
    if (this.#relaxed === null) return this.#plain(row, scale, count, slot, queryScale, floor, match);
    return this.#relaxed(row, scale, correction, count, slot, shortScale, floor, match);
  }

  /** The approximate cosine of one row; null where there is none. */
  cosineOf({ row, scale }: RowsAt): number | null {
    const queryScale = this.#queryScales[0] as number;
    const { at } = ownMatches;
    const found = this.#plain(row, scale, 1, 0, queryScale, Number.NEGATIVE_INFINITY, at);
    return found === 0 ? null : (new Float32Array(this.#memory.buffer, at + 4, 1)[0] as number);
  }

  /** The slots and the cosines of the first matches of an area: two numbers each, in turns. */
  matches({ at }: MatchArea, count: number): { slots: Int32Array; cosines: Float32Array } {
    return {
      slots: new Int32Array(this.#memory.buffer, at, 2 * count),
      cosines: new Float32Array(this.#memory.buffer, at, 2 * count),
    };
  }
}

/** null: this engine lacks what it needs. */
function compiled(name: string, memory: WebAssembly.Memory): unknown {
  const bytes = readFileSync(join(packageRoot, 'dist', `${name}.wasm`));
  if (name === 'scan-kernel-relaxed' && !WebAssembly.validate(bytes)) return null;
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { host: { memory } }).exports.scan;
}
