import { expect, test } from 'vitest';
import { limits } from '../../src/limits.ts';
import { advertise } from '../../src/mcp/advertise.ts';
import advertised from '../../src/mcp/advertised-tools.json' with { type: 'json' };
import { instructions } from '../../src/mcp/instructions.ts';
import { tools } from '../../src/tools/index.ts';

/** `npx vitest run tests/mcp/advertised-tools.test.ts -u` writes the list anew after a tool has changed. */
test('the list that the server sends without loading the tools is the tools as they are', async () => {
  const list = {
    core: tools.filter((tool) => tool.core).map((tool) => tool.name),
    tools: tools.map(advertise),
  };
  await expect(`${JSON.stringify(list, null, 1)}\n`).toMatchFileSnapshot(
    '../../src/mcp/advertised-tools.json',
  );
});

test('names, descriptions and inputs leave room for all 28 tools in 14,000 bytes', () => {
  const bytes = advertised.tools.reduce(
    (sum, { name, description, inputSchema }) =>
      sum + Buffer.byteLength(JSON.stringify({ name, description, inputSchema })),
    0,
  );
  // Those that are still to come are smaller: 400 bytes each.
  expect(bytes + (28 - advertised.tools.length) * 400).toBeLessThanOrEqual(14_000);
});

test('each description begins with when to use the tool and fits what clients keep', () => {
  for (const tool of tools) {
    expect(tool.description, tool.name).toMatch(/^Use (when|before|after|to) /);
    expect(tool.description.length, tool.name).toBeLessThanOrEqual(300);
  }
});

test('the instructions fit what clients keep and name every core tool', () => {
  expect(instructions.length).toBeLessThanOrEqual(limits.instructionsCharactersMax);
  for (const name of advertised.core) expect(instructions).toContain(name);
});

test('annotations agree with what a tool may do', () => {
  for (const tool of tools) {
    expect(tool.annotations.readOnlyHint, tool.name).toBe(tool.access === 'read');
  }
});
