import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type StoreUser, storeUserOf } from './store-user.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Runs what follows in a mount space of its own, in which the folder `$1` is a disk of 8 MB. */
const mountAndRun = 'mount -t tmpfs -o size=8m small-disk "$1" && shift && exec "$@"';
const waysToMount = [
  ['unshare', '--map-root-user', '--mount', 'sh', '-c', mountAndRun, 'sh'],
  ['unshare', '--mount', 'sh', '-c', mountAndRun, 'sh'],
];

function smallDisk(): string[] | undefined {
  const folder = temporaryFolder();
  return waysToMount.find(
    ([command = '', ...args]) => spawnSync(command, [...args, folder, 'true']).status === 0,
  );
}

const refused = {
  code: 'disk_full',
  message: expect.stringContaining('The disk is full'),
  hint: expect.any(String),
};

describe('a full disk', () => {
  let user: StoreUser;

  test('refuses writes with one sentence, loses nothing, answers reads, and stores again later', async (context) => {
    const way = smallDisk();
    // Where no small disk can be mounted the test below still runs.
    if (way === undefined) return context.skip('needs unshare(1) and leave to mount a tmpfs');
    const folder = temporaryFolder();
    user = storeUserOf([...way, folder], join(folder, 'ltmc.db'));
    expect(await user.tell('open')).toEqual({ value: null });
    for (let i = 1; i <= 20; i++) expect(await user.tell(`store note-${i}`)).toEqual({ value: i });

    expect(await user.tell('fill-disk')).toEqual({ value: null });
    expect(await user.tell('store-much refused')).toMatchObject(refused);
    // What fits in the room that the log has already may still be stored; soon nothing fits.
    let stored = 20;
    let outcome = await user.tell('store late-0');
    for (; 'value' in outcome && stored < 200; stored++) outcome = await user.tell(`store late-${stored}`);
    expect(outcome).toMatchObject(refused);
    expect(await user.tell('store again')).toMatchObject(refused);
    expect(await user.tell('search')).toEqual({ value: stored });
    expect(await user.tell('status')).toEqual({ value: stored });

    // The log cannot be taken into the database now; it stays, and the next start reads it.
    expect(await user.tell('close')).toEqual({ value: null });
    expect(await user.tell('open')).toEqual({ value: null });
    expect(await user.tell('status')).toEqual({ value: stored });

    expect(await user.tell('free-disk')).toEqual({ value: null });
    expect(await user.tell('store-much fits')).toHaveProperty('value');
    expect(await user.tell('status')).toEqual({ value: stored + 1 });
    expect(await user.tell('problems')).toEqual({ value: [] });
  });

  test('that leaves no room for a new log refuses a start in the same words, and not the next one', async (context) => {
    const way = smallDisk();
    if (way === undefined) return context.skip('needs unshare(1) and leave to mount a tmpfs');
    const folder = temporaryFolder();
    user = storeUserOf([...way, folder], join(folder, 'ltmc.db'));
    for (const command of ['open', 'store note', 'close', 'fill-disk']) {
      expect(await user.tell(command)).toHaveProperty('value');
    }
    expect(await user.tell('open')).toMatchObject(refused);
    expect(await user.tell('free-disk')).toEqual({ value: null });
    expect(await user.tell('open')).toEqual({ value: null });
    expect(await user.tell('store another')).toEqual({ value: 2 });
    expect(await user.tell('problems')).toEqual({ value: [] });
  });

  test('met while the database is made leaves one that can be made later', async (context) => {
    const way = smallDisk();
    if (way === undefined) return context.skip('needs unshare(1) and leave to mount a tmpfs');
    const folder = temporaryFolder();
    user = storeUserOf([...way, folder], join(folder, 'ltmc.db'));
    expect(await user.tell('fill-disk')).toEqual({ value: null });
    expect(await user.tell('open')).toMatchObject(refused);
    expect(await user.tell('open')).toMatchObject(refused);
    expect(await user.tell('free-disk')).toEqual({ value: null });
    expect(await user.tell('open')).toEqual({ value: null });
    expect(await user.tell('store note')).toEqual({ value: 1 });
    expect(await user.tell('problems')).toEqual({ value: [] });
  });
});

describe.skipIf(process.platform === 'win32')('a limit on the size of files', () => {
  test('refuses writes with one sentence, ends no process, and loses nothing', async () => {
    const folder = join(temporaryFolder(), 'limited');
    mkdirSync(folder);
    // Blocks of 512 or 1,024 bytes, by the shell; a write beyond it fails with EFBIG and raises SIGXFSZ.
    const limited = ['sh', '-c', 'ulimit -f 1200 && exec "$@"', 'sh'];
    const user = storeUserOf(limited, join(folder, 'ltmc.db'));
    expect(await user.tell('open')).toEqual({ value: null });
    for (let i = 1; i <= 5; i++) expect(await user.tell(`store note-${i}`)).toEqual({ value: i });
    const outcome = await user.tell('store-much refused');
    expect(outcome.code).toMatch(/^(disk_full|database_unreachable)$/);
    expect(outcome.message).toContain('nothing of this call was stored');
    expect(await user.tell('search')).toEqual({ value: 5 });
    expect(await user.tell('store small')).toEqual({ value: 6 });
    expect(await user.tell('problems')).toEqual({ value: [] });
  });
});
