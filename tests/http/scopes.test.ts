import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AccessScope, accessScopes, heldScopes } from '../../src/access-scope.ts';
import { tools } from '../../src/tools/index.ts';
import {
  beginSession,
  clientHeaders,
  legacyCall,
  modernCall,
  type RunningHttpServer,
  startHttpServer,
} from './http-server-process.ts';

let server: RunningHttpServer;
const tokens = {} as Record<AccessScope, string>;
const sessions = {} as Record<AccessScope, string>;
beforeAll(async () => {
  server = await startHttpServer();
  for (const scope of accessScopes) {
    const createdAt = new Date().toISOString();
    tokens[scope] = server.tokens.create({ scope, name: scope, createdAt }).token;
    sessions[scope] = await beginSession(server, tokens[scope]);
  }
});
afterAll(() => server.stop());

describe.each(accessScopes)('a token with the scope %s', (scope) => {
  test.each(tools)('calls $name if that needs no more', async ({ name, access, example }) => {
    const modern = await server.send(modernCall(tokens[scope], name, example));
    const legacy = await server.send(legacyCall(tokens[scope], sessions[scope], [{ name, args: example }]));
    for (const reply of [modern, legacy]) {
      if (heldScopes(scope).includes(access)) {
        expect(reply.status).toBe(200);
        expect(reply.json.result.content).toHaveLength(1);
      } else {
        expect(reply.status).toBe(403);
        expect(reply.headers['www-authenticate']).toContain('error="insufficient_scope"');
        expect(reply.headers['www-authenticate']).toContain(`scope="${access}"`);
        expect(reply.json.result).toBeUndefined();
      }
    }
  });

  test('lists the tools and reads /metrics', async () => {
    const client = await server.connect('modern', tokens[scope]);
    expect((await client.listTools()).tools).toHaveLength(tools.length);
    await client.close();
    expect((await server.send({ path: '/metrics', headers: clientHeaders(tokens[scope]) })).status).toBe(200);
  });
});

test('annotations and scopes agree: what is not read-only needs more than read', () => {
  for (const { name, access, annotations } of tools) {
    expect(access === 'read', name).toBe(annotations.readOnlyHint);
    // What removes for good.
    if (name.startsWith('delete_')) expect(access, name).toBe('admin');
  }
});

describe('with the scope read', () => {
  const write = { name: 'store_memory', args: { file_name: 'smuggled.md', content: 'It came in.' } };
  const read = { name: 'memory_status', args: {} };

  async function countMemories(): Promise<number> {
    const reply = await server.send(modernCall(tokens.admin, 'memory_status', {}));
    return reply.json.result.structuredContent.counts.memories;
  }

  test('no write comes through in a batch, wherever it stands', async () => {
    const before = await countMemories();
    for (const calls of [
      [read, write],
      [write, read],
      [read, read, write, read],
    ]) {
      expect((await server.send(legacyCall(tokens.read, sessions.read, calls))).status).toBe(403);
    }
    expect(await countMemories()).toBe(before);
  });

  test('no write comes through under the name of a read', async () => {
    const before = await countMemories();
    const disguised = modernCall(tokens.read, write.name, write.args, { 'Mcp-Name': 'memory_status' });
    expect((await server.send(disguised)).status).toBe(403);
    const twice = legacyCall(tokens.read, sessions.read, [write]);
    // Two keys of one name: what is checked must be what is called.
    const body = twice.body!.replace('"params":{', '"params":{"name":"memory_status",');
    expect((await server.send({ ...twice, body })).status).toBe(403);
    expect(await countMemories()).toBe(before);
  });

  test('a session that a stronger token began cannot be used', async () => {
    const reply = await server.send(legacyCall(tokens.read, sessions.admin, [read]));
    expect(reply.status).toBe(404);
  });
});
