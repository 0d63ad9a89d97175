import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { databaseFileKind } from '../../src/storage/sqlite/database-file.ts';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { program } from '../cli/run-ltmc.ts';
import { startScript } from '../storage/child-process.ts';
import { bytesOf, legacyCopy } from '../storage/legacy-files.ts';
import { newResource } from '../storage/made-rows.ts';
import { temporaryFolder } from '../storage/temporary-folder.ts';
import { pythonDatabase, pythonRows } from './python-database.ts';
import { migrated, problemsOf, rolledBack, valuesOf } from './run-migration.ts';

const original = readFileSync(join(import.meta.dirname, '../fixtures/legacy/seed-106/ltmc.db'));

describe('a migration that is killed', () => {
  test('leaves the original as it was, or the whole result; the next run tidies up', async () => {
    const { folder, path } = legacyCopy('seed-106');
    // Moments spread over a run of some seconds.
    for (const afterMs of [30, 150, 300, 500, 800, 1_200, 1_800]) {
      const child = spawn(process.execPath, [program, 'migrate', path], { stdio: 'ignore' });
      const ended = new Promise((settle) => child.on('close', settle));
      const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
      await ended;
      clearTimeout(timer);
      if (databaseFileKind(path) === 'ltmc') break;
      expect(readFileSync(path).equals(original)).toBe(true);
    }
    if (databaseFileKind(path) !== 'ltmc') await migrated(path);
    expect(problemsOf(path)).toEqual([]);
    expect(readdirSync(folder).filter((name) => /migrating|restoring|unfinished/.test(name))).toEqual([]);
    for (const name of readdirSync(folder).filter((found) => found.includes('.backup_'))) {
      expect(readFileSync(join(folder, name)).equals(original)).toBe(true);
    }
  });

  test.each(['locked', 'compared', 'side files removed', 'renamed', 'done'])(
    'in the exchange (%s) leaves one of the two, whole',
    async (step) => {
      const { folder, path } = legacyCopy('seed-106');
      await migrated(path, { to: join(folder, 'new.db') });
      const result = readFileSync(join(folder, 'new.db'));
      const died = await startScript('../../migrate/processes/swap-and-die', [
        path,
        join(folder, 'new.db'),
        step,
      ]).exit;
      expect(died.signal).toBe('SIGKILL');
      const now = readFileSync(path);
      expect(now.equals(step === 'renamed' || step === 'done' ? result : original)).toBe(true);
    },
  );
});

describe('the exchange', () => {
  test('does not happen over what was written meanwhile: the work begins anew', async () => {
    const { path } = pythonDatabase(pythonRows);
    let hasWritten = false;
    const report = await migrated(path, {
      onProgress() {
        if (hasWritten) return;
        hasWritten = true;
        const server = new Sqlite(path);
        server.exec("INSERT INTO ResourceChunks VALUES (4, 1, 'Written while it was moved.', 4)");
        server.close();
      },
    });
    expect(report.vectorIds.numbered).toBe(4);
    expect(valuesOf(path, 'SELECT chunk_text FROM ResourceChunks WHERE id = 4')).toEqual([
      'Written while it was moved.',
    ]);
  });

  test('refuses whoever waited for the lock on the old file', async () => {
    const { path } = pythonDatabase(pythonRows);
    const server = new Sqlite(path);
    server.prepare('SELECT count(*) FROM Resources').get();
    await migrated(path);
    expect(() => server.exec("INSERT INTO Resources VALUES (9, 'late.md', 'document', 'now')")).toThrow(
      'readonly',
    );
    server.close();
    expect(valuesOf(path, 'SELECT count(*) FROM Resources')).toEqual([1]);
  });

  test('on Windows lets go of the lock first', async () => {
    const { path } = pythonDatabase(pythonRows);
    expect((await migrated(path, { platform: 'win32' })).outcome).toBe('migrated');
    expect(problemsOf(path)).toEqual([]);
  });
});

describe('what is no such database', () => {
  const folderWith = (content: Buffer | string) => {
    const folder = temporaryFolder();
    const path = join(folder, 'ltmc.db');
    writeFileSync(path, content);
    return { folder, path };
  };
  const otherProgram = () => {
    const { folder, path } = folderWith('');
    new Sqlite(path).exec('CREATE TABLE Resources (id INTEGER); CREATE TABLE t (x)').close();
    return { folder, path };
  };
  const cutOff = () => folderWith(original.subarray(0, 40_960));
  const scribbled = () =>
    folderWith(
      Buffer.concat([original.subarray(0, 8_192), Buffer.alloc(8_192, 0xa5), original.subarray(16_384)]),
    );

  test.each([
    ['empty', () => folderWith(''), 'not_a_database'],
    ['a text', () => folderWith('hello'.repeat(100)), 'not_a_database'],
    ["another program's", otherProgram, 'foreign_database'],
    ['cut off', cutOff, 'not_a_database'],
    ['scribbled over', scribbled, 'database_damaged'],
  ])('(%s) is refused with one sentence, and nothing is touched', async (_, make, code) => {
    const { folder, path } = make();
    const before = bytesOf(folder);
    await expect(migrated(path)).rejects.toMatchObject({ code });
    expect(bytesOf(folder)).toEqual(before);
  });
});

describe('a rollback', () => {
  test('puts side files back too', async () => {
    const { path } = pythonDatabase(pythonRows);
    const writer = new Sqlite(path);
    writer.pragma('journal_mode = WAL');
    writer.exec("INSERT INTO ResourceChunks VALUES (4, 1, 'Only the log holds this.', 44)");
    const [database, log] = [readFileSync(path), readFileSync(`${path}-wal`)];
    writer.close();
    writeFileSync(path, database);
    writeFileSync(`${path}-wal`, log);
    await migrated(path);
    await rolledBack(path);
    expect([readFileSync(path), readFileSync(`${path}-wal`)]).toEqual([database, log]);
    expect(readdirSync(join(path, '..')).filter((name) => /-shm|restoring|migrating/.test(name))).toEqual([]);
  });

  test('that was killed before the side files is finished by the next one, and nothing is moved before that', async () => {
    const { folder, path } = pythonDatabase(pythonRows);
    const writer = new Sqlite(path);
    writer.pragma('journal_mode = WAL');
    writer.exec("INSERT INTO ResourceChunks VALUES (4, 1, 'Only the log holds this.', 44)");
    const [database, log] = [readFileSync(path), readFileSync(`${path}-wal`)];
    writer.close();
    writeFileSync(path, database);
    writeFileSync(`${path}-wal`, log);
    const { backup } = await migrated(path);
    const staged = `${path}.restoring`;
    for (const suffix of ['', '-wal']) copyFileSync(backup?.path + suffix, staged + suffix);
    const { signal } = await startScript('../../migrate/processes/swap-and-die', [path, staged, 'renamed'])
      .exit;
    expect(signal).toBe('SIGKILL');
    expect([readFileSync(path).equals(database), readdirSync(folder)]).toEqual([
      true,
      expect.not.arrayContaining(['ltmc.db-wal']),
    ]);
    for (const options of [{}, { dryRun: true }, { to: join(folder, 'new.db') }]) {
      await expect(migrated(path, options)).rejects.toMatchObject({
        code: 'database_damaged',
        hint: `Run: ltmc rollback ${JSON.stringify(path)}`,
      });
    }
    expect((await rolledBack(path)).outcome).toBe('rolled_back');
    expect([readFileSync(path), readFileSync(`${path}-wal`)]).toEqual([database, log]);
    expect(readdirSync(folder).filter((name) => /restoring|migrating/.test(name))).toEqual([]);
    expect((await migrated(path)).vectorIds.numbered).toBe(4);
  });

  test('is not taken for unfinished where the log that went meanwhile was empty', async () => {
    const { path } = pythonDatabase(pythonRows);
    writeFileSync(`${path}-wal`, '');
    await migrated(path);
    await rolledBack(path);
    // As the old server leaves it when it only read.
    rmSync(`${path}-wal`, { force: true });
    expect((await migrated(path)).outcome).toBe('migrated');
  });

  test('refuses to take newer writes away, and with force keeps them beside it', async () => {
    const { folder, path } = pythonDatabase(pythonRows);
    await migrated(path);
    const store = await openSqliteStore({ path });
    await store.storeResource(newResource({ fileName: 'new.md' }));
    await store.close();
    const before = readFileSync(path);
    await expect(rolledBack(path)).rejects.toMatchObject({
      code: 'not_confirmed',
      message: expect.stringMatching(/1 memories written since/),
    });
    expect(readFileSync(path).equals(before)).toBe(true);
    // Of one that was killed while it copied.
    writeFileSync(`${path}.migrating-backup`, before.subarray(0, 4096));
    const { replaced } = await rolledBack(path, true);
    expect(databaseFileKind(path)).toBe('python_ltmc');
    expect(readdirSync(folder).filter((name) => /restoring|migrating|unfinished/.test(name))).toEqual([]);
    expect(valuesOf(replaced ?? '', 'SELECT count(*) FROM Resources')).toEqual([2]);
  });

  test('waits for nobody: while a server has the database open it refuses', async () => {
    const { path } = pythonDatabase(pythonRows);
    await migrated(path);
    const server = startScript('../../migrate/processes/hold-store', [path]);
    await server.ready();
    await expect(rolledBack(path)).rejects.toMatchObject({
      code: 'database_busy',
      message: expect.stringContaining('Another program'),
    });
    expect(databaseFileKind(path)).toBe('ltmc');
    server.send('end');
    await server.exit;
    // Vectors of what is rolled back.
    writeFileSync(`${path}.vectors`, '');
    expect((await rolledBack(path)).outcome).toBe('rolled_back');
    expect(existsSync(`${path}.vectors`)).toBe(false);
  });

  test('without a backup, or with a damaged one, touches nothing', async () => {
    const { folder, path } = pythonDatabase(pythonRows);
    await expect(rolledBack(path)).rejects.toMatchObject({ code: 'not_found' });
    const report = await migrated(path);
    writeFileSync(report.backup?.path ?? '', readFileSync(report.backup?.path ?? '').subarray(0, 20_480));
    const before = bytesOf(folder);
    await expect(rolledBack(path)).rejects.toMatchObject({
      code: expect.stringMatching(/damaged|not_found/),
    });
    expect(bytesOf(folder)).toEqual(before);
  });

  test('of a database that was lost needs no force', async () => {
    const { folder, path } = pythonDatabase(pythonRows);
    const before = readFileSync(path);
    await migrated(path);
    mkdirSync(join(folder, 'away'));
    copyFileSync(path, join(folder, 'away', 'ltmc.db'));
    writeFileSync(path, '');
    await rolledBack(path);
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});
