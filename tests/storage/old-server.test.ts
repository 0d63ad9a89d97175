import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { newResource } from './made-rows.ts';
import { newStore } from './opened-store.ts';
import { databaseProblems } from './whole-database.ts';

/** What servers of the Python LTMC send when they store; `created_at` as Python's isoformat writes it. */
const now = '2025-08-09T10:11:12.131415';
const oldInserts: [string, string, unknown[]][] = [
  [
    'Resources',
    'INSERT INTO Resources (file_name, type, created_at) VALUES (?, ?, ?)',
    ['a.md', 'document', now],
  ],
  [
    'ResourceChunks',
    'INSERT INTO ResourceChunks (resource_id, chunk_text, vector_id) VALUES (?, ?, ?)',
    [1, 'text', 999],
  ],
  [
    'ChatHistory',
    `INSERT INTO ChatHistory (conversation_id, role, content, timestamp, agent_name, metadata)
     VALUES (?, ?, ?, ?, ?, ?)`,
    ['c', 'user', 'hello', now, null, null],
  ],
  [
    'ChatHistory with a source tool',
    `INSERT INTO ChatHistory (conversation_id, role, content, timestamp, agent_name, metadata, source_tool)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ['c', 'user', 'hello', now, null, null, 'cursor'],
  ],
  ['ContextLinks', 'INSERT INTO ContextLinks (message_id, chunk_id) VALUES (?, ?)', [1, 1]],
  [
    'Summaries',
    'INSERT INTO Summaries (resource_id, doc_id, summary_text, model, created_at) VALUES (?, ?, ?, ?, ?)',
    [1, 'd', 'text', 'm', now],
  ],
  [
    'Todos',
    'INSERT INTO Todos (title, description, priority, completed, created_at) VALUES (?, ?, ?, ?, ?)',
    ['t', 'd', 'high', 0, now],
  ],
  [
    'CodePatterns',
    `INSERT INTO CodePatterns (function_name, file_name, module_name, input_prompt, generated_code, result,
                               execution_time_ms, error_message, tags, created_at, vector_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [null, null, null, 'p', 'c', 'pass', 1, null, null, now, 999],
  ],
  ['VectorIdSequence', 'INSERT INTO VectorIdSequence (last_vector_id) VALUES (?)', [5]],
  [
    'VectorIdSequence by its own largest value',
    'INSERT INTO VectorIdSequence (last_vector_id) VALUES (COALESCE((SELECT MAX(last_vector_id) FROM VectorIdSequence), 0) + 1)',
    [],
  ],
  [
    'Resources, conflicts ignored',
    'INSERT OR IGNORE INTO Resources (file_name, type, created_at) VALUES (1, 2, 3)',
    [],
  ],
  ['Todos, conflicts replaced', 'INSERT OR REPLACE INTO Todos (id, title, created_at) VALUES (1, 2, 3)', []],
];

describe('an old server that still writes', () => {
  test.each(oldInserts)(
    'is refused a row of %s with a sentence that says why',
    async (_, sql, parameters) => {
      const { store, path } = await newStore();
      await store.storeResource(newResource({}));
      const old = new Sqlite(path);
      expect(() => old.prepare(sql).run(...parameters)).toThrow(
        'This database was moved to the new LTMC and can no longer be written by the old Python server: ' +
          'stop that server and point its clients to the command ltmc',
      );
      old.close();
      expect(databaseProblems(path)).toEqual([]);
      expect((await store.storeResource(newResource({ fileName: 'b.md' }))).vectorIds.first).toBe(2);
    },
  );

  test('can still read with its own queries', async () => {
    const { store, path } = await newStore();
    await store.storeResource(newResource({ texts: ['one ', 'two'] }));
    const old = new Sqlite(path, { readonly: true });
    const found = old
      .prepare(
        `SELECT rc.id, rc.resource_id, rc.chunk_text, rc.vector_id, r.file_name, r.type, r.created_at
           FROM ResourceChunks rc JOIN Resources r ON rc.resource_id = r.id WHERE rc.vector_id IN (1, 2)`,
      )
      .all();
    expect(found).toHaveLength(2);
    expect(old.prepare('SELECT MAX(last_vector_id) FROM VectorIdSequence').pluck().get()).toBe(2);
    old.close();
  });
});
