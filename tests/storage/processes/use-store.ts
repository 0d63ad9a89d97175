/**
 * Does to one database what each line of its stdin says, and answers each with a line: what came of it, or the
 * code, sentence and hint it was refused with.
 */
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Store } from '../../../src/domain/ports.ts';
import type { LtmcError } from '../../../src/errors.ts';
import { openSqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { newResource, query } from '../made-rows.ts';
import { unitVector } from '../made-vectors.ts';
import { databaseProblems } from '../whole-database.ts';
import { say } from './barrier.ts';

const [path = ''] = process.argv.slice(2);
const filler = join(dirname(path), 'filler');
let store: Store | undefined;

const commands: Record<string, (argument: string) => Promise<unknown>> = {
  open: async () => {
    store = await openSqliteStore({ path });
  },
  close: async () => store?.close(),
  store: async (name) =>
    (await opened().storeResource(newResource({ fileName: name, texts: [`kiwi ${name}`] }))).resourceId,
  /** Many pages in one transaction. */
  'store-much': async (name) => {
    const texts = Array.from({ length: 500 }, (_, i) => `kiwi ${name} ${i} `.repeat(20));
    return (await opened().storeResource(newResource({ fileName: name, texts }))).resourceId;
  },
  search: async () => {
    const found = await opened().searchChunks(query({ words: ['kiwi'], vector: unitVector(1) }), {
      scope: 'all',
    });
    return found.searchedRows;
  },
  status: async () => (await opened().status()).counts.memories,
  problems: async () => databaseProblems(path),
  'fill-disk': async () => fillDisk(),
  'free-disk': async () => rmSync(filler),
};

function opened(): Store {
  if (store === undefined) throw new Error('open first');
  return store;
}

/** Writes until the file system takes not one byte more. */
function fillDisk(): void {
  const file = openSync(filler, 'a');
  for (let bytes = 65_536; bytes >= 1; ) {
    try {
      if (writeSync(file, Buffer.alloc(bytes)) < bytes) bytes = Math.floor(bytes / 2);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      bytes = Math.floor(bytes / 2);
    }
  }
  closeSync(file);
}

say('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const [command = '', argument = ''] = line.split(' ');
  try {
    say(JSON.stringify({ value: (await commands[command]?.(argument)) ?? null }));
  } catch (error) {
    const { code, message, hint } = error as LtmcError;
    say(JSON.stringify({ code, message, hint }));
  }
}
