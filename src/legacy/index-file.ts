import { existsSync } from 'node:fs';
import { limits } from '../limits.ts';
import { FileReader } from './file-reader.ts';
import { readPickledVectors, type VectorPositions } from './pickle-vectors.ts';

const modelDimensions = 384;
/** `IxF2`, int32 dimensions, int64 vectors, two int64 fillers, a byte, int32 metric, uint64 numbers. */
const faissHeaderBytes = 45;
const metricL2 = 1;

/**
 * The vectors of an old index file, read one by one. They carry no ids: vector k belongs to the k-th chunk by
 * `ResourceChunks.id`. They serve the comparison alone, so whatever is wrong with the file costs nothing else.
 */
export class IndexFile {
  readonly format: 'pickle' | 'faiss';
  readonly count: number;
  readonly #reader: FileReader;
  readonly #offsetOf: (position: number) => number;

  private constructor(
    format: 'pickle' | 'faiss',
    reader: FileReader,
    count: number,
    offsetOf: (position: number) => number,
  ) {
    this.format = format;
    this.#reader = reader;
    this.count = count;
    this.#offsetOf = offsetOf;
  }

  /** The file, or half a sentence that says why it is of no use. */
  static open(path: string): IndexFile | { problem: string } {
    if (!existsSync(path)) return { problem: 'there is no such file' };
    let reader: FileReader | undefined;
    try {
      reader = new FileReader(path, limits.legacyIndexBytesMax);
      if (reader.size === 0) throw new Error('it is empty');
      return reader.at(0, Math.min(4, reader.size)).toString('latin1') === 'IxF2'
        ? IndexFile.#openFaiss(reader)
        : IndexFile.#openPickle(reader);
    } catch (thrown) {
      reader?.close();
      return { problem: thrown instanceof Error ? thrown.message : 'it cannot be read' };
    }
  }

  static #openPickle(reader: FileReader): IndexFile {
    const { dimensions, offsets }: VectorPositions = readPickledVectors(reader);
    if (dimensions !== modelDimensions) throw new Error(`its vectors have ${dimensions} dimensions`);
    return new IndexFile('pickle', reader, offsets.length, (position) => offsets[position] as number);
  }

  static #openFaiss(reader: FileReader): IndexFile {
    const header = Buffer.from(reader.at(0, faissHeaderBytes));
    const dimensions = header.readInt32LE(4);
    const count = Number(header.readBigInt64LE(8));
    if (dimensions !== modelDimensions) throw new Error(`its vectors have ${dimensions} dimensions`);
    if (header.readInt32LE(33) !== metricL2) throw new Error('it is no IndexFlatL2');
    if (count < 0 || count > limits.legacyIndexVectorsMax) throw new Error(`it says it has ${count} vectors`);
    if (
      Number(header.readBigUInt64LE(37)) !== count * dimensions ||
      reader.size !== faissHeaderBytes + count * dimensions * 4
    ) {
      throw new Error('its size does not fit its header');
    }
    return new IndexFile('faiss', reader, count, (position) => faissHeaderBytes + position * dimensions * 4);
  }

  /** The vector at a place counted from 0, of unit length; null where it holds no finite numbers. */
  vector(position: number): Float32Array | null {
    const bytes = this.#reader.at(this.#offsetOf(position), modelDimensions * 4);
    const vector = Float32Array.from({ length: modelDimensions }, (_, i) => bytes.readFloatLE(i * 4));
    const length = Math.hypot(...vector);
    return Number.isFinite(length) && length > 0 ? vector.map((value) => value / length) : null;
  }

  close(): void {
    this.#reader.close();
  }
}
