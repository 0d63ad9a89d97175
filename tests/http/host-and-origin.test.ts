import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningHttpServer, startHttpServer } from './http-server-process.ts';

let server: RunningHttpServer;
beforeAll(async () => {
  server = await startHttpServer();
});
afterAll(() => server.stop());

/** Every route, and two that are none. */
const routes = [
  { method: 'GET', path: '/healthz' },
  { method: 'GET', path: '/metrics' },
  { method: 'POST', path: '/mcp' },
  { method: 'GET', path: '/mcp' },
  { method: 'DELETE', path: '/mcp' },
  { method: 'OPTIONS', path: '/mcp' },
  { method: 'POST', path: '/jsonrpc' },
  { method: 'GET', path: '/' },
  { method: 'GET', path: '/nothing/here' },
];

/** PORT stands for the server's port. */
const foreign: [what: string, headers: Record<string, string>][] = [
  ['a name that someone pointed at this machine', { Host: 'evil.example:PORT' }],
  ['a name that begins like ours', { Host: 'localhost.evil.example:PORT' }],
  ['a name that ends like ours', { Host: 'evil-localhost:PORT' }],
  ['our name without a port', { Host: '127.0.0.1' }],
  ['our name with another port', { Host: '127.0.0.1:1' }],
  ['a name with a user before it', { Host: 'evil.example@127.0.0.1:PORT' }],
  ['another loopback address', { Host: '127.0.0.2:PORT' }],
  ['the page of another site', { Origin: 'https://evil.example' }],
  ['a page without an origin', { Origin: 'null' }],
  ['a page of another program on this machine', { Origin: 'http://127.0.0.1:1' }],
  ['a page of this machine without a port', { Origin: 'http://localhost' }],
  ['our origin over another scheme', { Origin: 'https://127.0.0.1:PORT' }],
  ['our origin by another of our names', { Host: '127.0.0.1:PORT', Origin: 'http://localhost:PORT' }],
  ['an empty origin', { Origin: '' }],
  ['a page that hides its origin', { 'Sec-Fetch-Site': 'cross-site' }],
  ['a page of another port that hides its origin', { 'Sec-Fetch-Site': 'same-site' }],
];

describe.each(foreign)('%s', (_, headers) => {
  test.each(routes)('is refused at $method $path', async ({ method, path }) => {
    const given = withPort({ Authorization: `Bearer ${server.token}`, ...headers });
    const reply = await server.send({ method, path, headers: given });
    expect(reply.status).toBe(403);
    expect(reply.body).not.toContain('evil');
    expectNoCors(reply.headers);
  });
});

test.each([
  ['its address', { Host: '127.0.0.1:PORT' }],
  ['its name', { Host: 'localhost:PORT' }],
  ['its name in capitals', { Host: 'LOCALHOST:PORT' }],
  ['its own origin', { Host: 'localhost:PORT', Origin: 'http://localhost:PORT' }],
  ['a person who typed the address', { Host: 'localhost:PORT', 'Sec-Fetch-Site': 'none' }],
])('%s is let in', async (_, headers) => {
  const reply = await server.send({ path: '/healthz', headers: withPort(headers) });
  expect(reply.status).toBe(200);
  expectNoCors(reply.headers);
});

test.each([
  ['no Host', []],
  ['an empty Host', ['Host:']],
  ['two Hosts', ['Host: 127.0.0.1:PORT', 'Host: evil.example:PORT']],
  ['the same Host twice', ['Host: 127.0.0.1:PORT', 'Host: 127.0.0.1:PORT']],
  ['two Origins', ['Host: 127.0.0.1:PORT', 'Origin: http://127.0.0.1:PORT', 'Origin: http://evil.example']],
])('%s: refused', async (_, lines) => {
  const head = ['GET /healthz HTTP/1.1', ...lines, 'Connection: close', '', ''].join('\r\n');
  const answer = await server.sendBytes(head.replaceAll('PORT', String(server.port)));
  expect(answer).toMatch(/^HTTP\/1\.1 (400|403) /);
});

test('a preflight gets no permission, and an absolute address is no route', async () => {
  const preflight = await server.send({
    method: 'OPTIONS',
    path: '/mcp',
    headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' },
  });
  expect(preflight.status).toBe(403);
  expectNoCors(preflight.headers);
  const proxied = await server.send({ path: `http://evil.example/healthz` });
  expect(proxied.status).toBe(404);
});

test('names given by --allowed-host are let in, with the port they say or else its own', async () => {
  const named = await startHttpServer({ args: ['--allowed-host', 'memory.example,proxy.example:8443'] });
  const status = async (host: string) =>
    (await named.send({ path: '/healthz', headers: { Host: host } })).status;
  expect(await status(`memory.example:${named.port}`)).toBe(200);
  expect(await status('proxy.example:8443')).toBe(200);
  expect(await status('memory.example:8443')).toBe(403);
  expect(await status(`proxy.example:${named.port}`)).toBe(403);
  await named.stop();
});

function withPort(headers: Record<string, string>): Record<string, string> {
  const put = (value: string) => value.replaceAll('PORT', String(server.port));
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, put(value)]));
}

function expectNoCors(headers: Record<string, unknown>): void {
  expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
}
