import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Embedder, Store } from '../../src/domain/ports.ts';
import { searchInputOf } from '../../src/domain/search-input.ts';
import { backupDatabase } from '../../src/storage/sqlite/backup-database.ts';
import { restoreDatabase } from '../../src/storage/sqlite/restore-database.ts';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { newResource, query } from './made-rows.ts';
import { unitVector } from './made-vectors.ts';
import { openedStore } from './opened-store.ts';
import { storeUser } from './store-user.ts';
import { temporaryFolder } from './temporary-folder.ts';

const perResource = 500;
const vectorCount = 4_500;
let template: { folder: string };

/** Resource r has the chunks (r - 1) * 500 + 1 and on; chunk c has the vector of seed c. */
async function fill(store: Store, resources: number, firstSeed = 1): Promise<void> {
  for (let r = 0; r < resources; r++) {
    await store.storeResource(
      newResource({
        fileName: `file ${firstSeed + r * perResource}`,
        texts: Array.from({ length: perResource }, (_, i) => `${firstSeed + r * perResource + i} `),
        vectorOf: (_, i) => unitVector(firstSeed + r * perResource + i),
      }),
    );
  }
}

beforeAll(async () => {
  template = { folder: mkdtempSync(join(tmpdir(), 'ltmc-vectors-')) };
  const store = await openSqliteStore({ path: join(template.folder, 'ltmc.db') });
  await fill(store, vectorCount / perResource);
  await store.close();
  return () => rmSync(template.folder, { recursive: true, force: true });
});

/** A database of 4,500 vectors of the test's own; no file of vectors is beside it yet. */
function databaseCopy(): string {
  const path = join(temporaryFolder(), 'ltmc.db');
  copyFileSync(join(template.folder, 'ltmc.db'), path);
  return path;
}

async function nearestChunk(store: Store, seed: number): Promise<number | undefined> {
  const { hits } = await store.searchChunks(query({ vector: unitVector(seed) }), { scope: 'all' });
  return hits.find(({ cosine }) => (cosine ?? 0) > 0.9)?.chunkId;
}

/** One process's work: opened, asked, closed, which writes what is due. */
async function asked(path: string, seed = 1): Promise<number | undefined> {
  const store = await openSqliteStore({ path });
  try {
    return await nearestChunk(store, seed);
  } finally {
    await store.close();
  }
}

/**
 * Whether a new process takes the vectors from the file: in the rows, chunk 2 gets the vector of seed 77,777, and
 * no change number says so.
 */
async function isBelieved(path: string): Promise<boolean> {
  const connection = new Sqlite(path);
  connection.pragma('trusted_schema = OFF');
  const vector = Buffer.from(unitVector(77_777).buffer);
  const before = connection.prepare('SELECT vector FROM Embeddings WHERE vector_id = 2').pluck().get();
  connection.prepare('UPDATE Embeddings SET vector = ? WHERE vector_id = 2').run(vector);
  const store = await openSqliteStore({ path });
  const found = await nearestChunk(store, 77_777);
  await store.close();
  connection.prepare('UPDATE Embeddings SET vector = ? WHERE vector_id = 2').run(before);
  connection.close();
  return found === undefined;
}

const fileOf = (path: string) => `${path}.vectors`;
const besides = (path: string) => readdirSync(dirname(path)).filter((name) => name.includes('vectors'));

describe('the file of vectors beside a database', () => {
  test('is written by who read many rows, for its user alone, and is what the next one reads', async () => {
    const path = databaseCopy();
    expect(await asked(path, 4_321)).toBe(4_321);
    expect(besides(path)).toEqual(['ltmc.db.vectors']);
    if (process.platform !== 'win32') expect(statSync(fileOf(path)).mode & 0o777).toBe(0o600);
    const written = statSync(fileOf(path), { bigint: true }).mtimeNs;
    expect(await isBelieved(path)).toBe(true);
    expect(await asked(path, 1_234)).toBe(1_234);
    expect(statSync(fileOf(path), { bigint: true }).mtimeNs).toBe(written);
  });

  test('is not written for a small store, nor where no search was made', async () => {
    const path = join(temporaryFolder(), 'ltmc.db');
    const store = await openSqliteStore({ path });
    await fill(store, 2);
    expect(await nearestChunk(store, 700)).toBe(700);
    await store.close();
    expect(besides(path)).toEqual([]);
    const other = databaseCopy();
    await (await openSqliteStore({ path: other })).close();
    expect(besides(other)).toEqual([]);
  });

  test('is caught up with what was added, changed and removed since', async () => {
    const path = databaseCopy();
    await asked(path);
    const store = await openSqliteStore({ path });
    await fill(store, 1, 50_001);
    await store.remove([{ kind: 'memory', id: 2 }], { dryRun: false });
    const texts = ['new '];
    await store.storeResource(
      newResource({ fileName: 'file 1001', texts, vectorOf: () => unitVector(60_000), replace: true }),
    );
    await store.close();
    expect(await isBelieved(path)).toBe(true);
    expect(await asked(path, 50_300)).toBe(vectorCount + 300);
    expect(await asked(path, 60_000)).toBe(vectorCount + perResource + 1);
    expect(await asked(path, 600)).toBeUndefined();
    expect(await asked(path, 1_100)).toBeUndefined();
    expect(await asked(path, 1_600)).toBe(1_600);
  });

  test('is written anew once it lacks much', async () => {
    const path = databaseCopy();
    await asked(path);
    const before = readFileSync(fileOf(path));
    const store = await openSqliteStore({ path });
    await fill(store, 8, 50_001);
    await nearestChunk(store, 1);
    await store.close();
    expect(readFileSync(fileOf(path)).length).toBeGreaterThan(before.length);
    expect(await isBelieved(path)).toBe(true);
    expect(await asked(path, 53_999)).toBe(vectorCount + 3_999);
  });

  test.each<[string, (path: string) => void]>([
    ['damaged', (path) => writeFileSync(path, readFileSync(path).fill(85, 700_000, 700_001))],
    ['cut off', (path) => writeFileSync(path, readFileSync(path).subarray(0, 1_000_000))],
    ['empty', (path) => writeFileSync(path, '')],
  ])('that is %s costs nothing but time, and is written anew', async (_, damage) => {
    const path = databaseCopy();
    await asked(path);
    damage(fileOf(path));
    const damaged = readFileSync(fileOf(path));
    expect(await asked(path, 4_000)).toBe(4_000);
    expect(readFileSync(fileOf(path)).equals(damaged)).toBe(false);
    expect(await isBelieved(path)).toBe(true);
  });

  test('of another database is not believed', async () => {
    const [path, other] = [databaseCopy(), join(temporaryFolder(), 'ltmc.db')];
    const store = await openSqliteStore({ path: other });
    await fill(store, 9, 90_001);
    await nearestChunk(store, 1);
    await store.close();
    await asked(path);
    copyFileSync(fileOf(other), fileOf(path));
    expect(await asked(path, 90_001)).toBeUndefined();
    expect(await asked(path, 2_000)).toBe(2_000);
  });

  test('is not believed by an older copy of its database that went another way under the same numbers', async () => {
    const path = databaseCopy();
    await asked(path);
    const copy = `${path}.copy`;
    copyFileSync(path, copy);
    const store = await openSqliteStore({ path });
    await fill(store, 9, 50_001);
    await nearestChunk(store, 1);
    await store.close();
    const ahead = readFileSync(fileOf(path));
    copyFileSync(copy, path);
    const second = await openSqliteStore({ path });
    await fill(second, 9, 70_001);
    await second.close();
    writeFileSync(fileOf(path), ahead);
    expect(await asked(path, 50_100)).toBeUndefined();
    expect(await asked(path, 70_100)).toBe(vectorCount + 100);
  });

  test.each<[string, (path: string) => void]>([
    ['over it', () => {}],
    // What is damaged is replaced by a rename and not page by page.
    ['in the place of a damaged one', (path) => writeFileSync(path, 'damaged')],
  ])('is not believed once a backup was restored %s, by this process and by the next', async (_, damage) => {
    const path = databaseCopy();
    await asked(path);
    const backup = `${path}.backup`;
    backupDatabase({ databasePath: path, targetPath: backup, force: false });
    const store = await openSqliteStore({ path });
    await fill(store, 9, 50_001);
    expect(await nearestChunk(store, 50_001)).toBe(vectorCount + 1);
    await store.close();
    const user = await openSqliteStore({ path });
    expect(await nearestChunk(user, 50_001)).toBe(vectorCount + 1);
    const ahead = readFileSync(fileOf(path));
    damage(path);
    const request = { databasePath: path, backupPath: backup, force: true, programVersion: 'test' };
    await restoreDatabase({ ...request, now: Date.now });
    for (const searched of [user, await openSqliteStore({ path })]) {
      expect(await nearestChunk(searched, 50_001)).toBeUndefined();
      expect(await nearestChunk(searched, 2_000)).toBe(2_000);
      await searched.close();
    }
    expect(readFileSync(fileOf(path)).equals(ahead)).toBe(false);
    expect(await isBelieved(path)).toBe(true);
  });

  test('that cannot be written or read is done without', async () => {
    const path = databaseCopy();
    mkdirSync(fileOf(path));
    writeFileSync(join(fileOf(path), 'a file'), '');
    expect(await asked(path, 3_000)).toBe(3_000);
    expect(await asked(path, 3_001)).toBe(3_001);
    expect(besides(path)).toEqual(['ltmc.db.vectors']);
  });

  test('is found through a link to the database', async () => {
    if (process.platform === 'win32') return;
    const path = databaseCopy();
    const link = join(temporaryFolder(), 'link.db');
    symlinkSync(path, link);
    expect(await asked(link, 3_000)).toBe(3_000);
    expect(existsSync(fileOf(path))).toBe(true);
    expect(besides(link)).toEqual([]);
  });

  test('serves other processes, which find what is added meanwhile', async () => {
    const path = databaseCopy();
    await asked(path);
    const users = [storeUser(path), storeUser(path)];
    for (const user of users) expect(await user.tell('open')).toEqual({ value: null });
    const store = await openedStore({ path });
    await fill(store, 1, 50_001);
    for (const user of users) expect(await user.tell('search')).toMatchObject({ value: expect.any(Number) });
    expect(await nearestChunk(store, 50_002)).toBe(vectorCount + 2);
    await users[0]?.tell('store theirs');
    expect(await nearestChunk(store, 50_003)).toBe(vectorCount + 3);
  });
});

describe('where the vectors do not fit into memory', () => {
  test('searches go by their words, and say why', async () => {
    const path = databaseCopy();
    const grown = vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementation(() => {
      throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded');
    });
    onTestFinished(() => grown.mockRestore());
    const store = await openedStore({ path });
    const input = query({ words: ['4321'], vector: unitVector(1) });
    const { hits, searchedRows } = await store.searchChunks(input, { scope: 'all' });
    expect(hits).toMatchObject([{ chunkId: 4_321, cosine: null }]);
    expect(searchedRows).toBe(vectorCount);
    const reason = 'Expected memory for 64 vectors; it cannot be had, so the words alone decide.';
    expect(await store.vectorsProblem()).toBe(reason);
    const embed = async () => ({ vectors: [unitVector(1)], modelHash: 'made' });
    const embedder = { embed, status: () => ({ state: 'ready' }) } as unknown as Embedder;
    expect(await searchInputOf(embedder, store, 'chunk', 'kiwi')).toEqual({
      input: { words: ['kiwi'], vector: null },
      search: { mode: 'lexical', reason },
    });
    // Another process may have the room.
    grown.mockRestore();
    const next = await openedStore({ path });
    expect(await next.vectorsProblem()).toBeNull();
    expect(await nearestChunk(next, 4_321)).toBe(4_321);
  });
});

describe('vectors that were removed for good', () => {
  /** The beginning of a vector as it lies in memory and in the file. */
  function quantised(seed: number): Buffer {
    const vector = unitVector(seed);
    const step = Math.max(...vector.map(Math.abs)) / 127;
    return Buffer.from(Int8Array.from(vector, (value) => Math.round(value / step)).buffer).subarray(0, 32);
  }

  function filesWith(path: string, seed: number): string[] {
    const folder = dirname(path);
    return readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(quantised(seed)));
  }

  test('are in no file of vectors, neither at once nor in the next one', async () => {
    const path = databaseCopy();
    await asked(path);
    expect(filesWith(path, 4_499)).toEqual(['ltmc.db.vectors']);
    // Another process has the vectors in memory when they go.
    const other = await openSqliteStore({ path });
    await nearestChunk(other, 1);
    const store = await openSqliteStore({ path });
    await nearestChunk(store, 1);
    await store.remove([{ kind: 'memory', id: 9 }], { dryRun: false });
    await store.purgeRemoved();
    expect(besides(path)).toEqual([]);
    await fill(store, 1, 50_001);
    for (const user of [store, other]) {
      expect(await nearestChunk(user, 4_499)).toBeUndefined();
      await user.close();
      expect(besides(path)).toEqual(['ltmc.db.vectors']);
      expect(filesWith(path, 4_499)).toEqual([]);
      expect(filesWith(path, 4_000)).toEqual(['ltmc.db.vectors']);
    }
  });

  test('are in no file that was being written when they went', async () => {
    for (let turns = 0; turns < 12; turns += 2) {
      const path = databaseCopy();
      const writer = await openSqliteStore({ path });
      await nearestChunk(writer, 1);
      const remover = await openSqliteStore({ path });
      const closed = writer.close();
      for (let turn = 0; turn < turns; turn++) await new Promise((settle) => setImmediate(settle));
      await remover.remove([{ kind: 'memory', id: 9 }], { dryRun: false });
      await remover.purgeRemoved();
      await closed;
      await remover.close();
      expect(filesWith(path, 4_499), `after ${turns} turns`).toEqual([]);
      expect(await asked(path, 4_499)).toBeUndefined();
      expect(await asked(path, 3_999)).toBe(3_999);
    }
  });

  test('are not believed from a file that a killed purge left', async () => {
    const path = databaseCopy();
    await asked(path);
    const left = readFileSync(fileOf(path));
    const store = await openSqliteStore({ path });
    await store.remove([{ kind: 'memory', id: 9 }], { dryRun: false });
    await store.purgeRemoved();
    await store.close();
    writeFileSync(fileOf(path), left);
    expect(await asked(path, 4_499)).toBeUndefined();
    expect(filesWith(path, 4_499)).toEqual([]);
  });
});
