import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { backupDatabase } from '../../src/storage/sqlite/backup-database.ts';
import { renameFile } from '../../src/storage/sqlite/rename-file.ts';
import { restoreDatabase } from '../../src/storage/sqlite/restore-database.ts';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { TestProcess } from '../storage/child-process.ts';
import { legacyCopy } from '../storage/legacy-files.ts';
import { newResource, newTodo, query } from '../storage/made-rows.ts';
import { randomFrom, vectorOfText } from '../storage/made-vectors.ts';
import { openedStore, refusal } from '../storage/opened-store.ts';
import { storeUser } from '../storage/store-user.ts';
import { temporaryFolder } from '../storage/temporary-folder.ts';
import { filledDatabase } from './filled-database.ts';
import { lastingRows, tableRows } from './table-rows.ts';

function backUp(databasePath: string, targetPath: string, force = false) {
  return backupDatabase({ databasePath, targetPath, force });
}

function restore(databasePath: string, backupPath: string, force = false) {
  return restoreDatabase({ databasePath, backupPath, force, programVersion: 'test', now: Date.now });
}

/** A filled database and a backup of it. */
async function filled(): Promise<{ folder: string; path: string; backup: string }> {
  const folder = temporaryFolder();
  const path = join(folder, 'ltmc.db');
  await filledDatabase(path);
  const backup = join(folder, 'kept', '..', 'backup.db');
  backUp(path, backup);
  return { folder, path, backup };
}

async function add(path: string, fileName: string): Promise<void> {
  const store = await openSqliteStore({ path });
  await store.storeResource(newResource({ fileName, texts: [`The text of ${fileName}.`] }));
  await store.close();
}

describe('a backup', () => {
  test('holds every row, for its owner alone, and leaves nothing else behind', async () => {
    const { folder, path, backup } = await filled();
    expect(tableRows(backup)).toEqual(tableRows(path));
    expect(readdirSync(folder).sort()).toEqual(['backup.db', 'ltmc.db']);
    if (process.platform !== 'win32') expect(statSync(backup).mode & 0o777).toBe(0o600);
  });

  test('of a database that is written meanwhile holds one state of it', async () => {
    const { path, folder } = await filled();
    const writer = storeUser(path);
    await writer.tell('open');
    for (let i = 0; i < 3; i++) {
      const writing = writer.tell(`store-much much-${i}`);
      backUp(path, join(folder, `${i}.db`));
      await writing;
      const copy = new Sqlite(join(folder, `${i}.db`));
      const chunks = copy
        .prepare('SELECT count(*) FROM ResourceChunks GROUP BY resource_id HAVING count(*) > 10')
        .pluck()
        .all();
      copy.close();
      expect(chunks.every((count) => count === 500)).toBe(true);
    }
  });

  test('takes no file that is there, is the database, or is in use', async () => {
    const { path, folder, backup } = await filled();
    const before = readFileSync(backup);
    expect((await refusal(() => backUp(path, backup))).message).toContain('not to be there yet');
    expect(readFileSync(backup).equals(before)).toBe(true);
    for (const target of [path, `${path}-wal`, `${path}-shm`, folder, join(folder, 'no', 'b.db')]) {
      expect((await refusal(() => backUp(path, target, true))).code).toBe('invalid_argument');
    }
    writeFileSync(`${backup}-wal`, 'a log');
    expect((await refusal(() => backUp(path, backup, true))).message).toContain('in use');
    rmSync(`${backup}-wal`);
    await add(path, 'more.md');
    backUp(path, backup, true);
    expect(tableRows(backup)).toEqual(tableRows(path));
  });

  test('is refused of what is no LTMC database, or a damaged one', async () => {
    const { path, folder } = await filled();
    const legacy = legacyCopy('A-pickle');
    expect((await refusal(() => backUp(legacy.path, join(folder, 'b.db')))).code).toBe('needs_migration');
    const bytes = readFileSync(path);
    bytes.fill(0x5a, 4096 * 3, 4096 * 6);
    writeFileSync(path, bytes);
    expect((await refusal(() => backUp(path, join(folder, 'b.db')))).code).toBe('database_damaged');
    expect(readdirSync(folder).sort()).toEqual(['backup.db', 'ltmc.db']);
  });
});

describe('a restore', () => {
  test('brings every row back under a new store id, and keeps what was there', async () => {
    const { folder, path, backup } = await filled();
    const before = lastingRows(path);
    const storeId = tableRows(path).StoreInfo;
    await add(path, 'newer.md');
    const newer = tableRows(path);
    const report = await restore(path, backup, true);
    expect(report.lost).toEqual({ Resources: 1, ResourceChunks: 1 });
    expect(lastingRows(path)).toEqual(before);
    expect(tableRows(path).StoreInfo).not.toEqual(storeId);
    expect(tableRows(report.keptPath ?? '')).toEqual(newer);
    expect(basename(report.keptPath ?? '')).toMatch(/^ltmc\.db\.backup_\d{8}_\d{6}$/);
    expect(readdirSync(folder).sort()).toEqual(['backup.db', 'ltmc.db', basename(report.keptPath ?? '')]);
    // The sequence is that of the file.
    const store = await openedStore({ path });
    expect((await store.storeResource(newResource({ fileName: 'next.md' }))).vectorIds.first).toBe(
      report.facts.lastVectorId + 1,
    );
  });

  test('is refused where rows would be lost: new ones, and changed ones', async () => {
    const { path, backup } = await filled();
    const store = await openedStore({ path });
    const changes = [
      () => store.completeTodo(1, { text: '2026-02-02T00:00:00Z', ms: 1_769_990_400_000 }),
      () => store.addTodo(newTodo({ title: 'A new one' })),
      () => store.changeMemory(3, { tags: ['z'], changedAt: { text: '', ms: 0 } }, (text) => text),
    ];
    for (const change of changes) {
      await change();
      const before = tableRows(path);
      expect((await refusal(() => restore(path, backup))).code).toBe('not_confirmed');
      expect(tableRows(path)).toEqual(before);
      await restore(path, backup, true);
      // Restored, so that the next change is the only one.
    }
    expect((await restore(path, backup)).lost).toEqual({});
  });

  test('brings removed rows back without asking, and says so', async () => {
    const { path, backup } = await filled();
    const store = await openedStore({ path });
    await store.remove([{ kind: 'todo', id: 1 }], { dryRun: false });
    expect(await restore(path, backup)).toMatchObject({ lost: {}, broughtBack: { Todos: 1 } });
  });

  test('is seen by processes that have the database open, which go on with it', async () => {
    const { path, backup } = await filled();
    const users = [storeUser(path), storeUser(path)];
    const store = await openedStore({ path });
    for (const user of users) await user.tell('open');
    await users[0]?.tell('store a.md');
    expect((await users[1]?.tell('search'))?.value).toBeGreaterThan(0);
    const input = query({ words: ['kiwi'], vector: vectorOfText('The newer kiwi text.') });
    await store.searchChunks(input, { scope: 'all' });

    await restore(path, backup, true);
    expect((await store.searchChunks(input, { scope: 'all' })).hits[0]?.cosine).toBeCloseTo(1, 5);
    expect(
      (await store.listMemories({ scope: 'all' }, { limit: 50, after: null })).rows.map(
        (row) => row.fileName,
      ),
    ).not.toContain('a.md');
    const stored = await Promise.all(users.map((user, i) => user.tell(`store after-${i}.md`)));
    const ids = stored.map(({ value }) => value);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect((await store.getMemory(id as number))?.fileName).toMatch(/^after-/);
    expect((await users[0]?.tell('status'))?.value).toBe((await users[1]?.tell('status'))?.value);
  });

  test('of a database at the same change is found in at once by a process that searched before', async () => {
    const folder = temporaryFolder();
    const paths = ['one.db', 'other.db'].map((name) => join(folder, name));
    for (const [path, texts] of [
      [paths[0], ['A kiwi.']],
      [paths[1], ['Nothing here.', ' A kiwi.']],
    ] as [string, string[]][]) {
      const store = await openSqliteStore({ path });
      await store.storeResource(newResource({ texts }));
      await store.close();
    }
    const [path = '', other = ''] = paths;
    backUp(other, join(folder, 'backup.db'));
    const store = await openedStore({ path });
    const chunks = async () =>
      (await store.searchChunks(query({ words: ['kiwi'] }), { scope: 'all' })).hits.map(
        ({ chunkId }) => chunkId,
      );
    expect(await chunks()).toEqual([1]);
    await restore(path, join(folder, 'backup.db'), true);
    expect(await chunks()).toEqual([2]);
  });

  test('waits for a writer, and never loses what that was told is stored', async () => {
    const { path, backup } = await filled();
    const writer = storeUser(path);
    await writer.tell('open');
    const writing = writer.tell('store-much much.md');
    const restoring = restore(path, backup, true);
    const [{ value }, { keptPath, lost }] = await Promise.all([writing, restoring]);
    const rowsOf = (file: string) => {
      const database = new Sqlite(file, { readonly: true });
      const name = database.prepare('SELECT file_name FROM Resources WHERE id = ?').pluck().get(value);
      database.close();
      return name;
    };
    // Written before the restore and kept beside the database, or written after it and there.
    expect([rowsOf(path), rowsOf(keptPath ?? '')]).toContain('much.md');
    if (rowsOf(path) !== 'much.md') expect(lost.Resources).toBe(1);
  });

  test('killed at any moment leaves the old state or the new one', async () => {
    const { folder, path, backup } = await filled();
    await add(path, 'other.md');
    const other = join(folder, 'other.db');
    backUp(path, other);
    const states = [lastingRows(backup), lastingRows(other)].map((rows) => JSON.stringify(rows));
    const seed = Date.now() % 1_000_000;
    const random = randomFrom(seed);
    console.info(`killed restores: seed ${seed}`);
    for (let round = 0; round < 6; round++) {
      const restoring = new TestProcess(process.execPath, [
        join(import.meta.dirname, 'restore-repeatedly.ts'),
        path,
        backup,
        other,
      ]);
      onTestFinished(() => restoring.kill());
      await restoring.linesWritten(2 + Math.floor(random() * 2));
      const moment = performance.now() + random() * 60;
      while (performance.now() < moment);
      restoring.kill();
      await restoring.exit;
      expect(restoring.errors).toBe('');
      // Through SQLite, as the next process sees it.
      const database = new Sqlite(path);
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
      database.close();
      expect(states, `seed ${seed}`).toContain(JSON.stringify(lastingRows(path)));
    }
    // What the killed ones left is in nobody's way.
    expect((await restore(path, backup, true)).facts.counts.Resources).toBe(6);
  });

  test('makes the database where there is none, in a folder of its own', async () => {
    const { folder, backup } = await filled();
    const path = join(folder, 'new', 'ltmc.db');
    expect(await restore(path, backup)).toMatchObject({ keptPath: null, lost: {} });
    expect(lastingRows(path)).toEqual(lastingRows(backup));
    if (process.platform === 'win32') return;
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  });

  test('replaces a damaged database with --force alone, and keeps its bytes', async () => {
    const { folder, path, backup } = await filled();
    const damages = [
      (bytes: Buffer) => bytes.fill(0x5a, 4096 * 2, 4096 * 8),
      (bytes: Buffer) => bytes.subarray(0, 4096 * 3),
      (bytes: Buffer) => bytes.fill(0, 0, 200),
    ];
    for (const damage of damages) {
      copyFileSync(backup, path);
      const bytes = damage(readFileSync(path));
      writeFileSync(path, bytes);
      expect((await refusal(() => restore(path, backup))).code).toBe('not_confirmed');
      expect(readFileSync(path).equals(bytes)).toBe(true);
      const { keptPath } = await restore(path, backup, true);
      expect(basename(keptPath ?? '')).toMatch(/^ltmc\.db\.damaged_/);
      expect(readFileSync(keptPath ?? '').equals(bytes)).toBe(true);
      expect(lastingRows(path)).toEqual(lastingRows(backup));
      expect(readdirSync(folder).filter((name) => /tmp|-wal|-shm/.test(name))).toEqual([]);
    }
  });

  test('takes a backup with a log beside it, and one of another page size', async () => {
    const { folder, path, backup } = await filled();
    const live = join(folder, 'live.db');
    await filledDatabase(live);
    const connection = new Sqlite(live);
    connection.exec("UPDATE Todos SET title = 'only in the log' WHERE id = 1");
    for (const suffix of ['', '-wal']) copyFileSync(live + suffix, join(folder, `copied.db${suffix}`));
    connection.close();
    const bytes = readFileSync(join(folder, 'copied.db-wal'));
    await restore(path, join(folder, 'copied.db'), true);
    const store = await openedStore({ path });
    expect((await store.getTodos([1]))[0]?.title).toBe('only in the log');
    expect(readFileSync(join(folder, 'copied.db-wal')).equals(bytes)).toBe(true);

    const pages = new Sqlite(backup);
    pages.pragma('page_size = 8192');
    pages.exec('VACUUM');
    pages.close();
    await restore(path, backup, true);
    expect(lastingRows(path)).toEqual(lastingRows(backup));
    expect((await store.getTodos([1]))[0]?.title).toBe('Water the kiwi');
  });

  test('works where the log is not used', async () => {
    const { path, backup } = await filled();
    await add(path, 'newer.md');
    const database = new Sqlite(path);
    database.pragma('journal_mode = DELETE');
    database.close();
    const { lost } = await restore(path, backup, true);
    expect(lost).toEqual({ Resources: 1, ResourceChunks: 1 });
    expect(lastingRows(path)).toEqual(lastingRows(backup));
    expect(existsSync(`${path}-wal`)).toBe(false);
  });

  test('refuses what is no backup, is damaged, or is of a newer program, and changes nothing', async () => {
    const { folder, path, backup } = await filled();
    const before = tableRows(path);
    const legacy = legacyCopy('A-pickle');
    const made = (name: string, change: (database: Sqlite.Database) => void) => {
      const file = join(folder, name);
      copyFileSync(backup, file);
      const database = new Sqlite(file);
      change(database);
      database.close();
      return file;
    };
    const bytes = readFileSync(backup);
    writeFileSync(join(folder, 'half.db'), bytes.subarray(0, bytes.length / 2));
    writeFileSync(
      join(folder, 'text.db'),
      'no database at all, only a text that is long enough to have a header '.repeat(3),
    );
    writeFileSync(join(folder, 'empty.db'), '');
    const foreign = join(folder, 'foreign.db');
    new Sqlite(foreign).exec('CREATE TABLE bookmarks (id)').close();
    const cases: [string, string][] = [
      [join(folder, 'missing.db'), 'not_found'],
      [folder, 'not_found'],
      [path, 'invalid_argument'],
      [legacy.path, 'not_a_database'],
      [foreign, 'foreign_database'],
      [join(folder, 'text.db'), 'not_a_database'],
      [join(folder, 'empty.db'), 'not_a_database'],
      [join(folder, 'half.db'), 'database_damaged'],
      [made('a.db', (database) => database.exec('DROP TABLE Todos')), 'database_damaged'],
      [made('b.db', (database) => database.exec('DELETE FROM StoreInfo')), 'database_damaged'],
      [
        made('c.db', (database) => database.exec('UPDATE StoreInfo SET oldest_writer = 99')),
        'newer_database',
      ],
      [
        made('d.db', (database) => database.exec('UPDATE StoreInfo SET schema_version = 99')),
        'newer_database',
      ],
    ];
    for (const [file, code] of cases) {
      expect([file, (await refusal(() => restore(path, file, true))).code]).toEqual([file, code]);
    }
    expect(tableRows(path)).toEqual(before);
    expect(readdirSync(folder).filter((name) => /tmp|backup_|damaged_/.test(name))).toEqual([]);
    // Nor over what belongs to another program, or to the Python LTMC.
    expect((await refusal(() => restore(foreign, backup, true))).code).toBe('foreign_database');
    expect((await refusal(() => restore(legacy.path, backup, true))).code).toBe('needs_migration');
  });
});

test('a file that Windows says is busy is tried again, elsewhere the refusal stands', async () => {
  let calls = 0;
  const rename = () => {
    calls++;
    if (calls < 4) throw Object.assign(new Error('busy'), { code: calls === 1 ? 'EPERM' : 'EBUSY' });
  };
  const waits: number[] = [];
  const wait = async (ms: number) => void waits.push(ms);
  await renameFile('a', 'b', { platform: 'win32', rename, wait });
  expect(calls).toBe(4);
  expect(waits).toHaveLength(3);
  calls = 0;
  await expect(renameFile('a', 'b', { platform: 'linux', rename, wait })).rejects.toMatchObject({
    code: 'EPERM',
  });
  expect(calls).toBe(1);
  calls = -1_000_000;
  await expect(renameFile('a', 'b', { platform: 'win32', rename, wait })).rejects.toMatchObject({
    code: 'EBUSY',
  });
  expect(waits.length).toBeLessThan(300);
});
