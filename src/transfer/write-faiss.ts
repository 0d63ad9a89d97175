import { writeFileWith } from './buffered-file.ts';

export interface FaissVectors {
  count: number;
  dimensions: number;
  ids(): Iterable<bigint>;
  /** Little-endian float32, in the order of the ids. */
  blobs(): Iterable<Uint8Array>;
}

const innerProduct = 0;
/** Stands where older versions of faiss kept something. */
const unusedNumber = 1n << 20n;

/**
 * Writes a FAISS index: an IndexIDMap ("IxMp") over an IndexFlatIP ("IxFI"), as faiss/impl/index_write.cpp lays
 * them out on a little-endian machine. The ids are vector ids; unit vectors make the inner product the cosine.
 */
export function writeFaiss(path: string, vectors: FaissVectors): void {
  const { count, dimensions } = vectors;
  writeFileWith(path, (file) => {
    file.write(indexHeader('IxMp', count, dimensions));
    file.write(indexHeader('IxFI', count, dimensions));
    // The codes' length is counted in floats.
    file.write(int64(BigInt(count * dimensions)));
    for (const blob of vectors.blobs()) file.write(blob);
    file.write(int64(BigInt(count)));
    for (const id of vectors.ids()) file.write(int64(id));
  });
}

/** fourcc, d (int32), ntotal (int64), twice an unused int64, is_trained (one byte), metric_type (int32). */
function indexHeader(name: string, count: number, dimensions: number): Buffer {
  const bytes = Buffer.alloc(37);
  bytes.write(name, 0, 'latin1');
  bytes.writeInt32LE(dimensions, 4);
  bytes.writeBigInt64LE(BigInt(count), 8);
  bytes.writeBigInt64LE(unusedNumber, 16);
  bytes.writeBigInt64LE(unusedNumber, 24);
  bytes.writeUInt8(1, 32);
  bytes.writeInt32LE(innerProduct, 33);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}
