import { openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { programVersion } from '../../src/package-root.ts';
import { applicationId, databaseFileKind } from '../../src/storage/sqlite/database-file.ts';
import { runTogether, startScript } from './child-process.ts';
import { alone, newAttempt, newResource, query } from './made-rows.ts';
import { newStore, openedStore, refusal } from './opened-store.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { databaseProblems } from './whole-database.ts';

describe('a new database', () => {
  test('carries our application id in its header, a store id, its schema version and its secret', async () => {
    const path = join(temporaryFolder(), 'deep', 'er', 'ltmc.db');
    const store = await openedStore({ path, now: () => Date.UTC(2026, 0, 2, 3, 4, 5) });
    await store.close();
    const header = Buffer.alloc(72);
    readSync(openSync(path, 'r'), header, 0, 72, 0);
    expect(header.readUInt32BE(68)).toBe(applicationId);
    expect(header.toString('latin1', 68)).toBe('LTMC');
    expect(databaseFileKind(path)).toBe('ltmc');

    const database = new Sqlite(path, { readonly: true });
    expect(database.prepare('SELECT * FROM SchemaMigrations').all()).toEqual([
      {
        version: 1,
        name: 'initial',
        applied_at: '2026-01-02T03:04:05.000Z',
        program_version: programVersion(),
      },
    ]);
    expect(database.prepare('SELECT schema_version, oldest_writer FROM StoreInfo').raw().get()).toEqual([
      1, 1,
    ]);
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    database.close();
  });

  test('has the tables and columns of the Python LTMC, so that its queries still answer', async () => {
    const { path } = await newStore();
    const ours = new Sqlite(path, { readonly: true });
    for (const name of ['A-pickle', 'C-faiss']) {
      const file = join(import.meta.dirname, '../fixtures/legacy', name, 'ltmc.db');
      const old = new Sqlite(file, { readonly: true });
      const tables = old
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        .pluck()
        .all() as string[];
      for (const table of tables) {
        const columnsOf = (database: Sqlite.Database) =>
          database.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table);
        // What later versions added in a form that no released server fills.
        const wanted = columnsOf(old).filter((column) => column !== 'context_data');
        expect(columnsOf(ours), `${name}: ${table}`).toEqual(expect.arrayContaining(wanted));
      }
      old.close();
    }
    ours.close();
  });

  test('has an index for every foreign key, so that removing a row reads no whole table', async () => {
    const { path } = await newStore();
    const database = new Sqlite(path, { readonly: true });
    const unindexed = database
      .prepare(
        `SELECT t.name || '.' || f."from" FROM pragma_table_list t JOIN pragma_foreign_key_list(t.name) f
          WHERE t.schema = 'main' AND NOT EXISTS (
            SELECT 1 FROM pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c
             WHERE c.seqno = 0 AND c.name = f."from")`,
      )
      .pluck()
      .all();
    expect(unindexed).toEqual([]);
    database.close();
  });

  test('gives the text of a migrated row to be embedded, though a column of it is NULL', async () => {
    const { store, path } = await newStore();
    const migrated = new Sqlite(path);
    migrated.exec(`
      INSERT INTO ChatHistory (id, content, written_by) VALUES (1, 'hello', 'migrated');
      INSERT INTO Todos (id, title, written_by) VALUES (2, 'buy kiwis', 'migrated');
      INSERT INTO Embeddings (vector_id, owner_kind, owner_id, role, dimensions, change_number)
        VALUES (1, 'message', 1, 'text', 384, 1), (2, 'todo', 2, 'text', 384, 1);`);
    migrated.close();
    const pending = await store.pendingEmbeddings(5);
    expect(pending.map((row) => row.sourceText)).toEqual(['hello', 'buy kiwis']);
  });

  test('opened a second time is the same database', async () => {
    const { store, path } = await newStore();
    await store.storeResource(newResource({}));
    const second = await openedStore({ path });
    expect((await second.status()).storeId).toBe((await store.status()).storeId);
    expect(await second.getMemory(1)).toEqual(await store.getMemory(1));
    await second.storeResource(newResource({ fileName: 'second.md' }));
    expect((await store.status()).counts.memories).toBe(2);
  });

  test('is made once when several processes make it at the same moment', async () => {
    const folder = temporaryFolder();
    const paths = Array.from({ length: 12 }, (_, i) => join(folder, `made ${i}`, 'ltmc.db'));
    const makers = ['one', 'two', 'three'].map((name) => startScript('create-databases', [name, ...paths]));
    const answers = await runTogether<string[]>(makers);
    for (const [i, path] of paths.entries()) {
      const storeIds = new Set(answers.map((storeIds) => storeIds[i]));
      expect(storeIds.size, `database ${i}: ${[...storeIds].join(', ')}`).toBe(1);
      expect([...storeIds][0]).toMatch(/^[0-9a-f]{8}-/);
      expect(databaseProblems(path)).toEqual([]);
      const database = new Sqlite(path, { readonly: true });
      expect(database.prepare('SELECT count(*) FROM Resources').pluck().get()).toBe(3);
      expect(database.prepare('SELECT count(*) FROM SchemaMigrations').pluck().get()).toBe(1);
      expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
      database.close();
    }
  });
});

describe('a database that a newer program has taken over', () => {
  async function takenOver() {
    const { store, path } = await newStore();
    await store.storeResource(newResource({ texts: ['kiwi'], vectorOf: () => null }));
    const newer = new Sqlite(path);
    newer.exec('UPDATE StoreInfo SET schema_version = 2, oldest_writer = 2');
    newer.close();
    return { store, path };
  }

  test('is not written any more by a program that has it open, which may still read', async () => {
    const { store } = await takenOver();
    const writes = [
      () => store.storeResource(newResource({ fileName: 'new.md' })),
      () => store.touchUnchanged(newResource({ texts: ['kiwi'], tags: ['t'] })),
      () => store.logAttempt(newAttempt(), alone),
      () => store.fillEmbeddings([{ vectorId: 1, vector: new Float32Array(384) }], 'h'),
    ];
    for (const write of writes) {
      const error = await refusal(write);
      expect(error.code).toBe('newer_database');
      expect(error.hint).toContain('Restart this client');
    }
    const found = await store.searchChunks(query({ words: ['kiwi'] }), { scope: 'all' });
    expect(found.hits).toHaveLength(1);
    expect(await store.status()).toMatchObject({ counts: { memories: 1, patterns: 0 }, nextVectorId: 2 });
    expect(await store.getMemory(1)).toMatchObject({ tags: [] });
  });

  test('is refused clearly by a program that is started later', async () => {
    const { path } = await takenOver();
    const error = await refusal(() => openedStore({ path }));
    expect(error.code).toBe('newer_database');
  });

  test('is written by an older program as long as it allows that', async () => {
    const { store, path } = await newStore();
    const newer = new Sqlite(path);
    newer.exec('UPDATE StoreInfo SET schema_version = 2, oldest_writer = 1');
    newer.close();
    await store.storeResource(newResource({}));
    const second = await openedStore({ path });
    expect(await second.status()).toMatchObject({ schemaVersion: 2, counts: { memories: 1 } });
    expect((await second.status()).lastBackup).toBeNull();
  });
});
