import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connected, connectBy, ways } from './every-way.ts';
import { makeFolder } from './start-server.ts';

describe.each(ways)('a $era client over $transport', (way) => {
  let folder: string;
  let server: Connected;
  beforeAll(async () => {
    folder = await makeFolder();
    server = await connectBy(way, folder);
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const read = async (uri: string) => {
    const { contents } = await server.client.readResource({ uri });
    expect(contents).toEqual([{ uri, mimeType: 'application/json', text: expect.any(String) }]);
    return JSON.parse((contents[0] as { text: string }).text);
  };

  test('sees one resource and two templates', async () => {
    const { resources } = await server.client.listResources();
    expect(resources.map((resource) => resource.uri)).toEqual(['ltmc://status']);
    const { resourceTemplates } = await server.client.listResourceTemplates();
    expect(resourceTemplates.map((template) => template.uriTemplate)).toEqual([
      'ltmc://memory/{id}',
      'ltmc://pattern/{id}',
    ]);
  });

  test('reads what the tools give', async () => {
    const { resource_id } = await server.answer('store_memory', { file_name: 'a.md', content: 'A text.' });
    expect(await read(`ltmc://memory/${resource_id}`)).toEqual(
      await server.answer('get_memory', { resource_id }),
    );
    const attempt = { input_prompt: 'x', generated_code: 'y', result: 'pass' };
    const { pattern_id } = await server.answer('log_code_attempt', attempt);
    expect(await read(`ltmc://pattern/${pattern_id}`)).toEqual(
      await server.answer('get_memory', { ref: `pattern-${pattern_id}` }),
    );
    expect(await read('ltmc://status')).toMatchObject({
      success: true,
      counts: { memories: 1, patterns: 1 },
    });
  });

  test.each([
    'ltmc://memory/999',
    'ltmc://pattern/999',
    'ltmc://memory/0',
    'ltmc://memory/1/../../etc/passwd',
    'ltmc://memory/%31',
    'ltmc://memory/{id}',
    'ltmc://status/',
    'ltmc://todo/1',
    'file:///etc/passwd',
    'not a uri',
  ])('%s is not found', async (uri) => {
    // The era of 2025 has a code of its own for this.
    await expect(server.client.readResource({ uri })).rejects.toMatchObject({
      code: way.era === 'modern' ? -32602 : expect.toBeOneOf([-32002, -32602]),
      message: expect.not.stringContaining(folder),
    });
  });

  test('gets prompts that name the tools', async () => {
    const { prompts } = await server.client.listPrompts();
    expect(prompts.map((prompt) => prompt.name)).toEqual(['recall_before_coding', 'log_after_testing']);
    const recall = await server.client.getPrompt({
      name: 'recall_before_coding',
      arguments: { task: 'parse durations', file_name: 'durations.py' },
    });
    const [message] = recall.messages;
    expect(message?.role).toBe('user');
    const text = JSON.stringify(message?.content);
    for (const part of [
      'Task: parse durations',
      'File: durations.py',
      'get_code_patterns',
      'retrieve_memory',
    ]) {
      expect(text).toContain(part);
    }
    const log = await server.client.getPrompt({ name: 'log_after_testing' });
    expect(JSON.stringify(log.messages)).toContain('log_code_attempt');
  });

  test.each([
    ['no_such_prompt', {}],
    ['recall_before_coding', {}],
    ['recall_before_coding', { task: ' ' }],
    ['recall_before_coding', { task: 'x'.repeat(20_001) }],
  ])('prompt %s is refused where something is missing or wrong', async (name, args) => {
    await expect(server.client.getPrompt({ name, arguments: args })).rejects.toMatchObject({ code: -32602 });
  });
});
