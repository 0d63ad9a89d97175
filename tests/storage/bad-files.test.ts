import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { startScript } from './child-process.ts';
import { bytesOf } from './legacy-files.ts';
import { newResource, query } from './made-rows.ts';
import { unitVector } from './made-vectors.ts';
import { newStore, openedStore, refusal } from './opened-store.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { databaseProblems } from './whole-database.ts';

const openRefusal = (path: string) => refusal(() => openSqliteStore({ path }));

/** A closed database with enough rows that most of its pages are theirs. */
async function storedDatabase(): Promise<string> {
  const { store, path } = await newStore();
  for (let i = 0; i < 5; i++) {
    const texts = Array.from({ length: 100 }, (_, part) => `kiwi ${i} ${part} `.repeat(10));
    await store.storeResource(newResource({ fileName: `${i}.md`, texts }));
  }
  await store.close();
  return path;
}

describe('a file that is not ours', () => {
  test.each([
    ['text', 'Dear diary, this is not a database at all.\n'.repeat(50)],
    ['a few bytes', 'x'],
    ['the first bytes of a database alone', 'SQLite format 3\0'],
    ['zeros', '\0'.repeat(8192)],
  ])('%s is refused and stays as it is', async (_, contents) => {
    const folder = temporaryFolder();
    const path = join(folder, 'ltmc.db');
    writeFileSync(path, contents);
    const before = bytesOf(folder);
    const error = await openRefusal(path);
    expect(error.code).toBe('not_a_database');
    expect(error.message).toContain('Nothing was written');
    expect(bytesOf(folder)).toEqual(before);
  });

  test.each(['delete', 'wal'])(
    "another program's database in mode %s is refused and stays as it is",
    async (mode) => {
      const folder = temporaryFolder();
      const path = join(folder, 'ltmc.db');
      const other = new Sqlite(path);
      other.pragma(`journal_mode = ${mode}`);
      other.exec(
        'CREATE TABLE Recipes (id INTEGER PRIMARY KEY, title TEXT); INSERT INTO Recipes VALUES (1, 2)',
      );
      const before = bytesOf(folder);
      expect((await openRefusal(path)).code).toBe('foreign_database');
      expect(bytesOf(folder)).toEqual(before);
      other.close();
    },
  );

  test('a database that names its program but has one table of ours by chance is foreign', async () => {
    const path = join(temporaryFolder(), 'ltmc.db');
    const other = new Sqlite(path);
    other.exec('PRAGMA application_id = 77; CREATE TABLE Resources (id); CREATE TABLE Recipes (id)');
    other.close();
    expect((await openRefusal(path)).code).toBe('foreign_database');
  });

  test('a folder in its place is refused', async () => {
    const path = join(temporaryFolder(), 'ltmc.db');
    mkdirSync(path);
    expect((await openRefusal(path)).code).toBe('not_a_database');
  });

  test('a file where its folder should be is refused', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), 'text');
    expect((await openRefusal(join(folder, 'file', 'ltmc.db'))).code).toBe('database_unreachable');
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('text');
  });

  test.skipIf(process.platform === 'win32')('links that point at each other are refused', async () => {
    const folder = temporaryFolder();
    symlinkSync(join(folder, 'b'), join(folder, 'a'));
    symlinkSync(join(folder, 'a'), join(folder, 'b'));
    expect((await openRefusal(join(folder, 'a'))).code).toBe('database_unreachable');
  });
});

describe('a file that may become ours', () => {
  test('an empty one', async () => {
    const path = join(temporaryFolder(), 'ltmc.db');
    writeFileSync(path, '');
    const store = await openedStore({ path });
    expect((await store.storeResource(newResource({}))).resourceId).toBe(1);
  });

  test('a database without a table', async () => {
    const path = join(temporaryFolder(), 'ltmc.db');
    const empty = new Sqlite(path);
    empty.exec('CREATE TABLE t (x); DROP TABLE t');
    empty.close();
    expect(statSync(path).size).toBeGreaterThan(0);
    const store = await openedStore({ path });
    expect((await store.storeResource(newResource({}))).resourceId).toBe(1);
    expect(databaseProblems(path)).toEqual([]);
  });

  test('one whose making was killed half way begins anew', async () => {
    const path = join(temporaryFolder(), 'ltmc.db');
    const { signal } = await startScript('die-while-creating', [path]).exit;
    expect(signal).toBe('SIGKILL');
    // Pages are in the file, and the journal that undoes them lies beside it.
    expect(statSync(path).size).toBeGreaterThan(0);
    expect(statSync(`${path}-journal`).size).toBeGreaterThan(0);
    const store = await openedStore({ path });
    expect((await store.storeResource(newResource({}))).vectorIds.first).toBe(1);
    expect(databaseProblems(path)).toEqual([]);
  });
});

describe('a damaged database', () => {
  /** Puts other bytes over every page from the middle of the file on. */
  function damage(path: string): void {
    const { size } = statSync(path);
    const file = openSync(path, 'r+');
    for (let at = Math.floor(size / 8192) * 4096; at < size; at += 4096) {
      writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, at);
    }
  }

  test('with broken pages says so, names the newest backup, and stays as it is', async () => {
    const path = await storedDatabase();
    for (const name of ['20250101_000000', '20260301_120000', '20251231_235959', '20270101_000000.7.tmp']) {
      copyFileSync(path, `${path}.backup_${name}`);
    }
    damage(path);
    const bytes = readFileSync(path);
    const store = await openedStore({ path });
    const error = await refusal(() =>
      store.searchChunks(query({ words: ['kiwi'], vector: unitVector(1) }), { scope: 'all' }),
    );
    expect(error.code).toBe('database_damaged');
    expect(error.message).toContain('left as it is');
    expect(error.hint).toContain(`${path}.backup_20260301_120000`);
    expect(error.hint).not.toContain('20270101');
    await store.close();
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });

  test('without a backup says that there is none', async () => {
    const path = await storedDatabase();
    damage(path);
    const store = await openedStore({ path });
    const search = () => store.searchChunks(query({ vector: unitVector(1) }), { scope: 'all' });
    expect((await refusal(search)).hint).toContain('No backup lies beside it');
  });

  test.each([600, 4096, 4096 * 3, 4096 * 40])('cut to %i bytes is not replaced', async (size) => {
    const path = await storedDatabase();
    truncateSync(path, size);
    const error = await refusal(async () => {
      const store = await openedStore({ path });
      await store.getMemory(1);
      await store.searchChunks(query({ words: ['kiwi'], vector: unitVector(1) }), { scope: 'all' });
      await store.storeResource(newResource({ fileName: 'new.md' }));
    });
    expect(error.code).toBe('database_damaged');
    expect(statSync(path).size).toBe(size);
  });

  test('whose schema lost a table is not taken for a new one', async () => {
    const path = await storedDatabase();
    const connection = new Sqlite(path);
    connection.exec('DROP TABLE StoreInfo');
    connection.close();
    const tablesOf = () => {
      const database = new Sqlite(path, { readonly: true });
      const names = database.prepare('SELECT name FROM sqlite_schema ORDER BY name').pluck().all();
      database.close();
      return names;
    };
    const before = tablesOf();
    expect((await openRefusal(path)).code).toBe('database_damaged');
    expect(tablesOf()).toEqual(before);
  });

  test('cut to nothing is not taken for a new one while its backups are there', async () => {
    const path = await storedDatabase();
    copyFileSync(path, `${path}.backup_20260301_120000`);
    truncateSync(path, 0);
    const error = await openRefusal(path);
    expect(error.code).toBe('database_damaged');
    expect(error.hint).toContain('20260301_120000');
    expect(statSync(path).size).toBe(0);
  });

  test('that lost its head is known by its backups', async () => {
    const path = await storedDatabase();
    copyFileSync(path, `${path}.backup_20260301_120000`);
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.alloc(100), 0, 100, 0);
    const error = await openRefusal(path);
    expect(error.code).toBe('database_damaged');
    expect(error.hint).toContain('20260301_120000');
  });

  test('with bytes added behind its end is still read', async () => {
    const path = await storedDatabase();
    appendFileSync(path, Buffer.alloc(4096, 1));
    const store = await openedStore({ path });
    expect((await store.getMemory(1))?.chunks).toHaveLength(100);
  });
});
