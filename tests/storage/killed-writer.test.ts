import { join } from 'node:path';
import { expect, test } from 'vitest';
import { killWriters } from '../torture/kill-writers.ts';
import { temporaryFolder } from './temporary-folder.ts';

test('what was acknowledged survives SIGKILL at any moment, and nothing is there by half', async () => {
  const seed = Date.now() % 1_000_000;
  console.info(`killed writers: seed ${seed}`);
  const path = join(temporaryFolder(), 'ltmc.db');
  const report = await killWriters({ path, rounds: 5, writers: 2, seed });
  expect(report.problems, `seed ${seed}`).toEqual([]);
  // The test would prove nothing if the writers had never come to write.
  expect(report.acknowledgedWrites).toBeGreaterThan(0);
});
