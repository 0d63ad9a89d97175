import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { madeMigration, migrateTo } from './made-migration.ts';
import { newResource } from './made-rows.ts';
import { openedStore } from './opened-store.ts';
import { temporaryFolder } from './temporary-folder.ts';

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe.skipIf(process.platform === 'win32')('only the owner may read', () => {
  test.each([0o000, 0o022, 0o077])('the folder, the file and its side files (umask %o)', async (umask) => {
    const before = process.umask(umask);
    onTestFinished(() => {
      process.umask(before);
    });
    const path = join(temporaryFolder(), 'a', 'b', 'ltmc.db');
    const store = await openedStore({ path });
    await store.storeResource(newResource({}));
    for (const folder of [dirname(path), dirname(dirname(path))]) expect(modeOf(folder)).toBe('700');
    for (const suffix of ['', '-wal', '-shm']) expect(modeOf(path + suffix), suffix).toBe('600');
    await store.close();
    migrateTo(madeMigration, path, () => 0);
    expect(modeOf(`${path}.backup_19700101_000000`)).toBe('600');
    expect(modeOf(path)).toBe('600');
  });

  test('the journal of a database that keeps none of its own', async () => {
    const path = join(temporaryFolder(), 'ltmc.db');
    await (await openedStore({ path })).close();
    const connection = new Sqlite(path);
    connection.pragma('journal_mode = DELETE');
    connection.exec("BEGIN IMMEDIATE; UPDATE StoreInfo SET created_at = 'now'");
    expect(modeOf(`${path}-journal`)).toBe('600');
    connection.exec('ROLLBACK');
    connection.close();
  });

  test('a folder that was there keeps its mode', async () => {
    const folder = join(temporaryFolder(), 'shared');
    mkdirSync(folder, { mode: 0o755 });
    const store = await openedStore({ path: join(folder, 'ltmc.db') });
    await store.close();
    expect(modeOf(folder)).toBe('755');
    expect(modeOf(join(folder, 'ltmc.db'))).toBe('600');
  });
});
