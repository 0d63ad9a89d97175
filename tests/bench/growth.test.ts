import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/package-root.ts';

test('a growing database is measured at each size', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(packageRoot, 'bench', 'growth.ts'),
    ...['--sizes', '20,60', '--repetitions', '2'],
  ]);
  const rows = stdout.split('\n').filter((line) => /^\| \d/.test(line));
  expect(rows.map((row) => row.split('|').map((cell) => cell.trim())[1])).toEqual(['20', '60']);
  for (const row of rows) {
    const cells = row.split('|').slice(1, -1).map(Number);
    expect(cells).toHaveLength(9);
    expect(cells.every(Number.isFinite), row).toBe(true);
  }
});
