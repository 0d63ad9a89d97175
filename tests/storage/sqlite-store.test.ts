import { newStore, openedStore } from './opened-store.ts';
import { describeStore } from './store-contract.ts';

describeStore('SQLite', async () => {
  const { store, path } = await newStore();
  const reopen = async () => {
    await store.close();
    return openedStore({ path });
  };
  return { store, reopen };
});
