import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limits } from '../../src/limits.ts';
import {
  beginSession,
  clientHeaders,
  initializeBody,
  legacyCall,
  modernCall,
  type RunningHttpServer,
  startHttpServer,
} from './http-server-process.ts';

let server: RunningHttpServer;
let session: string;
beforeAll(async () => {
  server = await startHttpServer();
  session = await beginSession(server, server.token);
});
afterAll(async () => {
  // Whatever came, the server lives and nothing was a failure of its own.
  expect((await server.send({ path: '/healthz' })).status).toBe(200);
  expect(server.stderr()).not.toContain('failed inside');
  await server.stop();
});

const post = (body: string, more: Record<string, string> = {}) =>
  server.send({ method: 'POST', path: '/mcp', headers: clientHeaders(server.token, more), body });

describe('bodies', () => {
  test.each([
    ['nothing', ''],
    ['no JSON', '{"jsonrpc": "2.0", '],
    ['a number', '1'],
    ['null', 'null'],
    ['a text', '"tools/call"'],
    ['an empty batch', '[]'],
    ['no message', '{}'],
    ['a method that is no text', '{"jsonrpc":"2.0","id":1,"method":["tools/call"]}'],
  ])('%s: 400', async (_, body) => {
    const reply = await post(body, { 'Mcp-Session-Id': session });
    expect(reply.status).toBe(400);
    expect(reply.body).not.toMatch(/\bat .+:\d+:\d+|SyntaxError|node_modules/);
  });

  test.each(['[', '{"a":'])('nested a million times with %s: 400', async (opening) => {
    expect((await post(opening.repeat(1_000_000))).status).toBe(400);
  });

  test('arguments nested deeper than allowed are refused, brackets inside a text are not counted', async () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    const store = (metadata: unknown) =>
      server.send(
        modernCall(server.token, 'store_memory', { file_name: 'deep.md', content: nested(500), metadata }),
      );
    expect((await store({ a: JSON.parse(nested(10)) })).json.result.structuredContent.success).toBe(true);
    expect((await store({ a: JSON.parse(nested(36)) })).json.result.isError).toBe(true);
    expect((await store({ a: JSON.parse(nested(60)) })).status).toBe(400);
  });

  test('longer than the limit: 413, and the longest content with every character escaped passes', async () => {
    const head = ['POST /mcp HTTP/1.1', `Host: 127.0.0.1:${server.port}`]
      .concat(Object.entries(clientHeaders(server.token)).map(([name, value]) => `${name}: ${value}`))
      .concat(`Content-Length: ${limits.httpBodyBytesMax + 1}`, '', '{');
    // Refused by what it says of itself, before the rest was sent.
    expect(await server.sendBytes(head.join('\r\n'))).toMatch(/^HTTP\/1\.1 413 /);
    const call = modernCall(server.token, 'store_memory', { file_name: 'long.md', content: 'CONTENT' });
    const content = '\\u0061\\u0020'.repeat(limits.contentBytesMaxTool / 2);
    const reply = await server.send({ ...call, body: call.body!.replace('CONTENT', content) });
    expect(reply.json.result.structuredContent.success).toBe(true);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'of the type %j, which a page may send unasked: 415',
    async (type) => {
      const reply = await post(modernCall('', 'memory_status', {}).body!, { 'Content-Type': type });
      expect(reply.status).toBe(415);
    },
  );

  test('__proto__ and constructor are names like any other, and no object is changed', async () => {
    for (const args of [
      '{"__proto__":{"project":"*","polluted":1}}',
      '{"constructor":{"prototype":{"polluted":1}}}',
      '{"project":{"__proto__":{"polluted":1}}}',
    ]) {
      const call = modernCall(server.token, 'memory_status', 'ARGUMENTS');
      const reply = await server.send({ ...call, body: call.body!.replace('"ARGUMENTS"', args) });
      expect(reply.status).toBe(200);
    }
    const store = async (args: string) => {
      const call = modernCall(server.token, 'store_memory', 'ARGUMENTS');
      const reply = await server.send({ ...call, body: call.body!.replace('"ARGUMENTS"', args) });
      return reply.json.result.structuredContent;
    };
    await store('{"file_name":"a.md","content":"A lamp."}');
    const stored = await store('{"file_name":"a.md","content":"A torch.","__proto__":{"replace":true}}');
    // Not superseded: what was given as a prototype is no argument.
    expect(stored).toMatchObject({ success: true, earlier: [{}] });
    const status = await server.send(modernCall(server.token, 'memory_status', {}));
    expect(status.json.result.structuredContent).toMatchObject({ project: null, counts: { memories: 4 } });
    expect(status.body).not.toContain('polluted');
  });
});

describe('headers', () => {
  test.each([
    ['another name than the body', { 'Mcp-Name': 'delete_memory' }],
    ['another method than the body', { 'Mcp-Method': 'tools/list' }],
  ])('that say %s: 400', async (_, more) => {
    const reply = await server.send(modernCall(server.token, 'memory_status', {}, more));
    expect(reply.status).toBe(400);
    expect(reply.json.error.code).toBe(-32020);
  });

  test('longer than the limit: 431', async () => {
    const reply = await server.send({ path: '/healthz', headers: { 'X-Long': 'a'.repeat(20_000) } });
    expect(reply.status).toBe(431);
  });

  test('of an unknown revision: 400', async () => {
    const reply = await server.send(
      modernCall(server.token, 'memory_status', {}, { 'MCP-Protocol-Version': '2031-01-01' }),
    );
    expect(reply.status).toBe(400);
  });
});

describe('addresses', () => {
  test.each([
    '/mcp/',
    '/mcp/..',
    '/mcp%2f',
    '//mcp',
    '/MCP',
    '/metrics/x',
    '/healthz/..%2fmcp',
    `/${'{/id*}'.repeat(1_000)}`,
    `/${'%2e%2e/'.repeat(1_000)}`,
    `/${'a/'.repeat(5_000)}`,
  ])('%s is no route', async (path) => {
    const reply = await server.send({ method: 'POST', path, headers: clientHeaders(server.token) });
    expect(reply.status).toBe(404);
    expect(reply.body.length).toBeLessThan(100);
  });

  test('of resources, made to keep a pattern busy, are answered', async () => {
    for (const uri of [
      `ltmc://memory/${'1'.repeat(100_000)}!`,
      `ltmc://${'a/'.repeat(50_000)}`,
      `ltmc://memory/${'%'.repeat(100_000)}`,
    ]) {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'resources/read', params: { uri } });
      const reply = await post(body, { 'Mcp-Session-Id': session });
      expect(reply.json.error.code).toBeLessThan(0);
    }
  });
});

describe('methods and old addresses', () => {
  test.each([
    ['PUT', '/mcp', 405],
    ['PATCH', '/mcp', 405],
    ['POST', '/metrics', 405],
    ['POST', '/healthz', 405],
    ['GET', '/sse', 404],
  ])('%s %s: %i', async (method, path, status) => {
    const reply = await server.send({ method, path, headers: clientHeaders(server.token) });
    expect(reply.status).toBe(status);
  });

  test('POST /jsonrpc names the address that there is', async () => {
    const reply = await server.send({ method: 'POST', path: '/jsonrpc', body: '{}' });
    expect(reply.status).toBe(410);
    expect(reply.json.error.message).toContain('/mcp');
  });
});

describe('sessions', () => {
  test('an unknown one: 404; none: 400; two beginnings: 400; an ended one: 404', async () => {
    const list = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    const unknown = '11111111-2222-3333-4444-555555555555';
    expect((await post(list, { 'Mcp-Session-Id': unknown })).status).toBe(404);
    expect((await post(list)).status).toBe(400);
    expect((await post(initializeBody, { 'Mcp-Session-Id': session })).status).toBe(400);
    expect((await post(`[${initializeBody},${initializeBody}]`)).status).toBe(400);

    const ended = await beginSession(server, server.token);
    const headers = clientHeaders(server.token, { 'Mcp-Session-Id': ended });
    expect((await server.send({ method: 'DELETE', path: '/mcp', headers })).status).toBe(200);
    expect((await post(list, { 'Mcp-Session-Id': ended })).status).toBe(404);
  });

  test('there are never more than the limit; the one idle longest makes room', async () => {
    const first = await beginSession(server, server.token);
    for (let count = 0; count < limits.httpSessionsMax; count++) await beginSession(server, server.token);
    const call = legacyCall(server.token, first, [{ name: 'memory_status', args: {} }]);
    expect((await server.send(call)).status).toBe(404);
    const metrics = await server.send({ path: '/metrics', headers: clientHeaders(server.token) });
    expect(metrics.body).toContain(`ltmc_http_sessions ${limits.httpSessionsMax}\n`);
  });
});
