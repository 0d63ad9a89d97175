import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { bytesOf, legacyCopy, legacyNames } from './legacy-files.ts';
import { newResource } from './made-rows.ts';
import { newStore, refusal } from './opened-store.ts';
import { databaseProblems } from './whole-database.ts';

interface OldChunk {
  id: number;
  resource_id: number;
  chunk_text: string;
  vector_id: number;
}

/** Stores a chunk as the Python server did, under the vector id that the rule chose. */
function storeAsPythonDid(old: Sqlite.Database, vectorId: number): void {
  const { lastInsertRowid } = old
    .prepare('INSERT INTO Resources (file_name, type, created_at) VALUES (?, ?, ?)')
    .run('new.md', 'document', '2025-08-09T10:11:12.131415');
  old
    .prepare('INSERT INTO ResourceChunks (resource_id, chunk_text, vector_id) VALUES (?, ?, ?)')
    .run(lastInsertRowid, 'a new chunk', vectorId);
}

describe('the database of 37 resources and 106 chunks whose vector ids have gaps', () => {
  test('refuses the old rule at once: ids by the position of the chunk', () => {
    const old = new Sqlite(legacyCopy('seed-106').path);
    const byPosition = (count: number) => Array.from({ length: count }, (_, i) => i);
    expect(() => {
      for (const vectorId of byPosition(3)) storeAsPythonDid(old, vectorId);
    }).toThrow('UNIQUE constraint failed: ResourceChunks.vector_id');
    expect(old.prepare('SELECT count(*) FROM ResourceChunks').pluck().get()).toBe(106);
    old.close();
  });

  test('refuses a plain sequence from 1 when it comes to 69', () => {
    const old = new Sqlite(legacyCopy('seed-106').path);
    for (let vectorId = 1; vectorId < 69; vectorId++) storeAsPythonDid(old, vectorId);
    expect(() => storeAsPythonDid(old, 69)).toThrow('UNIQUE constraint failed: ResourceChunks.vector_id');
    old.close();
  });

  test('stores on without a collision once its chunks are in a database of ours', async () => {
    const old = new Sqlite(legacyCopy('seed-106').path, { readonly: true });
    const chunks = old.prepare('SELECT * FROM ResourceChunks ORDER BY id').all() as OldChunk[];
    const resources = old.prepare('SELECT id, file_name, type FROM Resources ORDER BY id').raw().all();
    old.close();
    expect([resources.length, chunks.length]).toEqual([37, 106]);

    const { store, path } = await newStore();
    for (const [id, fileName, resourceType] of resources as [number, string, string][]) {
      const texts = chunks.filter((chunk) => chunk.resource_id === id).map((chunk) => chunk.chunk_text);
      await store.storeResource(newResource({ fileName: `${id} ${fileName}`, resourceType, texts }));
    }
    expect(await store.status()).toMatchObject({
      counts: { memories: 37, chunks: 106 },
      nextVectorId: 107,
    });
    for (let i = 0; i < 100; i++) {
      const { vectorIds } = await store.storeResource(newResource({ fileName: `new ${i}.md` }));
      expect(vectorIds).toEqual({ first: 107 + i, last: 107 + i });
    }
    expect(databaseProblems(path)).toEqual([]);

    const ours = new Sqlite(path, { readonly: true });
    const texts = ours.prepare('SELECT chunk_text FROM ResourceChunks ORDER BY id LIMIT 106').pluck().all();
    ours.close();
    const sums = (values: unknown[]) =>
      values.map((text) => createHash('sha256').update(String(text)).digest('hex')).toSorted();
    const expected = JSON.parse(
      readFileSync(join(import.meta.dirname, '../fixtures/legacy/seed-106/EXPECTED.json'), 'utf8'),
    ) as { rows: { ResourceChunks: { chunk_text_sha256: string }[] } };
    expect(sums(texts)).toEqual(expected.rows.ResourceChunks.map((row) => row.chunk_text_sha256).toSorted());
  });
});

describe('a database of the Python LTMC that was not moved over', () => {
  test.each(legacyNames)('%s is refused with the command, and no byte beside it changes', async (name) => {
    const { folder, path } = legacyCopy(name);
    const before = bytesOf(folder);
    const error = await refusal(() => openSqliteStore({ path }));
    expect(error.code).toBe('needs_migration');
    expect(error.hint).toBe(`Run: ltmc migrate ${JSON.stringify(path)}`);
    expect(bytesOf(folder)).toEqual(before);
  });

  test('is refused too while its last rows lie in a write-ahead log, which stays as it is', async () => {
    const { folder, path } = legacyCopy('A-pickle');
    const old = new Sqlite(path);
    old.pragma('journal_mode = WAL');
    old.exec("INSERT INTO Summaries (summary_text, created_at) VALUES ('in the log', '2025-01-01')");
    const before = bytesOf(folder);
    expect([...before.keys()]).toContain('ltmc.db-wal');
    expect((await refusal(() => openSqliteStore({ path }))).code).toBe('needs_migration');
    expect(bytesOf(folder)).toEqual(before);
    old.close();
  });
});
