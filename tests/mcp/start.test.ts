import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RawServer } from './raw-server.ts';
import { makeFolder, program } from './start-server.ts';

let folder: string;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('to the list of tools, no module of Node is loaded that only tools need', async () => {
  const list = join(folder, 'loaded.json');
  const writer = join(folder, 'write-loaded.cjs');
  writeFileSync(
    writer,
    `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(list)}, JSON.stringify(process.moduleLoadList)));`,
  );
  const server = new RawServer(folder, { args: ['--require', writer, program, 'serve'] });
  await server.initialize();
  const answer = server.answerTo(2);
  server.send({ id: 2, method: 'tools/list' });
  await answer;
  server.child.stdin!.end();
  await server.exited();

  const loaded = JSON.parse(readFileSync(list, 'utf8')) as string[];
  expect(loaded).toContain('NativeModule fs');
  // The streams of files come with the namespace of node:fs; see scripts/plain-builtins.ts.
  for (const name of ['crypto', 'worker_threads', 'child_process', 'http', 'internal/fs/streams'])
    expect(loaded).not.toContain(`NativeModule ${name}`);
});

test('a server that ends leaves its compiled code to the next one', async () => {
  const kept = () =>
    readdirSync(join(folder, 'cache'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      /protocol-library-\w+\.cjs\.code$/.test(name),
    );
  for (let start = 0; start < 2; start++) {
    const server = new RawServer(folder);
    await server.initialize();
    server.child.stdin!.end();
    await server.exited();
    expect(kept()).toHaveLength(1);
  }
});

test('schemas that only a client needs are not in the server', () => {
  const dist = dirname(program);
  const library = readdirSync(dist).find((name) => name.startsWith('protocol-library-'))!;
  const text = readFileSync(join(dist, library), 'utf8');
  expect(text).toContain('InitializeRequestSchema');
  expect(text).not.toContain('OAuthTokensSchema');
});
