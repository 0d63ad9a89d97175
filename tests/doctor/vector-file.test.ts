import { existsSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { check, healthyDatabase, repair } from './checked-database.ts';

test('a damaged file of vectors is found, and removed by a repair that needs no backup', async () => {
  const { path } = await healthyDatabase();
  const codes = () => check(path).findings.map(({ code, level }) => `${level} ${code}`);
  expect(codes()).toEqual(['notice vectors_pending']);
  writeFileSync(`${path}.vectors`, 'what a broken disk left');
  expect(codes()).toEqual(['notice vector_file_damaged', 'notice vectors_pending']);
  expect(repair(path)).toEqual({
    backupPath: null,
    repairs: [{ code: 'vector_file_damaged', count: 1, message: 'file of vectors removed' }],
  });
  expect(existsSync(`${path}.vectors`)).toBe(false);
  expect(codes()).toEqual(['notice vectors_pending']);
});
