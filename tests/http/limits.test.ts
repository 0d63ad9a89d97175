import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limits } from '../../src/limits.ts';
import { pathHider } from '../../src/mcp/hidden-paths.ts';
import { isDeeperThan } from '../../src/mcp/http/json-depth.ts';
import { RateLimit } from '../../src/mcp/http/rate-limit.ts';
import { RecentEvents } from '../../src/mcp/http/recent-events.ts';
import { packageRoot } from '../../src/package-root.ts';
import { clientHeaders, modernCall, type RunningHttpServer, startHttpServer } from './http-server-process.ts';

describe('a running server', () => {
  let server: RunningHttpServer;
  beforeAll(async () => {
    server = await startHttpServer();
  });
  afterAll(() => server.stop());

  test('refuses a flood of requests without a token, and serves those with one', async () => {
    const statuses: number[] = [];
    let retryAfter: unknown;
    for (let count = 0; count < limits.httpRefusedRequestsBurst * 2; count++) {
      const reply = await server.send({ path: '/metrics', headers: clientHeaders('ltmc_guess') });
      statuses.push(reply.status);
      retryAfter ??= reply.headers['retry-after'];
    }
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect(Number(retryAfter)).toBeGreaterThanOrEqual(1);
    expect((await server.send(modernCall(server.token, 'memory_status', {}))).status).toBe(200);
  });

  test('ends a connection whose request never comes whole', async () => {
    const begun = `POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nX-Slow: `;
    expect(await server.sendBytes(begun)).toMatch(/^HTTP\/1\.1 408 /);
  });
});

test('a bucket gives its burst, then so many a second, and fills up again', () => {
  const limit = new RateLimit(3, 2);
  const taken = [0, 0, 0, 0, 400, 500, 500].map((nowMs) => limit.take('one', nowMs));
  expect(taken).toEqual([null, null, null, 1, 1, null, 1]);
  expect(limit.take('other', 500)).toBeNull();
  const later = Array.from({ length: 4 }, () => limit.take('one', 1_000_000));
  expect(later).toEqual([null, null, null, 1]);
});

test.each([
  ['[]', 1],
  ['{"a":[{"b":[]}]}', 4],
  ['["[[[[", "\\"[[[["]', 1],
  ['[[],[],[[]]]', 3],
  ['"{"', 0],
  ['[[[[', 4],
])('%s has %i levels', (json, levels) => {
  expect(isDeeperThan(json, levels)).toBe(false);
  if (levels > 0) expect(isDeeperThan(json, levels - 1)).toBe(true);
});

describe('what a session keeps to send again', () => {
  const message = (text: string) => ({
    jsonrpc: '2.0' as const,
    method: 'notifications/message',
    params: { text },
  });

  async function replayed(events: RecentEvents, lastId: string): Promise<unknown[]> {
    const sent: unknown[] = [];
    await events.replayEventsAfter(lastId, {
      async send(_, event) {
        if ('method' in event) sent.push(event.params?.text);
      },
    });
    return sent;
  }

  test('is what came after, of the same stream', async () => {
    const events = new RecentEvents();
    const first = await events.storeEvent('a', message('a1'));
    await events.storeEvent('b', message('b1'));
    await events.storeEvent('a', message('a2'));
    expect(await replayed(events, first)).toEqual(['a2']);
  });

  test('is bounded in number and in size', async () => {
    const events = new RecentEvents();
    const first = await events.storeEvent('a', message('first'));
    for (let count = 0; count < limits.httpSessionEventsMax; count++)
      await events.storeEvent('a', message('m'));
    expect(await events.getStreamIdForEventId(first)).toBeUndefined();
    const second = await events.storeEvent('a', message('second'));
    await events.storeEvent('a', message('x'.repeat(limits.httpSessionEventBytesMax)));
    expect(await events.getStreamIdForEventId(second)).toBeUndefined();
    await expect(replayed(events, second)).rejects.toThrow();
  });
});

test('paths are named, the longest first, also where a command quotes them', () => {
  const hide = pathHider('/home/ann/my data/ltmc.db', { HOME: '/home/ann', LTMC: '/opt/ltmc' });
  expect(hide('The database /home/ann/my data/ltmc.db is damaged.')).toBe('The database DB is damaged.');
  expect(hide('Run: ltmc migrate "/home/ann/my data/ltmc.db"')).toBe('Run: ltmc migrate "DB"');
  expect(hide('Use /home/ann/my data/ltmc.db.backup_20260101_120000')).toBe('Use BACKUP');
  expect(hide('/home/ann/my data and /opt/ltmc/models and /home/ann/x')).toBe(
    'FOLDER and LTMC/models and HOME/x',
  );
  const windows = pathHider('C:\\Users\\ann\\ltmc.db', {});
  expect(windows(`Run: ltmc migrate ${JSON.stringify('C:\\Users\\ann\\ltmc.db')}`)).toBe(
    'Run: ltmc migrate "DB"',
  );
});

test('docs/security.md says the bounds as they are', () => {
  const page = readFileSync(join(packageRoot, 'docs/security.md'), 'utf8').replace(/\s+/g, ' ');
  for (const sentence of [
    `at most ${limits.httpBodyBytesMax / 1_000_000} MB and ${limits.httpJsonDepthMax} levels deep`,
    `within ${limits.httpHeadersMsMax / 1_000} seconds`,
    `${limits.httpConnectionsMax} connections, ${limits.httpSessionsMax} sessions`,
    `idle for ${limits.httpSessionIdleMs / 60_000} minutes`,
    `${limits.httpRequestsPerSecond} requests a second for each token with a burst of ${limits.httpRequestsBurst.toLocaleString('en')}`,
    `${limits.httpRefusedRequestsPerSecond} a second with a burst of ${limits.httpRefusedRequestsBurst} for everybody`,
  ]) {
    expect(page).toContain(sentence);
  }
  expect(limits.httpRequestMsMax).toBe(60_000);
});
