import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LtmcError } from '../../src/errors.ts';
import { callTool } from '../../src/tools/call-tool.ts';
import { tools } from '../../src/tools/index.ts';
import { parseCall } from '../../src/tools/parse-call.ts';

/** Arguments with the tool's own names often enough that the values are reached. */
function argumentsFor(names: string[]) {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.string({ unit: 'binary' }),
    fc.array(fc.string()),
    fc.integer().map(String),
    fc.jsonValue().map((part) => JSON.stringify(part)),
    fc.constantFrom(null, '', [], '*', 'pass', '\ud800', '\u0000', '__proto__', '2025-02-30', 'memory-1'),
  );
  const name = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...names) },
    { weight: 1, arbitrary: fc.string() },
  );
  return fc.oneof(
    { weight: 8, arbitrary: fc.array(fc.tuple(name, value)).map((entries) => Object.fromEntries(entries)) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
}

const reached = new Error('The arguments were accepted; no database is opened here.');

test.each(tools.map((tool) => [tool.name, tool] as const))(
  '%s: any JSON is either read, or refused with a code, a hint and a call that is accepted',
  async (_, tool) => {
    let accepted = 0;
    let refused = 0;
    const judge = async (raw: unknown) => {
      const error = await callTool(tool, raw, () => Promise.reject(reached)).catch((thrown) => thrown);
      if (error === reached) {
        accepted++;
        return;
      }
      refused++;
      if (!(error instanceof LtmcError)) throw error;
      expect(['invalid_argument', 'too_large']).toContain(error.code);
      expect(error.message).toMatch(/^Expected /);
      expect(error.hint).toContain('A valid call: {');
      expect(error.example?.name).toBe(tool.name);
      parseCall(tool, error.example?.arguments);
    };
    await fc.assert(fc.asyncProperty(argumentsFor(Object.keys(tool.input.shape)), judge), { numRuns: 200 });
    await judge(tool.example);
    expect(Math.min(accepted, refused)).toBeGreaterThan(0);
  },
);
