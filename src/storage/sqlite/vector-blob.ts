import { endianness } from 'node:os';

const littleEndian = endianness() === 'LE';

/** A vector as it is stored: its numbers as IEEE 754 float32, little-endian, without anything else. */
export function encodeVector(vector: Float32Array): Buffer {
  if (littleEndian) return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, i) => {
    bytes.writeFloatLE(value, i * 4);
  });
  return bytes;
}

export function decodeVector(bytes: Buffer): Float32Array {
  const length = bytes.byteLength / 4;
  if (littleEndian && bytes.byteOffset % 4 === 0)
    return new Float32Array(bytes.buffer, bytes.byteOffset, length);
  const vector = new Float32Array(length);
  if (littleEndian) new Uint8Array(vector.buffer).set(bytes);
  else for (let i = 0; i < vector.length; i++) vector[i] = bytes.readFloatLE(i * 4);
  return vector;
}

/** Dot product; of two unit vectors, their cosine. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
