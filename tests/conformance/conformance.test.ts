import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runConformance } from './run.ts';

const suite = dirname(
  createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json'),
);

/** The scenarios of servers that a revision requires, as frozen in the suite. */
function requiredScenarios(revision: string): string[] {
  const lines = readFileSync(join(suite, 'requirements', `${revision}.yaml`), 'utf8').split('\n');
  const from = lines.indexOf('server:') + 1;
  const to = lines.findIndex((line, index) => index > from && /^\w/.test(line));
  return lines
    .slice(from, to)
    .map((line) => /^ {2}- (\S+)/.exec(line)?.[1])
    .filter((name) => name !== undefined);
}

describe.each([
  { revision: '2026-07-28', scenarios: 37 },
  { revision: '2025-11-25', scenarios: 30 },
] as const)('$revision', ({ revision, scenarios }) => {
  test(`meets all ${scenarios} requirements of the official suite`, async () => {
    const { exitCode, output } = await runConformance(revision);
    const met = [...output.matchAll(/^✓ ([\w-]+): (\d+) passed, 0 failed$/gm)]
      .filter(([, , passed]) => Number(passed) > 0)
      .map(([, name]) => name);
    const required = requiredScenarios(revision);
    expect(required).toHaveLength(scenarios);
    expect(required.filter((name) => !met.includes(name))).toEqual([]);
    expect(exitCode, output).toBe(0);
  });
});
