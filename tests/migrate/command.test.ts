import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tools } from '../../src/tools/index.ts';
import { runLtmc, userEnvironment } from '../cli/run-ltmc.ts';
import { type RunningServer, startServer } from '../mcp/start-server.ts';
import { bytesOf } from '../storage/legacy-files.ts';

let folder: string;
/** Of the user: the program keeps its compile cache there. */
let home: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ltmc-migrate-command-'));
  home = mkdtempSync(join(tmpdir(), 'ltmc-migrate-home-'));
  path = join(folder, 'ltmc.db');
  cpSync(join(import.meta.dirname, '../fixtures/legacy/C-faiss'), folder, { recursive: true });
});
afterAll(() => {
  for (const made of [folder, home]) rmSync(made, { recursive: true });
});

const run = (...words: string[]) => runLtmc(words, { environment: userEnvironment(home), cwd: folder });
const withServer = async (use: (server: RunningServer) => Promise<void>) => {
  const server = await startServer({ environment: { LTMC_DB: path } });
  try {
    await use(server);
  } finally {
    await server.stop();
  }
};

/** What servers of the Python LTMC send when they store. */
const oldInserts = [
  "INSERT INTO Resources (file_name, type, created_at) VALUES ('a.md', 'document', '2025-08-09T10:11:12.131415')",
  "INSERT INTO ResourceChunks (resource_id, chunk_text, vector_id) VALUES (1, 'text', 999)",
  "INSERT INTO ChatHistory (conversation_id, role, content, timestamp, agent_name, metadata) VALUES ('c', 'user', 'x', 'now', NULL, NULL)",
  'INSERT INTO ContextLinks (message_id, chunk_id) VALUES (1, 1)',
  "INSERT INTO Summaries (resource_id, doc_id, summary_text, model, created_at) VALUES (1, 'd', 's', 'm', 'now')",
  "INSERT INTO Todos (title, description, priority, completed, created_at) VALUES ('t', 'd', 'high', 0, 'now')",
  "INSERT INTO CodePatterns (input_prompt, generated_code, result, created_at, vector_id) VALUES ('p', 'c', 'pass', 'now', 999)",
  'INSERT INTO VectorIdSequence (last_vector_id) VALUES (5)',
];

test('a database goes from needs_migration to answers, is closed to the old server, and goes back', async () => {
  const before = bytesOf(folder);
  await withServer(async (server) => {
    for (const { name, example } of tools) {
      const refusal = await server.refusal(name, example);
      expect([name, refusal.code]).toEqual([name, 'needs_migration']);
      expect(refusal.hint).toContain(`ltmc migrate ${JSON.stringify(path)}`);
    }
  });
  expect(bytesOf(folder)).toEqual(before);

  const tried = await run('migrate', path, '--dry-run');
  expect([tried.code, tried.stdout.split('\n')[0]]).toEqual([
    0,
    `${path} can be moved over. Nothing was changed: this was a trial on copies.`,
  ]);
  expect(bytesOf(folder)).toEqual(before);

  const moved = await run('migrate', path, '--json', '--timezone', 'Europe/Berlin');
  expect(moved.code).toBe(0);
  const report = JSON.parse(moved.stdout);
  expect(report).toMatchObject({ success: true, outcome: 'migrated', times: { zone: 'Europe/Berlin' } });
  const again = await run('migrate', path, '--json');
  expect(JSON.parse(again.stdout)).toEqual({ success: true, outcome: 'already_migrated', database: path });

  const old = new Sqlite(path);
  for (const sql of oldInserts) expect(() => old.exec(sql)).toThrow('moved to the new LTMC');
  old.close();

  await withServer(async (server) => {
    const memories = await server.answer('retrieve_memory', {
      query: 'which hook protocol detection is used',
    });
    const names = memories.retrieved_chunks.map((chunk: { file_name: string }) => chunk.file_name);
    expect(names).toContain('docs/dual-protocol-hooks.md');
    const patterns = await server.answer('get_code_patterns', { query: 'limit a number to a range' });
    expect(patterns.patterns[0].function_name).toBe('clamp');
    expect((await server.answer('list_todos')).count).toBe(4);
    const chats = await server.answer('retrieve_by_type', { query: 'hook protocol', doc_type: 'chat' });
    expect(chats.documents.length).toBeGreaterThan(0);
  });

  const refused = await run('rollback', path, '--json');
  const rolledBack = refused.code === 0 ? refused : await run('rollback', path, '--json', '--force');
  expect(JSON.parse(rolledBack.stdout)).toMatchObject({ success: true, outcome: 'rolled_back' });
  expect(bytesOf(folder).get('ltmc.db')).toBe(before.get('ltmc.db'));
}, 240_000);

test.each([
  [['migrate', 'missing.db'], 1, 'there is no such file'],
  [['migrate', 'faiss_index'], 1, 'no SQLite file that can be read'],
  [['migrate', 'ltmc.db', '--timezone', 'Middle-earth'], 1, 'Expected --timezone to be a time zone'],
  [['migrate', 'ltmc.db', '--to', 'faiss_index'], 2, 'Expected --to to name a file that is not there yet'],
  [['rollback', 'missing.db'], 1, 'Expected a backup of a migration'],
])('%j says what is wrong', async (words, code, message) => {
  const ran = await run(...words);
  expect([ran.code, ran.stderr]).toEqual([code, expect.stringContaining(message)]);
  expect(ran.stdout).toBe('');
});
