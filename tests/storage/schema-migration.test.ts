import { copyFileSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { runTogether, startScript } from './child-process.ts';
import { madeMigration, migrateTo, throwingMigration } from './made-migration.ts';
import { newResource } from './made-rows.ts';
import { newStore, openedStore, refusal } from './opened-store.ts';
import { databaseProblems } from './whole-database.ts';

const now = () => Date.UTC(2026, 4, 6, 7, 8, 9);

async function storedDatabase(): Promise<string> {
  const { store, path } = await newStore();
  await store.storeResource(newResource({ texts: ['one ', 'two'] }));
  await store.close();
  return path;
}

function backupsOf(path: string): string[] {
  const names = readdirSync(dirname(path)).filter((name) => name.startsWith(`${basename(path)}.backup_`));
  return names.toSorted().map((name) => join(dirname(path), name));
}

function versionOf(path: string): number {
  const database = new Sqlite(path, { readonly: true });
  const version = database.prepare('SELECT schema_version FROM StoreInfo').pluck().get() as number;
  database.close();
  return version;
}

describe('a step of the schema', () => {
  test('runs whole, is recorded, and a verified backup lies beside the database', async () => {
    const path = await storedDatabase();
    migrateTo(madeMigration, path, now);
    const database = new Sqlite(path, { readonly: true });
    expect(database.prepare('SELECT mood FROM Resources').pluck().all()).toEqual(['calm']);
    expect(
      database.prepare('SELECT version, name, program_version FROM SchemaMigrations').raw().all(),
    ).toEqual([
      [1, 'initial', expect.any(String)],
      [2, 'made up', '9.9.9'],
    ]);
    database.close();
    expect(versionOf(path)).toBe(2);

    expect(backupsOf(path)).toEqual([`${path}.backup_20260506_070809`]);
    const backup = `${path}.backup_20260506_070809`;
    expect(versionOf(backup)).toBe(1);
    expect(databaseProblems(backup)).toEqual([]);
    if (process.platform !== 'win32') expect(statSync(backup).mode & 0o777).toBe(0o600);
  });

  test('a second run does nothing', async () => {
    const path = await storedDatabase();
    migrateTo(madeMigration, path, now);
    migrateTo(madeMigration, path, () => now() + 60_000);
    expect(backupsOf(path)).toHaveLength(1);
  });

  test('a new database is made without a backup', async () => {
    const path = join(dirname(await storedDatabase()), 'new.db');
    migrateTo(madeMigration, path, now);
    expect(versionOf(path)).toBe(2);
    expect(backupsOf(path)).toEqual([]);
  });

  test('that throws leaves everything as it was, with the backup', async () => {
    const path = await storedDatabase();
    expect(() => migrateTo(throwingMigration, path, now)).toThrow('the step failed');
    expect(versionOf(path)).toBe(1);
    const database = new Sqlite(path, { readonly: true });
    expect(database.prepare("SELECT name FROM pragma_table_info('Resources')").pluck().all()).not.toContain(
      'mood',
    );
    expect(database.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'Moods'").pluck().get()).toBe(0);
    expect(database.prepare('SELECT count(*) FROM SchemaMigrations').pluck().get()).toBe(1);
    database.close();
    const store = await openedStore({ path });
    expect((await store.storeResource(newResource({ fileName: 'b.md' }))).vectorIds.first).toBe(3);
    expect((await store.status()).lastBackup).toBe(`${path}.backup_20260506_070809`);
  });

  test('is not begun when the backup cannot be made, and no half of it stays', async () => {
    const path = await storedDatabase();
    // Where the name under which it is written is taken by a folder that is not empty.
    const taken = `${path}.backup_20260506_070809.${process.pid}.tmp`;
    mkdirSync(join(taken, 'x'), { recursive: true });
    expect(() => migrateTo(madeMigration, path, now)).toThrow();
    expect(versionOf(path)).toBe(1);
    expect(backupsOf(path)).toEqual([taken]);
  });

  test('done by another process while this one was about to copy keeps no backup of the newer version', async () => {
    const path = await storedDatabase();
    let asked = false;
    migrateTo(madeMigration, path, () => {
      // The name of the backup needs the time: after the version was read, before the copy is made.
      if (!asked) migrateTo(madeMigration, path, now);
      asked = true;
      return now() + 60_000;
    });
    expect(backupsOf(path)).toEqual([`${path}.backup_20260506_070809`]);
    expect(versionOf(`${path}.backup_20260506_070809`)).toBe(1);
  });

  test('of several processes at once runs once', async () => {
    const path = await storedDatabase();
    for (let round = 0; round < 3; round++) {
      const copy = join(dirname(path), `round-${round}`, 'ltmc.db');
      mkdirSync(dirname(copy));
      copyFileSync(path, copy);
      const processes = [1, 2, 3].map(() => startScript('migrate-schema', [copy]));
      const answers = await runTogether<{ done: boolean; error?: string }>(processes);
      expect(answers).toEqual([{ done: true }, { done: true }, { done: true }]);
      expect(versionOf(copy)).toBe(2);
      expect(backupsOf(copy).length).toBeGreaterThan(0);
      for (const backup of backupsOf(copy)) expect(versionOf(backup), `round ${round}`).toBe(1);
      expect(databaseProblems(copy)).toEqual([]);
    }
  });

  test('taken over while an older program has the database open stops that one from writing', async () => {
    const path = await storedDatabase();
    const older = await openedStore({ path });
    await older.status();
    migrateTo(madeMigration, path, now);
    const write = () => older.storeResource(newResource({ fileName: 'late.md' }));
    expect((await refusal(write)).code).toBe('newer_database');
    expect((await refusal(() => openSqliteStore({ path }))).code).toBe('newer_database');
  });
});
