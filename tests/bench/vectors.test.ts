import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { forEachVector, writeMixedSet } from '../../bench/vectors/mixed-set.ts';
import { measureOpen, writeDatabase } from '../../bench/vectors/open.ts';
import { measureScan } from '../../bench/vectors/scan.ts';
import { dimensions } from '../../src/storage/sqlite/scan-kernel.ts';
import { dot, unitVector } from '../storage/made-vectors.ts';
import { temporaryFolder } from '../storage/temporary-folder.ts';

const real = Array.from({ length: 40 }, (_, i) => unitVector(i));

test('a mixed set holds the real vectors and then unit vectors near them, the same each time', () => {
  const folder = temporaryFolder();
  const [path, again] = [join(folder, 'a.f32'), join(folder, 'b.f32')];
  writeMixedSet(path, real, 5_000);
  writeMixedSet(again, real, 5_000);
  expect(readFileSync(path).equals(readFileSync(again))).toBe(true);
  const nearest: number[] = [];
  const taken: number[] = [];
  forEachVector(path, 5_000, (vector, index) => {
    taken.push(index);
    expect(dot(vector, vector)).toBeCloseTo(1, 4);
    if (index < real.length) expect([...vector]).toEqual([...(real[index] as Float32Array)]);
    else if (index % 50 === 0) nearest.push(Math.max(...real.map((one) => dot(one, vector))));
  });
  expect(taken).toEqual(Array.from({ length: 5_000 }, (_, i) => i));
  expect(Math.min(...nearest)).toBeGreaterThan(0.5);
});

test('the scan is measured with its recall and memory, and opening with and without the file', async () => {
  const folder = temporaryFolder();
  const [vectorsPath, path] = [join(folder, 'set.f32'), join(folder, 'ltmc.db')];
  writeMixedSet(vectorsPath, real, 4_500);
  const figures = await measureScan(vectorsPath, 4_500, [unitVector(1), unitVector(99)], 6);
  expect(figures.searchMs).toHaveLength(6);
  expect(figures.recallAt10).toBeGreaterThan(0.9);
  expect(Number.isFinite(figures.bytesPerVector)).toBe(true);
  await writeDatabase(path, vectorsPath, 4_500);
  for (const withFile of [false, true]) {
    const opened = await measureOpen(path, unitVector(1), withFile);
    expect(Object.values(opened).every((ms) => ms > 0)).toBe(true);
    expect(readFileSync(`${path}.vectors`).length).toBeGreaterThan(4_500 * dimensions);
  }
});
