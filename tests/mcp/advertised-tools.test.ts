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

const fullList = advertised.tools;
const coreList = advertised.tools.filter((tool) => advertised.core.includes(tool.name));

test('the list is small: 28 tools in 24,000 bytes, the 12 core ones in half of that', () => {
  expect([fullList.length, coreList.length]).toEqual([28, 12]);
  const bytes = listBytes(fullList);
  expect(bytes).toBeLessThanOrEqual(24_000);
  expect(listBytes(coreList)).toBeLessThanOrEqual(bytes / 2);
});

test('names, descriptions and inputs take 14,000 bytes, those of the core tools half of that', () => {
  const bytes = inputBytes(fullList);
  expect(bytes).toBeLessThanOrEqual(14_000);
  expect(inputBytes(coreList)).toBeLessThanOrEqual(bytes / 2);
});

function listBytes(list: typeof fullList): number {
  return Buffer.byteLength(JSON.stringify({ tools: list }));
}

/** What every client hands to its model. */
function inputBytes(list: typeof fullList): number {
  return list.reduce(
    (sum, { name, description, inputSchema }) =>
      sum + Buffer.byteLength(JSON.stringify({ name, description, inputSchema })),
    0,
  );
}

/** For these another tool is nearly always the better one, and a model should read that first. */
const seldomWanted = [
  'ask_with_context',
  'route_query',
  'build_context',
  'retrieve_by_type',
  'store_context_links',
  'auto_link_documents',
];

test('each description begins with when to use the tool and fits what clients keep', () => {
  for (const tool of tools) {
    const beginning = seldomWanted.includes(tool.name)
      ? /^Usually retrieve_memory is what you want[.:] /
      : /^Use (when|before|after|to) /;
    expect(tool.description, tool.name).toMatch(beginning);
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
