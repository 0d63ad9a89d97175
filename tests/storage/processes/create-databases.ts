/** Makes or opens one database after another, stores in each, and answers the store ids it saw or what failed. */
import { LtmcError } from '../../../src/errors.ts';
import { openSqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { newResource } from '../made-rows.ts';
import { answer, barrier } from './barrier.ts';

const [name = '', ...paths] = process.argv.slice(2);
await barrier();
const storeIds: string[] = [];
for (const path of paths) {
  // Every process waits for the next moment of the shared clock, so that all of them create at the same time.
  const moment = Math.ceil(Date.now() / 60) * 60;
  while (Date.now() < moment);
  try {
    const store = await openSqliteStore({ path });
    await store.storeResource(newResource({ fileName: name, texts: [`${name} was here`] }));
    storeIds.push((await store.status()).storeId);
    await store.close();
  } catch (error) {
    storeIds.push(error instanceof LtmcError ? error.code : String(error));
  }
}
answer(storeIds);
