import { mkdirSync, writeFileSync } from 'node:fs';
import type { Chooser } from './odd-values.ts';

/** An index file that is of little or no use; returns what it is. */
export function writeOddIndex(path: string, choose: Chooser): string {
  const kinds = {
    empty: Buffer.alloc(0),
    'a JSON mapping': Buffer.from('{"1": [0.1, 0.2], "2": [0.3]}'),
    'a pickle that runs a command': Buffer.from("\x80\x04cos\nsystem\n(S'false'\ntR.", 'latin1'),
    'a pickle of another object': Buffer.from('80049507000000000000007d948c0161944b01732e', 'hex'),
    'an empty FAISS index': faiss(384, 0, Buffer.alloc(0)),
    'a FAISS index of 768 dimensions': faiss(768, 1, Buffer.alloc(768 * 4)),
    'a FAISS index of another kind': Buffer.concat([Buffer.from('IwFl'), Buffer.alloc(200)]),
    'a FAISS index of zeros': faiss(384, 2, Buffer.alloc(2 * 384 * 4)),
    'a FAISS index that is cut off': faiss(384, 5, Buffer.alloc(384 * 4)),
    'a FAISS index that promises too much': faiss(384, 2 ** 48, Buffer.alloc(384 * 4)),
    'a FAISS index with NaN': faiss(384, 1, Buffer.alloc(384 * 4, 0xff)),
    'more vectors than chunks': faiss(384, 40, Buffer.alloc(40 * 384 * 4, 0x3d)),
  };
  const names = Object.keys(kinds) as (keyof typeof kinds)[];
  if (choose.chance(0.08)) {
    mkdirSync(path);
    return 'an index file that is a folder';
  }
  const name = choose.one(names);
  writeFileSync(path, kinds[name]);
  return `index file: ${name}`;
}

function faiss(dimensions: number, count: number, vectors: Buffer): Buffer {
  const header = Buffer.alloc(45);
  header.write('IxF2', 'latin1');
  header.writeInt32LE(dimensions, 4);
  header.writeBigInt64LE(BigInt(count), 8);
  header.writeBigInt64LE(1n << 20n, 16);
  header.writeBigInt64LE(1n << 20n, 24);
  header[32] = 1;
  header.writeInt32LE(1, 33);
  header.writeBigUInt64LE(BigInt(count) * BigInt(dimensions), 37);
  return Buffer.concat([header, vectors]);
}
