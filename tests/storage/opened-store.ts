import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Store } from '../../src/domain/ports.ts';
import { LtmcError } from '../../src/errors.ts';
import { openSqliteStore, type SqliteStoreOptions } from '../../src/storage/sqlite/sqlite-store.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A store of the running test, closed when it is over. */
export async function openedStore(options: SqliteStoreOptions): Promise<Store> {
  const store = await openSqliteStore(options);
  onTestFinished(() => store.close());
  return store;
}

/** A new database in a folder of its own. */
export async function newStore(): Promise<{ store: Store; path: string }> {
  const path = join(temporaryFolder(), 'ltmc.db');
  return { store: await openedStore({ path }), path };
}

/** What a call was refused with; fails when it was not refused, or not by an error of ours. */
export async function refusal(work: () => unknown): Promise<LtmcError> {
  try {
    await work();
  } catch (thrown) {
    if (thrown instanceof LtmcError) return thrown;
    throw thrown;
  }
  throw new Error('Expected a refusal; the call went through.');
}
