import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../storage/temporary-folder.ts';

test('the runtime of the model keeps no id and nothing to be sent, in no folder of the user', () => {
  const [home, temporary] = [temporaryFolder(), temporaryFolder()];
  // Nothing of this environment comes along: the runtime is silent by itself where CI is set.
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'embed-once.ts')],
    { env: { PATH: process.env.PATH ?? '', HOME: home, TMPDIR: temporary }, encoding: 'utf8' },
  );
  expect([status, stdout.trim(), stderr]).toEqual([0, '384', '']);
  expect(readdirSync(home, { recursive: true })).toEqual([]);
  expect(readdirSync(temporary)).toEqual([]);
});
