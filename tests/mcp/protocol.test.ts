import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import advertised from '../../src/mcp/advertised-tools.json' with { type: 'json' };
import { instructions } from '../../src/mcp/instructions.ts';
import { listedName } from '../../src/mcp/tool-spellings.ts';
import { programVersion } from '../../src/package-root.ts';
import { eras, type RunningServer, startServer } from './start-server.ts';

describe.each(eras)('a %s client', (era) => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer({ era });
  });
  afterAll(() => server.stop());

  test('learns who serves and when to call what', () => {
    expect(server.client.getServerVersion()).toMatchObject({ name: 'ltmc', version: programVersion() });
    expect(server.client.getInstructions()).toBe(instructions);
    expect(server.client.getServerCapabilities()).toEqual({ tools: {}, resources: {}, prompts: {} });
  });

  test('gets the list in its order, the same each time', async () => {
    const { tools } = await server.client.listTools();
    expect(tools).toEqual(advertised.tools);
    expect((await server.client.listTools()).tools).toEqual(tools);
  });

  test('gets a JSON-RPC error for a tool that there is not', async () => {
    await expect(server.client.callTool({ name: 'no_such_tool', arguments: {} })).rejects.toMatchObject({
      code: -32602,
      message: expect.stringContaining('"no_such_tool"'),
    });
  });

  test('gets a refusal as an answer, with a call that is accepted', async () => {
    const refusal = await server.refusal('store_memory', { file_name: 'a.md' });
    expect(refusal).toMatchObject({
      success: false,
      code: 'invalid_argument',
      error: 'Expected content to be a text, got nothing.',
    });
    expect(refusal.hint).toContain(JSON.stringify(refusal.example));
    expect(Object.keys(refusal).sort()).toEqual(['code', 'error', 'example', 'hint', 'success']);
  });
});

test('LTMC_TOOLS=core lists the core tools; the others could still be called', async () => {
  const server = await startServer({ environment: { LTMC_TOOLS: 'core' } });
  const { tools } = await server.client.listTools();
  expect(tools.map((tool) => tool.name)).toEqual(advertised.core);
  await server.stop();
});

test('the older spellings are resolved, and only those', () => {
  expect(listedName('analyze_code_patterns_tool')).toBe('analyze_code_patterns');
  expect(listedName('store_memory_tool')).toBe('store_memory_tool');
});

describe('a database that cannot be opened', () => {
  test('is the answer of each call; the server lives on and tries again', async () => {
    const server = await startServer({ environment: { LTMC_DB: '/dev/null/no/such/folder/ltmc.db' } });
    for (const attempt of [1, 2]) {
      const refusal = await server.refusal('memory_status');
      expect(refusal.code, `call ${attempt}`).not.toBe('internal_error');
      expect(refusal.hint).not.toBe('');
    }
    expect((await server.refusal('retrieve_memory', { query: '' })).code).toBe('invalid_argument');
    await server.stop();
  });
});
