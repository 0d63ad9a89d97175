import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFaiss } from '../../src/transfer/write-faiss.ts';
import { temporaryFolder } from '../storage/temporary-folder.ts';
import { exported } from './exported-file.ts';
import { exportTo } from './transfer-run.ts';

/** What faiss 1.15.1 writes for the vectors (1, 0) and (0.6, 0.8) under the ids 7 and 9000000000. */
const ofFaiss =
  '49784d70020000000200000000000000000010000000000000001000000000000100000000' +
  '49784649020000000200000000000000000010000000000000001000000000000100000000' +
  '04000000000000000000803f000000009a99193fcdcc4c3f02000000000000000700000000' +
  '000000001a711802000000';

test('an index is written as faiss writes it', () => {
  const path = join(temporaryFolder(), 'two.faiss');
  const vectors = [
    [1, 0],
    [0.6, 0.8],
  ];
  writeFaiss(path, {
    count: 2,
    dimensions: 2,
    ids: () => [7n, 9_000_000_000n],
    blobs: () => vectors.map((vector) => Buffer.from(Float32Array.from(vector).buffer)),
  });
  expect(readFileSync(path).toString('hex')).toBe(ofFaiss);
});

test('export --faiss writes every vector that is there, under its vector id', async () => {
  const { folder, path } = await exported();
  const target = join(folder, 'vectors.faiss');
  const { rows, modelHashes } = exportTo(path, target, { faiss: true });
  // 17 embeddings, one of them pending.
  expect(rows).toEqual({ vectors: 16 });
  expect(modelHashes).toHaveLength(1);
  const bytes = readFileSync(target);
  expect(bytes.byteLength).toBe(37 + 37 + 8 + 16 * 384 * 4 + 8 + 16 * 8);
  const ids = Array.from({ length: 16 }, (_, i) =>
    Number(bytes.readBigInt64LE(bytes.byteLength - 16 * 8 + i * 8)),
  );
  // 5 is pending and 18 was removed.
  expect(ids).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]);
});
