/**
 * The file of quantised vectors beside a database: what `VectorIndex` holds in memory, up to a change number. Made
 * of a mark of 8 bytes, the length of the header and its CRC-32 (uint32 each, little-endian), the header as JSON,
 * and the segments of memory as they are, each followed by its CRC-32. Whoever reads it believes nothing: a file that does
 * not fit in any way is no file.
 */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { endianness } from 'node:os';
import { crc32 } from 'node:zlib';
import { limits } from '../../limits.ts';
import { GroupedVectors, type VectorLayout } from './grouped-vectors.ts';
import { rowsPerBlock, rowsPerSegment, segmentBytes } from './slot-addresses.ts';
import { dimensions } from './vector-blocks.ts';

const mark = Buffer.from('LTMCVEC\x01', 'latin1');
const fixedBytes = mark.length + 8;
const sumBytes = 4;

/** The numbers in a file are those of the machine, and its rows are as this program divides them. */
const shape = { byteOrder: endianness(), dimensions, rowsPerBlock, rowsPerSegment, segmentBytes };

/** Which state of which database the vectors are of. */
export interface VectorFileState {
  storeId: string;
  /** StoreInfo.vectors_key of every database that has seen this state, and of no other. */
  key: string;
  lastChange: number;
}

export type VectorFileHeader = VectorFileState & VectorLayout;

/** `turn` lets other calls have theirs, after each segment. The file must not be there. */
export async function writeVectorFile(
  path: string,
  { storeId, key, lastChange }: VectorFileState,
  vectors: GroupedVectors,
  turn: () => Promise<void>,
): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    const header: VectorFileHeader = { storeId, key, lastChange, ...vectors.layout };
    const text = Buffer.from(JSON.stringify({ ...shape, ...header }));
    const begin = Buffer.alloc(fixedBytes);
    mark.copy(begin);
    begin.writeUInt32LE(text.length, mark.length);
    begin.writeUInt32LE(crc32(text), mark.length + 4);
    await writeAll(file, Buffer.concat([begin, text]));
    const bytes = Buffer.alloc(segmentBytes + sumBytes);
    for (let segment = 0; segment < segmentsOf(header); segment++) {
      // A copy, so that what changes while it is written does not change the sum. Each slot is of one moment; a
      // vector that changed since `lastChange` is taken over again by whoever reads the file.
      bytes.set(vectors.segment(segment));
      bytes.writeUInt32LE(crc32(bytes.subarray(0, segmentBytes)), segmentBytes);
      await writeAll(file, bytes);
      await turn();
    }
  } finally {
    await file.close();
  }
}

/** null: there is no file, or none that this program can use. */
export function readVectorFileHeader(path: string): VectorFileHeader | null {
  const file = opened(path);
  if (file === null) return null;
  try {
    return headerOf(file)?.header ?? null;
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}

/**
 * The vectors, where the file is whole and `fits` says that it is of the right state; else null. Stops after each
 * segment, so that other calls can have their turn.
 */
export function* readVectorFile(
  path: string,
  fits: (state: VectorFileState) => boolean,
): Generator<void, { vectors: GroupedVectors; state: VectorFileState } | null> {
  const file = opened(path);
  if (file === null) return null;
  try {
    const found = headerOf(file);
    if (found === null || !fits(found.header)) return null;
    const vectors = new GroupedVectors(found.header);
    const sum = Buffer.alloc(sumBytes);
    let at = found.bytes;
    for (let segment = 0; segment < segmentsOf(found.header); segment++) {
      const bytes = vectors.segment(segment);
      if (!readAll(file, bytes, at) || !readAll(file, sum, at + segmentBytes)) return null;
      if (crc32(bytes) !== sum.readUInt32LE(0)) return null;
      vectors.takeSegment(segment);
      at += segmentBytes + sumBytes;
      yield;
    }
    return { vectors, state: found.header };
  } catch {
    // Not readable, no JSON, blocks that do not fit: the rows are read instead.
    return null;
  } finally {
    closeSync(file);
  }
}

/** Whether a file is there that is damaged, or of no use to this program. */
export function isVectorFileUseless(path: string): boolean {
  if (!existsSync(path)) return false;
  const reading = readVectorFile(path, () => true);
  for (;;) {
    const step = reading.next();
    if (step.done === true) return step.value === null;
  }
}

function opened(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch {
    return null;
  }
}

function headerOf(file: number): { header: VectorFileHeader; bytes: number } | null {
  const begin = Buffer.alloc(fixedBytes);
  if (!readAll(file, begin, 0) || !begin.subarray(0, mark.length).equals(mark)) return null;
  const length = begin.readUInt32LE(mark.length);
  if (length > limits.vectorFileHeaderBytesMax) return null;
  const text = Buffer.alloc(length);
  if (!readAll(file, text, fixedBytes)) return null;
  if (crc32(text) !== begin.readUInt32LE(mark.length + 4)) return null;
  const header = JSON.parse(text.toString()) as VectorFileHeader & Record<string, unknown>;
  if (Object.entries(shape).some(([name, value]) => header[name] !== value)) return null;
  const bytes = fixedBytes + length;
  const whole = bytes + segmentsOf(header) * (segmentBytes + sumBytes);
  return fstatSync(file).size === whole ? { header, bytes } : null;
}

function segmentsOf({ groupOfBlock }: VectorLayout): number {
  return Math.ceil((groupOfBlock.length * rowsPerBlock) / rowsPerSegment);
}

/** False where the file ends before. */
function readAll(file: number, into: Uint8Array, at: number): boolean {
  for (let done = 0; done < into.length; ) {
    const bytesRead = readSync(file, into, done, into.length - done, at + done);
    if (bytesRead === 0) return false;
    done += bytesRead;
  }
  return true;
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done);
    done += bytesWritten;
  }
}
