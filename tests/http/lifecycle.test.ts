import { statSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runLtmc } from '../cli/run-ltmc.ts';
import { environmentIn, makeFolder, startServer } from '../mcp/start-server.ts';
import { modernCall, type RunningHttpServer, startHttpServer } from './http-server-process.ts';

let folder: string;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const ltmc = (...words: string[]) => runLtmc(words, { environment: environmentIn(folder), cwd: folder });
const mode = (...parts: string[]) => statSync(join(folder, ...parts)).mode & 0o777;

describe('the first token', () => {
  test('is made once, in a file that its owner alone reads; only its hash is kept elsewhere', async () => {
    const first = await startHttpServer({ folder });
    expect(first.token).toMatch(/^ltmc_[\w-]{43}$/);
    expect(first.tokens.list()).toMatchObject([{ scope: 'admin', name: 'first' }]);
    if (process.platform !== 'win32') {
      expect(mode('ltmc.db.token')).toBe(0o600);
      expect(mode('ltmc.db.tokens')).toBe(0o700);
      for (const file of await readdir(join(folder, 'ltmc.db.tokens'))) {
        expect(mode('ltmc.db.tokens', file)).toBe(0o600);
        expect(await readFile(join(folder, 'ltmc.db.tokens', file), 'utf8')).not.toContain(first.token);
      }
    }
    await first.stop();

    const again = await startHttpServer({ folder });
    expect(again.token).toBe(first.token);
    expect(again.tokens.list()).toHaveLength(1);
    expect(again.stderr()).not.toContain('first token');
    await again.stop();
  });

  test('two servers that start at once make one', async () => {
    const servers = await Promise.all([startHttpServer({ folder }), startHttpServer({ folder })]);
    const { token, tokens } = servers[0];
    expect(tokens.list()).toHaveLength(1);
    for (const server of servers) {
      expect((await server.send(modernCall(token, 'memory_status', {}))).status).toBe(200);
      await server.stop();
    }
  });

  test('goes from its file when it is revoked, and the next start makes another', async () => {
    const server = await startHttpServer({ folder });
    await server.stop();
    expect((await ltmc('token', 'revoke', 'first')).code).toBe(0);
    expect(await readdir(folder)).not.toContain('ltmc.db.token');
    const again = await startHttpServer({ folder });
    expect(again.token).not.toBe(server.token);
    await again.stop();
  });
});

describe('ltmc token', () => {
  test('makes a token that works, shows it once, lists it without it, and revokes it', async () => {
    const created = await ltmc('token', 'create', '--scope', 'read', '--name', 'laptop', '--json');
    const { token, id } = JSON.parse(created.stdout);
    const server = await startHttpServer({ folder });
    expect((await server.send(modernCall(token, 'memory_status', {}))).status).toBe(200);
    // There was a token already.
    expect(server.token).toBe('');

    const listed = await ltmc('token', 'list');
    expect(listed.stdout).toContain(`${id}  read`);
    expect(listed.stdout + listed.stderr).not.toContain(token);
    const revoked = await ltmc('token', 'revoke', id);
    expect(revoked.code).toBe(0);
    expect((await server.send(modernCall(token, 'memory_status', {}))).status).toBe(401);
    await server.stop();
  });

  test('prints the token alone on stdout', async () => {
    const created = await ltmc('token', 'create', '--scope', 'admin');
    expect(created.stdout).toMatch(/^ltmc_[\w-]{43}\n$/);
    expect(created.stderr).not.toContain('ltmc_');
  });

  test.each([
    [['token', 'create'], 2],
    [['token', 'create', '--scope', 'root'], 2],
    [['token', 'burn'], 2],
    [['token', 'revoke'], 2],
    [['token', 'revoke', '../../ltmc.db'], 1],
  ])('%j ends with %i', async (words, code) => {
    const ran = await ltmc(...words);
    expect(ran.code).toBe(code);
    expect(ran.stderr).toContain('Expected');
  });

  test('shows what steers a terminal in a name', async () => {
    await ltmc('token', 'create', '--scope', 'read', '--name', 'a\u001b[31mred');
    expect((await ltmc('token', 'list')).stdout).not.toContain('\u001b');
  });
});

describe('an open server', () => {
  test.each([
    [['--no-auth', '--host', '0.0.0.0']],
    [['--no-auth', '--host', '192.0.2.1', '--allowed-host', 'memory.example']],
    [['--host', '0.0.0.0']],
    [['--host', '::']],
  ])('%j is refused', async (words) => {
    const ran = await ltmc('serve', '--http', '--port', '0', ...words);
    expect(ran.code).toBe(2);
  });

  test('is one that --no-auth was typed for, on this machine, and it says so', async () => {
    const server = await startHttpServer({ folder, args: ['--no-auth'] });
    const { headers, ...call } = modernCall('', 'memory_status', {});
    const { Authorization: _left, ...others } = headers ?? {};
    expect((await server.send({ ...call, headers: others })).status).toBe(200);
    expect(
      (await server.send({ ...call, headers: { ...others, Origin: 'http://localhost:1' } })).status,
    ).toBe(403);
    expect(server.stderr()).toContain('no token is asked for');
    expect(server.tokens.list()).toEqual([]);
    await server.stop();
  });

  test('no setting, variable or file can open it', async () => {
    const server = await startHttpServer({
      folder,
      environment: { LTMC_NO_AUTH: '1', LTMC_HTTP_NO_AUTH: '1' },
    });
    expect((await server.send(modernCall('', 'memory_status', {}))).status).toBe(401);
    await server.stop();
    expect((await ltmc('serve', '--no-auth')).code).toBe(2);
    expect((await ltmc('serve', '--port', '1')).code).toBe(2);
  });

  test('a port that is taken is named', async () => {
    const server = await startHttpServer({ folder });
    const ran = await ltmc('serve', '--http', '--port', String(server.port));
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(`port ${server.port}`);
    expect((await ltmc('serve', '--http', '--port', '70000')).code).toBe(1);
    await server.stop();
  });
});

describe('the end', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: the process ends with 0, open streams or not',
    async (signal) => {
      const server = await startHttpServer({ folder });
      const clients = await Promise.all([server.connect('legacy'), server.connect('modern')]);
      server.signal(signal);
      expect(await server.exited()).toBe(0);
      await Promise.all(clients.map((client) => client.close().catch(() => undefined)));
    },
  );

  test('a call that was begun is answered, and what it stored is there', async () => {
    const server = await startHttpServer({ folder, args: ['--log-level', 'info'] });
    const answer = await callAcrossTheEnd(server);
    expect(answer).toContain('HTTP/1.1 200 OK');
    expect(answer).toContain('"success":true');
    expect(await server.exited()).toBe(0);

    const reader = await startServer({ folder });
    expect((await reader.answer('memory_status')).counts.memories).toBe(1);
    await reader.stop();
  });
});

/** Sends the head of a call, ends the server, and sends the body when the server says that it is ending. */
function callAcrossTheEnd(server: RunningHttpServer): Promise<string> {
  const { headers, body = '' } = modernCall(server.token, 'store_memory', {
    file_name: 'late.md',
    content: 'The lamp is green.',
  });
  const head = ['POST /mcp HTTP/1.1', `Host: 127.0.0.1:${server.port}`]
    .concat(Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`))
    .concat('Expect: 100-continue', `Content-Length: ${Buffer.byteLength(body)}`, '', '');
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ host: '127.0.0.1', port: server.port }, () => socket.write(head.join('\r\n')));
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
      if (!answer.includes('100 Continue') || answer.includes('200 OK')) return;
      server.signal('SIGTERM');
      const watch = setInterval(() => {
        if (!server.stderr().includes('The server ends.')) return;
        clearInterval(watch);
        socket.write(body);
      }, 5);
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}
