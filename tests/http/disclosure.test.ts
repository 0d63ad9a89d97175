import { copyFile, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { packageRoot, programVersion } from '../../src/package-root.ts';
import { makeFolder, startServer } from '../mcp/start-server.ts';
import {
  beginSession,
  clientHeaders,
  legacyCall,
  modernCall,
  startHttpServer,
} from './http-server-process.ts';

let folder: string;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const legacyDatabase = 'tests/fixtures/legacy/A-pickle/ltmc.db';

/** What stands where the database should be. */
const broken: { code: string; put: (path: string) => Promise<unknown> | unknown }[] = [
  {
    code: 'not_a_database',
    put: (path) => writeFile(path, 'This is a letter and no database. '.repeat(100)),
  },
  {
    code: 'foreign_database',
    put: (path) => {
      const other = new Sqlite(path);
      other.exec('CREATE TABLE Invoices (id INTEGER)');
      other.close();
    },
  },
  { code: 'needs_migration', put: (path) => copyFile(join(packageRoot, legacyDatabase), path) },
  { code: 'database_damaged', put: damagedDatabase },
];

describe.each(broken)('a database that is $code', ({ code, put }) => {
  test('is told without a path, in both eras, and names neither SQL nor stack', async () => {
    await put(join(folder, 'ltmc.db'));
    const server = await startHttpServer({ folder });
    const session = await beginSession(server, server.token);
    for (const reply of [
      await server.send(modernCall(server.token, 'memory_status', {})),
      await server.send(legacyCall(server.token, session, [{ name: 'memory_status', args: {} }])),
    ]) {
      const refusal = JSON.parse(reply.json.result.content[0].text);
      expect(refusal.code).toBe(code);
      expect(refusal.hint).not.toBe('');
      if (code !== 'database_damaged') expect(refusal.error).toContain(' DB ');
      expectNothingTold(reply.body);
    }
    const metrics = await server.send({ path: '/metrics', headers: clientHeaders(server.token) });
    expect(metrics.status).toBe(503);
    expectNothingTold(metrics.body);
    await server.stop();
  });
});

test('a backup is called BACKUP in the hint that names it', async () => {
  await damagedDatabase(join(folder, 'ltmc.db'));
  await writeFile(join(folder, 'ltmc.db.backup_20260101_120000'), '');
  const server = await startHttpServer({ folder });
  const reply = await server.send(modernCall(server.token, 'memory_status', {}));
  expect(reply.json.result.content[0].text).toContain('BACKUP');
  expectNothingTold(reply.body);
  await server.stop();
});

test('memory_status and every refusal are without paths, with a model that is not there', async () => {
  const server = await startHttpServer({ folder, environment: { LTMC_MODEL_DIR: join(folder, 'no-model') } });
  const bodies: string[] = [];
  const call = async (name: string, args: unknown) => {
    const reply = await server.send(modernCall(server.token, name, args));
    bodies.push(reply.body);
    return reply.json;
  };
  await call('store_memory', { file_name: 'a.md', content: 'The lamp is green.' });
  await call('retrieve_memory', { query: 'lamp' });
  const status = await call('memory_status', {});
  expect(status.result.structuredContent.database.path).toBeUndefined();
  expect(status.result.structuredContent.mode).toBe('lexical');
  await call('get_memory', { resource_id: 999 });
  await call('store_memory', { file_name: ['/etc/passwd'] });
  await call('no_such_tool', {});
  for (const body of bodies) expectNothingTold(body);
  await server.stop();
});

test('/healthz says ok and the version, whatever is asked and whoever asks', async () => {
  const server = await startHttpServer({ folder });
  for (const parts of [
    { path: '/healthz' },
    { path: '/healthz?verbose=1&details=true' },
    { path: '/healthz', headers: clientHeaders(server.token) },
  ]) {
    expect((await server.send(parts)).body).toBe(JSON.stringify({ ok: true, version: programVersion() }));
  }
  await server.stop();
});

test('an unknown address tells nothing', async () => {
  const server = await startHttpServer({ folder });
  const reply = await server.send({ path: '/../../etc/passwd' });
  expect(reply.status).toBe(404);
  expectNothingTold(reply.body);
  expect(reply.headers['x-powered-by']).toBeUndefined();
  expect(reply.headers.server).toBeUndefined();
  await server.stop();
});

test('what a caller sends cannot steer the terminal that shows the log', async () => {
  const server = await startHttpServer({ folder, args: ['--log-level', 'debug'] });
  const steering = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u2028\r\nfaked';
  await server.send(modernCall(server.token, steering, { [steering]: steering }, { 'Mcp-Name': 'x' }));
  await server.send({
    method: 'POST',
    path: '/mcp',
    headers: clientHeaders(server.token),
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: steering, params: {} }),
  });
  await server.stop();
  expect(server.stderr()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/);
  expect(server.stderr().split('\n')).not.toContain('faked');
});

function expectNothingTold(body: string): void {
  expect(body).not.toContain(folder);
  expect(body).not.toContain(packageRoot);
  expect(body).not.toMatch(/\/(home|tmp|root|work|usr|etc)\//);
  expect(body).not.toMatch(/\n?\s+at .+:\d+:\d+|node_modules|SQLITE_|SELECT |INSERT INTO/);
}

async function damagedDatabase(path: string): Promise<void> {
  const server = await startServer({ folder });
  await server.answer('store_memory', { file_name: 'a.md', content: 'The lamp is green.' });
  await server.stop();
  const database = new Sqlite(path);
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.pragma('journal_mode = DELETE');
  const pageBytes = database.pragma('page_size', { simple: true }) as number;
  const pages = database.pragma('page_count', { simple: true }) as number;
  database.close();
  const file = await open(path, 'r+');
  // Every page but the first, which says what kind of file it is.
  for (let page = 1; page < pages; page++)
    await file.write(Buffer.alloc(pageBytes, 0xa5), 0, pageBytes, page * pageBytes);
  await file.close();
}
