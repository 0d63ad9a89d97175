import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { limits } from '../../src/limits.ts';
import { RawServer } from './raw-server.ts';
import { makeFolder, program, startServer } from './start-server.ts';

let folder: string;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the end', () => {
  test('stdin closed: the process ends with 0', async () => {
    const server = new RawServer(folder);
    await server.initialize();
    server.child.stdin!.end();
    expect(await server.exited()).toEqual([0, null]);
  });

  test('stdin closed before anything came', async () => {
    const server = new RawServer(folder);
    server.child.stdin!.end();
    expect(await server.exited()).toEqual([0, null]);
    expect(server.lines).toEqual([]);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s: the process ends with 0', async (signal) => {
    const server = new RawServer(folder);
    await server.initialize();
    server.child.kill(signal);
    expect(await server.exited()).toEqual([0, null]);
  });

  test('the parent gone while stdin stays open: the process ends', async () => {
    // A shell that hands its own stdin on; a job in the background would get /dev/null otherwise.
    const server = new RawServer(folder, {
      program: '/bin/sh',
      args: ['-c', 'exec 3<&0; "$0" "$1" serve <&3 & wait', process.execPath, program],
    });
    await server.initialize();
    server.child.kill('SIGKILL');
    await server.closed();
  });

  test('requests that came before stdin closed are answered', async () => {
    const server = new RawServer(folder);
    await server.initialize();
    const answers = [2, 3, 4].map((id) => server.answerTo(id));
    for (const id of [2, 3, 4]) {
      server.call(id, 'store_memory', { file_name: `${id}.md`, content: `The lamp number ${id} is green.` });
    }
    server.child.stdin!.end();
    for (const answer of await Promise.all(answers))
      expect(answer.result.structuredContent.success).toBe(true);
    expect(await server.exited()).toEqual([0, null]);

    const again = await startServer({ folder });
    expect((await again.answer('memory_status')).counts.memories).toBe(3);
    await again.stop();
  });
});

describe('what comes in', () => {
  test('lines that are no messages are passed over', async () => {
    const server = new RawServer(folder);
    for (const line of ['', 'hello', '{"jsonrpc":"2.0"}', '[1,2]', '{"a":', '\u0000', 'null']) {
      server.child.stdin!.write(`${line}\n`);
    }
    await server.initialize();
    server.child.stdin!.end();
    expect(await server.exited()).toEqual([0, null]);
    for (const line of server.lines) expect(JSON.parse(line).jsonrpc).toBe('2.0');
  });

  test('a line beyond the bound ends the connection instead of filling memory', async () => {
    const server = new RawServer(folder);
    await server.initialize();
    server.child.stdin!.on('error', () => {});
    server.child.stdin!.write('x'.repeat(limits.stdioLineBytesMax + 1));
    expect(await server.exited()).toEqual([0, null]);
  });

  test('a cancelled call does not keep the process', async () => {
    const server = new RawServer(folder);
    await server.initialize();
    server.call(2, 'memory_status', {});
    server.send({ method: 'notifications/cancelled', params: { requestId: 2, reason: 'changed my mind' } });
    server.child.stdin!.end();
    expect(await server.exited()).toEqual([0, null]);
  });
});
