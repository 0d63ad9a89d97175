import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { newResource } from '../storage/made-rows.ts';
import { pythonDatabase, pythonRows, pythonTables } from './python-database.ts';
import { migrated, problemsOf, rowsOf, valuesOf } from './run-migration.ts';

describe('ids', () => {
  test('of vectors below 0, beyond 2^53 and missing become 1..N; the map keeps every digit', async () => {
    const { path } = pythonDatabase(`${pythonRows}
      UPDATE ResourceChunks SET vector_id = -9223372036854775808 WHERE id = 1;
      UPDATE ResourceChunks SET vector_id = 9007199254740993 WHERE id = 2;
      INSERT INTO CodePatterns VALUES (4, 'f', NULL, NULL, 'p', 'c', 'pass', 1, NULL, NULL, '2025-08-08', NULL);`);
    await migrated(path);
    expect(
      rowsOf(path, 'SELECT CAST(old_id AS TEXT) AS old, new_id, owner_kind FROM VectorIdMap ORDER BY new_id'),
    ).toEqual([
      { old: '-9223372036854775808', new_id: 1, owner_kind: 'chunk' },
      { old: '9007199254740993', new_id: 2, owner_kind: 'chunk' },
      { old: '987651', new_id: 3, owner_kind: 'chunk' },
      { old: null, new_id: 4, owner_kind: 'pattern' },
    ]);
    expect(problemsOf(path)).toEqual([]);
  });

  test('of rows below 0 and beyond 2^53 stay', async () => {
    const { path } = pythonDatabase(`${pythonRows}
      INSERT INTO Resources VALUES (-5, 'low.md', 'document', '2025-08-08T10:11:12');
      INSERT INTO ResourceChunks VALUES (-9223372036854775808, -5, 'Below nothing there is a chunk.', 5);
      INSERT INTO ResourceChunks VALUES (9007199254740993, -5, 'Beyond the safe numbers there is another.', 6);
      INSERT INTO CodePatterns VALUES (9007199254740995, 'f', NULL, NULL, 'add numbers', 'def f(): pass', 'pass', 1, NULL, NULL, '2025-08-08', 9);`);
    const report = await migrated(path);
    expect(valuesOf(path, 'SELECT CAST(id AS TEXT) FROM ResourceChunks ORDER BY id')).toEqual([
      '-9223372036854775808',
      '1',
      '2',
      '3',
      '9007199254740993',
    ]);
    expect(
      valuesOf(
        path,
        'SELECT CAST(owner_id AS TEXT) FROM Embeddings WHERE vector_id IN (1, 5, 6) ORDER BY vector_id',
      ),
    ).toEqual(['-9223372036854775808', '9007199254740993', '9007199254740995']);
    expect(valuesOf(path, 'SELECT family_id IS NOT NULL AND project IS NULL FROM CodePatterns')).toEqual([1]);
    expect(report.damage.filter(({ kind }) => kind === 'unusual_ids')).toHaveLength(3);

    const store = await openSqliteStore({ path });
    const stored = await store.storeResource(newResource({ fileName: 'new.md' }));
    const memory = await store.getMemory(stored.resourceId);
    await store.close();
    expect([stored.resourceId, memory?.chunks.map(({ chunkId }) => chunkId)]).toEqual([2, [4]]);
  });

  test('of rows that are gone are not given again', async () => {
    const { path } = pythonDatabase(`${pythonRows}
      INSERT INTO Resources VALUES (70, 'gone.md', 'document', 'x'); DELETE FROM Resources WHERE id = 70;`);
    await migrated(path);
    const store = await openSqliteStore({ path });
    const stored = await store.storeResource(newResource({ fileName: 'new.md' }));
    await store.close();
    expect([stored.resourceId, stored.vectorIds.first]).toEqual([71, 5]);
  });
});

describe('texts', () => {
  test('that are no UTF-8, hold NUL or are bytes keep every byte', async () => {
    const { path } = pythonDatabase(`${pythonRows}
      INSERT INTO CodePatterns VALUES (1, 'f', NULL, NULL, x'6f6e65', x'63', 'fail', 'abc', x'ff', x'00', x'41', 7);
      INSERT INTO CodePatterns VALUES (2, 'f', NULL, NULL, x'74776f', x'64', 'pass', 1, NULL, NULL, 'now', 8);`);
    const old = new Sqlite(path);
    old.exec(`UPDATE ResourceChunks SET chunk_text = CAST(x'67fc6e0074' AS TEXT) WHERE id = 1;
              UPDATE ResourceChunks SET chunk_text = x'00ff41' WHERE id = 2;
              UPDATE ChatHistory SET content = CAST(x'c328a0' AS TEXT)`);
    old.close();
    const report = await migrated(path);
    expect(
      rowsOf(
        path,
        'SELECT hex(chunk_text) AS bytes, typeof(chunk_text) AS kind FROM ResourceChunks WHERE id < 3',
      ),
    ).toEqual([
      { bytes: '67FC6E0074', kind: 'text' },
      { bytes: '00FF41', kind: 'text' },
    ]);
    expect(valuesOf(path, 'SELECT hex(content) FROM ChatHistory')).toEqual(['C328A0']);
    expect(report.damage.filter(({ kind }) => kind === 'not_utf8').map(({ count }) => count)).toEqual([
      2, 1, 1,
    ]);
    const store = await openSqliteStore({ path });
    const [chunk] = await store.getChunks([2]);
    const [attempt] = await store.getPatterns([1]);
    await store.close();
    expect(chunk?.text).toBe('\0\ufffdA');
    expect(attempt).toMatchObject({
      inputPrompt: 'one',
      generatedCode: 'c',
      executionTimeMs: null,
      tags: [],
    });
  });

  test('of a megabyte stay whole and get further vectors for what the model does not read at once', async () => {
    const long = `${'The deployment window opens at noon and closes when the last job ends. '.repeat(300)}`;
    const { path } = pythonDatabase(
      `${pythonRows} UPDATE ResourceChunks SET chunk_text = '${long}' WHERE id = 2;`,
    );
    const report = await migrated(path);
    expect(report.vectorIds.longChunks).toBe(1);
    const parts = rowsOf<{ start_offset: number; end_offset: number }>(
      path,
      "SELECT start_offset, end_offset FROM Embeddings WHERE owner_kind = 'chunk' AND owner_id = 2 AND role = 'rest' ORDER BY vector_id",
    );
    expect(parts.length).toBe(report.vectorIds.further.rest);
    expect(parts.at(-1)?.end_offset).toBe(long.length);
    expect(valuesOf(path, 'SELECT length(chunk_text) FROM ResourceChunks WHERE id = 2')).toEqual([
      long.length,
    ]);
    expect(problemsOf(path)).toEqual([]);
  });

  test('in a database of UTF-16 are the same texts', async () => {
    const { path } = pythonDatabase(pythonRows, `PRAGMA encoding = 'UTF-16le'; ${pythonTables}`);
    const report = await migrated(path);
    expect(report.source.encoding).toBe('UTF-16le');
    expect(valuesOf(path, 'SELECT chunk_text FROM ResourceChunks WHERE id = 2')).toEqual([
      'Backups are made every night at two.',
    ]);
  });
});

describe('journals', () => {
  test('a write-ahead log with the last rows is read, and its bytes are in the backup', async () => {
    const { path } = pythonDatabase(pythonRows);
    const writer = new Sqlite(path);
    writer.pragma('journal_mode = WAL');
    writer.pragma('wal_autocheckpoint = 0');
    writer.exec("INSERT INTO ResourceChunks VALUES (4, 1, 'Only the log holds this.', 44)");
    const [database, log] = [readFileSync(path), readFileSync(`${path}-wal`)];
    writer.close();
    writeFileSync(path, database);
    writeFileSync(`${path}-wal`, log);

    const report = await migrated(path);
    expect(report.vectorIds.numbered).toBe(4);
    const backup = report.backup?.path ?? '';
    expect([readFileSync(backup), readFileSync(`${backup}-wal`)]).toEqual([database, log]);
  });

  test('a hot rollback journal is finished: what was not committed is not there', async () => {
    const { path } = pythonDatabase(pythonRows);
    const writer = new Sqlite(path);
    writer.pragma('cache_spill = 1');
    writer.pragma('cache_size = 1');
    writer.exec('BEGIN');
    writer.exec("UPDATE ResourceChunks SET chunk_text = 'not committed'");
    writer.exec(
      `INSERT INTO Resources SELECT 100 + value, printf('%.500c', 'x'), 'document', 'now' FROM json_each('[${[...Array(400).keys()]}]')`,
    );
    const [database, journal] = [readFileSync(path), readFileSync(`${path}-journal`)];
    writer.exec('ROLLBACK');
    writer.close();
    expect(database.includes('not committed')).toBe(true);
    writeFileSync(path, database);
    writeFileSync(`${path}-journal`, journal);

    const report = await migrated(path);
    expect(valuesOf(path, 'SELECT count(*) FROM Resources')).toEqual([1]);
    expect(valuesOf(path, 'SELECT chunk_text FROM ResourceChunks WHERE id = 1')).toEqual([
      'The parser reads one line at a time.',
    ]);
    const backup = report.backup?.path ?? '';
    expect([readFileSync(backup), readFileSync(`${backup}-journal`)]).toEqual([database, journal]);
  });
});

describe('rows', () => {
  test('that point nowhere go whole into quarantine, and 1..N runs over the others', async () => {
    const { path } = pythonDatabase(`${pythonRows}
      INSERT INTO ResourceChunks VALUES (4, 99, 'An orphan.', 44);
      INSERT INTO ResourceChunks VALUES (5, 1, 'After the orphan.', 45);
      INSERT INTO ContextLinks VALUES (2, 1, 4), (3, 77, 2), (4, 1, 2), (5, NULL, NULL);
      INSERT INTO Summaries VALUES (1, 98, 'd', 'of nothing', 'm', 'then'), (2, NULL, 'd', 'of a document', 'm', 'then');`);
    const report = await migrated(path);
    expect(
      rowsOf(
        path,
        'SELECT source_table, source_rowid, reason, row_json FROM MigrationQuarantine ORDER BY id',
      ),
    ).toEqual([
      {
        source_table: 'ResourceChunks',
        source_rowid: 4,
        reason: 'resource_id names no row of Resources',
        row_json: '{"id":4,"resource_id":99,"chunk_text":"An orphan.","vector_id":44}',
      },
      {
        source_table: 'ContextLinks',
        source_rowid: 3,
        reason: 'message_id names no row of ChatHistory',
        row_json: '{"id":3,"message_id":77,"chunk_id":2}',
      },
      {
        source_table: 'ContextLinks',
        source_rowid: 2,
        reason: 'chunk_id names no row of ResourceChunks',
        row_json: '{"id":2,"message_id":1,"chunk_id":4}',
      },
      {
        source_table: 'Summaries',
        source_rowid: 1,
        reason: 'resource_id names no row of Resources',
        row_json:
          '{"id":1,"resource_id":98,"doc_id":"d","summary_text":"of nothing","model":"m","created_at":"then"}',
      },
    ]);
    expect(valuesOf(path, 'SELECT vector_id FROM ResourceChunks ORDER BY id')).toEqual([1, 2, 3, 4]);
    expect(valuesOf(path, 'SELECT id FROM ContextLinks ORDER BY id')).toEqual([1, 4, 5]);
    expect(report.damage.find(({ kind }) => kind === 'duplicate_links')?.examples).toEqual(['4']);
    expect(problemsOf(path)).toEqual([]);
  });

  test('that break the old constraints stay as they are and are named', async () => {
    const { path } = pythonDatabase(`${pythonRows}
      PRAGMA ignore_check_constraints = ON;
      INSERT INTO CodePatterns VALUES (1, '12', 'ValueError: x', '["t"]', 'p', 'c', 'error', 'abc', NULL, 'a, b', 'yesterday', 7);
      INSERT INTO CodePatterns VALUES (2, NULL, NULL, NULL, 'p', 'c', NULL, 1, NULL, '{}', '2025-02-30T00:00:00', 8);
      INSERT INTO ChatHistory VALUES (2, 'How are you?', 'conv-1', 'user', 'never', NULL, 'no json');`);
    const report = await migrated(path);
    expect(report.source.constraintViolations).toBe(1);
    expect(
      rowsOf(
        path,
        'SELECT function_name, result, execution_time_ms, tags, created_at, created_at_ms FROM CodePatterns ORDER BY id',
      ),
    ).toEqual([
      {
        function_name: '12',
        result: 'error',
        execution_time_ms: 'abc',
        tags: 'a, b',
        created_at: 'yesterday',
        created_at_ms: null,
      },
      {
        function_name: null,
        result: null,
        execution_time_ms: 1,
        tags: '{}',
        created_at: '2025-02-30T00:00:00',
        created_at_ms: null,
      },
    ]);
    const kinds = report.damage.map(({ kind, count }) => `${kind} ${count}`);
    expect(kinds).toEqual([
      'unknown_results 2',
      'tags_no_json 2',
      'metadata_no_json 1',
      'scrambled_messages 1',
      'scrambled_attempts 1',
    ]);
    expect(report.times.unreadable).toBe(3);
    expect(problemsOf(path)).toEqual([]);
  });
});

describe('other shapes', () => {
  const laterTables = `${pythonTables.replace(/CREATE TABLE ContextLinks[\s\S]*?;\n/, '').replace(/CREATE TABLE CodePatterns[\s\S]*$/, '')}
    CREATE TABLE ContextLinks (id INTEGER PRIMARY KEY, source_id INTEGER, target_id INTEGER, relationship TEXT NOT NULL, created_at TEXT NOT NULL);
    CREATE TABLE CodePatterns (id INTEGER PRIMARY KEY, input_prompt TEXT, generated_code TEXT, result TEXT NOT NULL, tags TEXT, timestamp TEXT NOT NULL, language TEXT, complexity_score REAL);
    CREATE TABLE todos (id INTEGER PRIMARY KEY, title TEXT NOT NULL, description TEXT, status TEXT, priority TEXT, created_at TEXT NOT NULL, completed_at TEXT, tags TEXT, metadata TEXT);
    CREATE TABLE "my notes" (what TEXT PRIMARY KEY, "a ""quoted"" one" BLOB) WITHOUT ROWID;
    CREATE TABLE Embeddings (text_key TEXT, value REAL);
    CREATE TABLE chats (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT DEFAULT (hex(randomblob(4))), size INTEGER GENERATED ALWAYS AS (length(body)) VIRTUAL);`;

  test('of known tables, unknown tables and tables with our names all come along', async () => {
    const { path } = pythonDatabase(
      `INSERT INTO Resources VALUES (1, 'a.md', 'document', '2025-08-08T10:11:12+00:00'), (2, 'b.md', 'document', '2025-08-08 10:11:12');
       INSERT INTO ResourceChunks VALUES (1, 1, 'Whole content in one chunk.', 1);
       INSERT INTO ContextLinks VALUES (7, 1, 2, 'REFERENCES', '2025-08-08');
       INSERT INTO CodePatterns VALUES (3, 'sort a list', 'sorted(x)', 'pass', '["t"]', '2025-08-08T10:11:12.5Z', 'python', 1.5);
       INSERT INTO todos VALUES (1, 'one', 'd', 'completed', 'high', '2025-08-08T10:11:12', NULL, '["x"]', '{}'), (2, 'two', NULL, 'pending', 'low', 'then', NULL, NULL, NULL);
       INSERT INTO "my notes" VALUES ('k', x'00ff');
       INSERT INTO Embeddings (rowid, text_key, value) VALUES (41, 'mine', 0.25);
       INSERT INTO chats (id, body) VALUES (9, 'hello');`,
      laterTables,
    );
    const report = await migrated(path);
    expect(rowsOf(path, 'SELECT id, source_id, relationship FROM ContextLinks_python')).toEqual([
      { id: 7, source_id: 1, relationship: 'REFERENCES' },
    ]);
    expect(rowsOf(path, 'SELECT source_id, target_id, relation FROM GraphEdges')).toEqual([
      { source_id: 'memory-1', target_id: 'memory-2', relation: 'REFERENCES' },
    ]);
    expect(
      rowsOf(
        path,
        'SELECT created_at, created_at_ms, timestamp, language, complexity_score, result FROM CodePatterns',
      ),
    ).toEqual([
      {
        created_at: '2025-08-08T10:11:12.5Z',
        created_at_ms: Date.UTC(2025, 7, 8, 10, 11, 12, 500),
        timestamp: '2025-08-08T10:11:12.5Z',
        language: 'python',
        complexity_score: 1.5,
        result: 'pass',
      },
    ]);
    expect(rowsOf(path, 'SELECT id, completed, status, tags FROM Todos ORDER BY id')).toEqual([
      { id: 1, completed: 1, status: 'completed', tags: '["x"]' },
      { id: 2, completed: 0, status: 'pending', tags: null },
    ]);
    expect(rowsOf(path, 'SELECT what, hex("a ""quoted"" one") AS bytes FROM "my notes"')).toEqual([
      { what: 'k', bytes: '00FF' },
    ]);
    expect(rowsOf(path, 'SELECT rowid, * FROM Embeddings_python')).toEqual([
      { rowid: 41, text_key: 'mine', value: 0.25 },
    ]);
    expect(rowsOf(path, 'SELECT * FROM chats')).toEqual([{ id: 9, body: 'hello', size: 5 }]);
    expect(report.tables.every(({ same }) => same)).toBe(true);
    expect(problemsOf(path)).toEqual([]);
  });

  test('the columns that users added are taken for what they mean', async () => {
    const { path } = pythonDatabase(`${pythonRows}
      ALTER TABLE ResourceChunks ADD COLUMN archived INTEGER DEFAULT 0;
      ALTER TABLE ResourceChunks ADD COLUMN generation_method TEXT DEFAULT 'hash';
      ALTER TABLE ResourceChunks ADD COLUMN start_offset TEXT DEFAULT 'mine';
      UPDATE ResourceChunks SET archived = 1 WHERE id = 3;`);
    await migrated(path);
    expect(
      rowsOf(
        path,
        'SELECT archived, generation_method, start_offset, python_start_offset FROM ResourceChunks WHERE id = 3',
      ),
    ).toEqual([
      { archived: 1, generation_method: 'sequential', start_offset: null, python_start_offset: 'mine' },
    ]);
    expect(valuesOf(path, 'SELECT visible FROM Embeddings ORDER BY vector_id')).toEqual([1, 1, 0, 1]);
    expect(() =>
      new Sqlite(path).exec(
        "INSERT INTO ResourceChunks (resource_id, chunk_text, vector_id) VALUES (1, 'x', 99)",
      ),
    ).toThrow('moved to the new LTMC');
  });

  test('triggers, views and virtual tables that would do harm never run', async () => {
    const { path } = pythonDatabase(`${pythonRows}
      CREATE TRIGGER Bomb AFTER INSERT ON Resources BEGIN DELETE FROM ResourceChunks; END;
      CREATE TRIGGER Eraser AFTER UPDATE ON ResourceChunks BEGIN DELETE FROM ChatHistory; END;
      CREATE VIEW Todos AS WITH RECURSIVE Forever (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM Forever) SELECT n AS id, 'x' AS title FROM Forever;
      CREATE VIRTUAL TABLE Search USING fts5(body); INSERT INTO Search VALUES ('words of the user');
      CREATE INDEX Odd ON ResourceChunks (length(chunk_text));`);
    const report = await migrated(path);
    expect(report.leftOut.map(({ type, name }) => `${type} ${name}`)).toEqual([
      'index Odd',
      'table Search',
      'trigger Bomb',
      'trigger Eraser',
      'view Todos',
    ]);
    expect(
      valuesOf(path, "SELECT count(*) FROM MigrationQuarantine WHERE source_table = 'sqlite_schema'"),
    ).toEqual([5]);
    expect(valuesOf(path, 'SELECT c0 FROM Search_content_python')).toEqual(['words of the user']);
    expect(valuesOf(path, 'SELECT count(*) FROM ResourceChunks')).toEqual([3]);
    expect(problemsOf(path)).toEqual([]);
  });
});

describe('the index file', () => {
  test.each([
    ['empty', Buffer.alloc(0)],
    ['no index', Buffer.from('hello, this is a text')],
    [
      'a pickle that runs a command',
      Buffer.from("\x80\x04cos\nsystem\n(S'touch /tmp/ltmc-was-here'\ntR.", 'latin1'),
    ],
    [
      'a FAISS header that promises more than there is',
      Buffer.concat([Buffer.from('IxF2'), Buffer.alloc(45, 0x7f)]),
    ],
  ])('that is %s costs nothing but the comparison', async (_, bytes) => {
    const { folder, path } = pythonDatabase(pythonRows);
    writeFileSync(join(folder, 'faiss_index'), bytes);
    const report = await migrated(path);
    expect(report.oldVectors).toHaveProperty('problem');
    expect(report.queries.before).toBeNull();
    expect(report.queries.after?.recallAt5).toBe(1);
  });
});
