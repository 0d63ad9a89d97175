import { afterAll, beforeAll, expect, test } from 'vitest';
import { eras } from '../mcp/start-server.ts';
import { type RunningHttpServer, startHttpServer } from './http-server-process.ts';

let server: RunningHttpServer;
beforeAll(async () => {
  server = await startHttpServer();
});
afterAll(() => server.stop());

/** Each client uses the same JSON-RPC ids at the same time, which is where answers would be mixed up. */
test.each(eras)('answers of interleaved %s clients never cross', async (era) => {
  const clients = await Promise.all(['left', 'right', 'middle'].map(() => server.connect(era)));
  const calls = clients.flatMap((client, index) =>
    Array.from({ length: 25 }, async (_, count) => {
      const file = `${era}-${index}-${count}.md`;
      const stored = await client.callTool({
        name: 'store_memory',
        arguments: { file_name: file, content: `Lamp ${index}.${count} of the ${era} clients is green.` },
      });
      const { resource_id } = stored.structuredContent as { resource_id: number };
      const read = await client.callTool({ name: 'get_memory', arguments: { resource_id } });
      const { file_name, content } = read.structuredContent as { file_name: string; content: string };
      return { file, file_name, content, expected: `Lamp ${index}.${count} of the ${era} clients is green.` };
    }),
  );
  for (const { file, file_name, content, expected } of await Promise.all(calls)) {
    expect(file_name).toBe(file);
    expect(content).toBe(expected);
  }
  await Promise.all(clients.map((client) => client.close()));
});

test('over HTTP there is no working directory: the project is none, or that of --project', async () => {
  const client = await server.connect('modern');
  const status = await client.callTool({ name: 'memory_status', arguments: {} });
  expect(status.structuredContent).toMatchObject({ project: null });
  await client.close();

  const named = await startHttpServer({ args: ['--project', 'lamps'] });
  const other = await named.connect('modern');
  const answer = await other.callTool({ name: 'memory_status', arguments: {} });
  expect(answer.structuredContent).toMatchObject({ project: 'lamps' });
  await other.close();
  await named.stop();
});
