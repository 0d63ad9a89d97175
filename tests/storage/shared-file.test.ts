import { linkSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { startScript } from './child-process.ts';
import { bytesOf, legacyCopy } from './legacy-files.ts';
import { newMessage, newResource, query } from './made-rows.ts';
import { vectorOfText } from './made-vectors.ts';
import { newStore, openedStore, refusal } from './opened-store.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { databaseProblems } from './whole-database.ts';

describe('a database that another process keeps locked', () => {
  test('refuses a write as busy after the time it may wait, answers reads, and stores again later', async () => {
    const path = join(temporaryFolder(), 'ltmc.db');
    const store = await openedStore({ path, busyTimeoutMs: 30 });
    await store.storeResource(newResource({ texts: ['kiwi'] }));
    const other = new Sqlite(path);
    other.exec('BEGIN IMMEDIATE');
    const error = await refusal(() => store.storeResource(newResource({ fileName: 'late.md' })));
    expect(error.code).toBe('database_busy');
    expect(error.message).toContain('nothing of this call was stored');
    const found = await store.searchChunks(query({ words: ['kiwi'] }), { scope: 'all' });
    expect(found.hits).toHaveLength(1);
    other.exec('ROLLBACK');
    other.close();
    const stored = await store.storeResource(newResource({ fileName: 'late.md' }));
    expect(stored.vectorIds.first).toBe(2);
    expect(databaseProblems(path)).toEqual([]);
  });

  test('refuses to open it as busy while it is held alone', async () => {
    const path = join(temporaryFolder(), 'ltmc.db');
    const other = new Sqlite(path);
    other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    const error = await refusal(() => openedStore({ path, busyTimeoutMs: 30 }));
    expect(error.code).toBe('database_busy');
    other.exec('ROLLBACK');
    other.close();
    const store = await openedStore({ path, busyTimeoutMs: 30 });
    expect((await store.storeResource(newResource({}))).resourceId).toBe(1);
  });
});

/** A database at another place that holds one memory, as one file without side files. */
async function databaseWith(text: string): Promise<string> {
  const { store, path } = await newStore();
  await store.storeResource(newResource({ texts: [text] }));
  await store.close();
  return path;
}

/** Takes the log into the file, as whoever puts another file in its place must, and swaps the two. */
function replaceFile(path: string, by: string): void {
  const connection = new Sqlite(path);
  connection.pragma('wal_checkpoint(TRUNCATE)');
  connection.close();
  for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
  renameSync(by, path);
}

describe.skipIf(process.platform === 'win32')('a file that is put in the place of an open database', () => {
  test('is noticed: reads and writes go to the new one, and its vectors are found', async () => {
    const { store, path } = await newStore();
    await store.storeResource(newResource({ texts: ['the old kiwi'] }));
    const input = query({ words: ['kiwi'], vector: vectorOfText('the new kiwi') });
    expect((await store.searchChunks(input, { scope: 'all' })).hits[0]?.cosine).toBeLessThan(0.5);
    const { storeId } = await store.status();

    replaceFile(path, await databaseWith('the new kiwi'));
    expect((await store.status()).storeId).not.toBe(storeId);
    const { hits } = await store.searchChunks(input, { scope: 'all' });
    expect(hits).toHaveLength(1);
    expect(hits[0]?.cosine).toBeCloseTo(1, 5);
    expect((await store.storeResource(newResource({ fileName: 'b.md' }))).vectorIds.first).toBe(2);
    await store.close();
    const reopened = await openedStore({ path });
    expect((await reopened.status()).counts.memories).toBe(2);
    expect(databaseProblems(path)).toEqual([]);
  });

  test('is noticed by its vectors too when it is an older copy of the same database that went on', async () => {
    const { store, path } = await newStore();
    await store.storeResource(newResource({ texts: ['kept'] }));
    const copy = `${path}.copy`;
    new Sqlite(path).exec(`VACUUM INTO '${copy}'`).close();
    await store.logMessage(newMessage({ content: 'lost' }));
    const searched = async (text: string) => {
      const { hits } = await store.searchChunks(query({ vector: vectorOfText(text) }), { scope: 'all' });
      return hits.map((hit) => hit.cosine?.toFixed(3));
    };
    expect(await searched('kept')).toEqual(['1.000']);

    replaceFile(path, copy);
    const other = await openedStore({ path });
    for (const name of ['a', 'b']) await other.storeResource(newResource({ fileName: name, texts: [name] }));
    // Under the change number and the vector id of what was lost.
    expect(await searched('a')).toContain('1.000');
    expect(await searched('a')).toHaveLength(3);
  });

  test('by each of many replacements in a row', async () => {
    const { store, path } = await newStore();
    await store.storeResource(newResource({ texts: ['generation 0'] }));
    for (let generation = 1; generation <= 8; generation++) {
      // The second store that has it open stays on the old file until its own next call.
      const other = await openedStore({ path });
      replaceFile(path, await databaseWith(`generation ${generation}`));
      expect(await store.getMemory(1)).toMatchObject({ chunks: [{ text: `generation ${generation}` }] });
      expect((await store.storeResource(newResource({ fileName: 'more.md' }))).resourceId).toBe(2);
      expect((await other.status()).counts.memories).toBe(2);
      await other.close();
      expect(databaseProblems(path)).toEqual([]);
    }
  });

  test('while a write waits for its turn takes that write, so that it is not lost with the old file', async () => {
    const { store, path } = await newStore();
    await store.storeResource(newResource({ texts: ['old'] }));
    const replacing = startScript('replace-under-lock', [path, await databaseWith('new')]);
    await replacing.ready();
    replacing.send('go');
    const { resourceId } = await store.storeResource(newResource({ fileName: 'waited.md' }));
    await replacing.answer();
    const reopened = await openedStore({ path });
    expect(await reopened.getMemory(resourceId)).toMatchObject({ fileName: 'waited.md' });
    expect(await reopened.getMemory(1)).toMatchObject({ chunks: [{ text: 'new' }] });
    expect(databaseProblems(path)).toEqual([]);
  });

  test('is refused and not touched when it is one of the Python LTMC, as after a rollback', async () => {
    const { store, path } = await newStore();
    await store.storeResource(newResource({}));
    const legacy = legacyCopy('A-pickle');
    const before = bytesOf(legacy.folder).get('ltmc.db');
    replaceFile(path, legacy.path);
    expect((await refusal(() => store.storeResource(newResource({ fileName: 'b.md' })))).code).toBe(
      'needs_migration',
    );
    expect((await refusal(() => store.status())).code).toBe('needs_migration');
    expect(bytesOf(join(path, '..')).get('ltmc.db')).toBe(before);
    // And back again: the same store goes on.
    replaceFile(path, await databaseWith('kiwi'));
    expect((await store.status()).counts.memories).toBe(1);
  });

  test('that was removed is made anew, and the old one is not written any more', async () => {
    const { store, path } = await newStore();
    await store.storeResource(newResource({ texts: ['gone'] }));
    const kept = `${path}.kept`;
    linkSync(path, kept);
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
    const before = readFileSync(kept);
    expect((await store.status()).counts.memories).toBe(0);
    expect((await store.storeResource(newResource({ texts: ['new'] }))).resourceId).toBe(1);
    expect(readFileSync(kept).equals(before)).toBe(true);
    expect(databaseProblems(path)).toEqual([]);
  });
});
