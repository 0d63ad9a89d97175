import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  beginSession,
  clientHeaders,
  legacyCall,
  modernCall,
  type RunningHttpServer,
  startHttpServer,
} from './http-server-process.ts';

let server: RunningHttpServer;
beforeAll(async () => {
  server = await startHttpServer({ args: ['--log-level', 'debug'] });
});
afterAll(() => server.stop());

const createdAt = '2026-01-01T00:00:00.000Z';

test.each([
  ['no header', undefined],
  ['an empty header', ''],
  ['another scheme', 'Basic bHRtYzpsdG1j'],
  ['the scheme alone', 'Bearer '],
  ['a token that was never made', `Bearer ltmc_${'A'.repeat(43)}`],
  ['a very long token', `Bearer ${'A'.repeat(10_000)}`],
  ['a path', 'Bearer ../../etc/passwd'],
])('%s: 401 and how to authenticate', async (_, authorization) => {
  const call = modernCall('', 'memory_status', {});
  const { Authorization: _left, ...others } = call.headers ?? {};
  const given = authorization === undefined ? others : { ...others, Authorization: authorization };
  for (const parts of [
    { ...call, headers: given },
    { path: '/metrics', headers: given },
  ]) {
    const reply = await server.send(parts);
    expect(reply.status).toBe(401);
    expect(reply.headers['www-authenticate']).toMatch(/^Bearer /);
    expect(reply.body).not.toContain('AAAA');
  }
});

test('part of a token, or one with a character more, is no token', async () => {
  for (const token of [server.token.slice(0, -1), `${server.token}A`, server.token.toLowerCase()]) {
    expect((await server.send(modernCall(token, 'memory_status', {}))).status).toBe(401);
  }
  expect((await server.send(modernCall(server.token, 'memory_status', {}))).status).toBe(200);
});

test('a revoked token is refused at the next request, in its session too', async () => {
  const { token, record } = server.tokens.create({ scope: 'read', name: 'short-lived', createdAt });
  const session = await beginSession(server, token);
  const call = legacyCall(token, session, [{ name: 'memory_status', args: {} }]);
  expect((await server.send(call)).status).toBe(200);
  server.tokens.revoke(record.id);
  expect((await server.send(call)).status).toBe(401);
  expect((await server.send(modernCall(token, 'memory_status', {}))).status).toBe(401);
});

test('two tokens with the same scope do not share sessions', async () => {
  const [one, other] = ['one', 'other'].map(
    (name) => server.tokens.create({ scope: 'admin', name, createdAt }).token,
  ) as [string, string];
  const session = await beginSession(server, one);
  const call = [{ name: 'memory_status', args: {} }];
  expect((await server.send(legacyCall(other, session, call))).status).toBe(404);
  const headers = clientHeaders(other, { 'Mcp-Session-Id': session });
  expect((await server.send({ method: 'GET', path: '/mcp', headers })).status).toBe(404);
  expect((await server.send({ method: 'DELETE', path: '/mcp', headers })).status).toBe(404);
  expect((await server.send(legacyCall(one, session, call))).status).toBe(200);
});

test('no log line holds a token', () => {
  expect(server.stderr()).toContain('ltmc.db.token');
  expect(server.stderr()).not.toContain('ltmc_');
});
