import { expect, test } from 'vitest';
import * as z from 'zod';
import { LtmcError, toLtmcError } from '../../src/errors.ts';
import { callTool } from '../../src/tools/call-tool.ts';
import { type CallContext, defineTool } from '../../src/tools/tool.ts';

function toolThat(handler: () => Promise<{ number: number }>) {
  return defineTool({
    name: 'count_sheep',
    title: 'Count',
    description: 'Use to count.',
    input: z.object({ limit: z.int().optional() }),
    output: z.object({ number: z.int() }),
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
    access: 'read',
    core: false,
    example: { limit: 3 },
    handler,
  });
}

const noContext = async () => ({}) as CallContext;

test('an answer begins with success and ends with what was ignored', async () => {
  const tool = toolThat(async () => ({ number: 1 }));
  expect(await callTool(tool, { colour: 'black' }, noContext)).toEqual({
    success: true,
    number: 1,
    notices: ['Ignored the unknown argument "colour"'],
  });
});

test('an answer that the output schema refuses is our fault, told without its values', async () => {
  const tool = toolThat(async () => ({ number: 'secret' as unknown as number }));
  const error = await callTool(tool, {}, noContext).catch((thrown) => thrown);
  expect(error).not.toBeInstanceOf(LtmcError);
  expect(error.message).toBe(
    'count_sheep made an answer that its output schema refuses: number (invalid_type)',
  );
  expect(toLtmcError(error).code).toBe('internal_error');
});

test('a refusal found behind the schema shows a valid call; other failures stay as they are', async () => {
  const refusing = toolThat(async () => {
    throw new LtmcError('invalid_argument', 'Expected a sheep, got a goat.', 'Look again.');
  });
  const refusal = await callTool(refusing, {}, noContext).catch((thrown) => thrown);
  expect(refusal.hint).toBe('Look again. A valid call: {"name":"count_sheep","arguments":{"limit":3}}');
  expect(refusal.example).toEqual({ name: 'count_sheep', arguments: { limit: 3 } });

  const ignoring = await callTool(refusing, { n: 1 }, noContext).catch((thrown) => thrown);
  expect(ignoring.hint).toMatch(
    /^Look again\. Ignored the unknown argument "n"; did you mean limit\? A valid call: /,
  );

  const full = new LtmcError('disk_full', 'Expected room for 1 MB, got none.', 'Make room.');
  const tool = toolThat(async () => ({ number: 1 }));
  expect(await callTool(tool, {}, () => Promise.reject(full)).catch((thrown) => thrown)).toBe(full);
});

test('wrong arguments are told before a database is opened', async () => {
  let opened = 0;
  const open = async () => {
    opened++;
    return {} as CallContext;
  };
  await callTool(
    toolThat(async () => ({ number: 1 })),
    { limit: 'many' },
    open,
  ).catch(() => undefined);
  expect(opened).toBe(0);
});
