import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/package-root.ts';

const { scripts } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const benches = Object.entries(scripts).filter(([name]) => name.startsWith('bench:'));

test.each(benches)('npm run %s -- --help says what it measures, and measures nothing', (_, command) => {
  const [, program = ''] = /^node (bench\/\S+\.ts)/.exec(command) ?? [];
  const printed = execFileSync(process.execPath, [join(packageRoot, program), '--help'], {
    encoding: 'utf8',
  });
  const source = readFileSync(join(packageRoot, program), 'utf8');
  const lines = printed.trim().split('\n');
  expect(lines.length).toBeGreaterThan(3);
  expect(source).toContain(lines[0]);
  expect(source.startsWith('/**')).toBe(true);
});
