import { chmodSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bytesOf } from './legacy-files.ts';
import { newResource } from './made-rows.ts';
import { openedStore } from './opened-store.ts';
import { type StoreUser, storeUser } from './store-user.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Permissions bind everyone but root; for root the process runs as nobody. */
const asBoundUser = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** A stored and closed database, and a process that may do with it what these modes let it do. */
async function userOf(modes: { folder: number; file: number }): Promise<{ user: StoreUser; path: string }> {
  const folder = join(temporaryFolder(), 'data');
  mkdirSync(folder);
  chmodSync(dirname(folder), 0o755);
  const path = join(folder, 'ltmc.db');
  const store = await openedStore({ path });
  await store.storeResource(newResource({ texts: ['kiwi'] }));
  await store.close();
  chmodSync(path, modes.file);
  chmodSync(folder, modes.folder);
  onTestFinished(() => chmodSync(folder, 0o700));
  return { user: storeUser(path, asBoundUser), path };
}

const readOnly = { code: 'read_only', message: expect.stringContaining('cannot be written by this user') };

describe.skipIf(process.platform === 'win32')('a database that this user may not write', () => {
  test('as a file is read, and a write is refused with one sentence', async () => {
    const { user, path } = await userOf({ folder: 0o777, file: 0o444 });
    const before = bytesOf(dirname(path)).get('ltmc.db');
    expect(await user.tell('open')).toEqual({ value: null });
    expect(await user.tell('search')).toEqual({ value: 1 });
    const refused = await user.tell('store note');
    expect(refused).toMatchObject(readOnly);
    expect(refused.hint).toContain('write access');
    expect(await user.tell('status')).toEqual({ value: 1 });
    expect(bytesOf(dirname(path)).get('ltmc.db')).toBe(before);
  });

  test.each([0o666, 0o444])(
    'in a folder that is read-only is refused clearly and stays as it is (file %o)',
    async (file) => {
      const { user, path } = await userOf({ folder: 0o555, file });
      const before = bytesOf(dirname(path));
      const refused = await user.tell('open');
      expect(refused.code).toMatch(/^(read_only|database_unreachable)$/);
      expect(refused.message).toContain(path);
      expect(refused.hint).toMatch(/write/);
      expect(bytesOf(dirname(path))).toEqual(before);
    },
  );

  test('cannot be made in a folder that is read-only', async () => {
    const { path } = await userOf({ folder: 0o555, file: 0o444 });
    for (const name of ['new.db', join('deeper', 'new.db')]) {
      const user = storeUser(join(dirname(path), name), asBoundUser);
      expect(await user.tell('open')).toMatchObject(readOnly);
    }
    expect([...bytesOf(dirname(path)).keys()]).toEqual(['ltmc.db']);
  });

  test('in a folder that may not even be entered is refused', async () => {
    const { user } = await userOf({ folder: 0o000, file: 0o666 });
    expect((await user.tell('open')).code).toMatch(/^(read_only|database_unreachable)$/);
  });
});
