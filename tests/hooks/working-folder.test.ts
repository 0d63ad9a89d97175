import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { workingFolder } from '../../src/hooks/working-folder.ts';
import { temporaryFolder } from '../cli/run-ltmc.ts';

const root = temporaryFolder();
for (const way of ['packages/a', 'packages/b', 'site/site']) mkdirSync(join(root, way), { recursive: true });

test.each<[folder: string, outside: string[], inside: string[], expected: string]>([
  ['', [], [], ''],
  // The client stayed where it was.
  ['', ['packages/a'], [], 'packages/a'],
  ['', ['packages', 'a'], [], 'packages/a'],
  ['packages/a', [join(root, 'packages/b')], [], 'packages/b'],
  // It followed.
  ['packages/a', ['packages/a'], [], 'packages/a'],
  ['packages/a', ['./packages', 'a/'], [], 'packages/a'],
  ['packages/b', ['../b'], [], 'packages/b'],
  ['packages', ['..'], [], 'packages'],
  ['site', ['site'], [], 'site'],
  // It does not follow into parentheses.
  ['site', [], ['site'], 'site/site'],
  ['packages/a', [], ['..', 'b'], 'packages/b'],
  ['packages', ['packages'], ['a'], 'packages/a'],
  ['', ['$PACKAGE'], ['nowhere'], ''],
])('in %j outside %j, inside %j: %s', (folder, outside, inside, expected) => {
  expect(workingFolder(join(root, folder), { outside, inside })).toBe(join(root, expected));
});
