import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { StdioServer } from '../stdio-server.ts';
import type { Peer } from './peer.ts';

/** One project for all notes, whatever folder the bench is run in. */
export const project = 'bench';

/** Calls sent without waiting, where many notes are stored. */
const callsAtOnce = 16;

export const ltmc: Peer = {
  name: 'ltmc',
  start: (folder) =>
    new StdioServer([process.execPath, join(packageRoot, 'dist', 'cli.js'), 'serve'], {
      HOME: folder,
      XDG_DATA_HOME: folder,
      XDG_CONFIG_HOME: folder,
      XDG_CACHE_HOME: join(folder, 'cache'),
      LTMC_DB: databaseIn(folder),
    }),
  begin: async () => {},
  store: async (server, { id, text }) => {
    await server.call('store_memory', { project, file_name: id, content: text });
    return id;
  },
  storeMany: async (server, notes) => {
    for (let first = 0; first < notes.length; first += callsAtOnce) {
      const some = notes.slice(first, first + callsAtOnce);
      await Promise.all(some.map((note) => ltmc.store(server, note)));
    }
  },
  search: async (server, query, { count, weak = false }) => {
    const answer = await server.callForText('retrieve_memory', {
      project,
      query,
      ...(count === undefined ? {} : { top_k: count }),
      ...(weak ? { include_weak: true } : {}),
    });
    const { retrieved_chunks } = JSON.parse(answer) as { retrieved_chunks: { file_name: string }[] };
    // Several passages of one note count once, at the place of the best.
    return { keys: [...new Set(retrieved_chunks.map(({ file_name }) => file_name))], answer };
  },
  showsWeakHits: true,
  look: (server) => server.call('list_todos', {}),
  notesIn: async (folder) => {
    const store = await openSqliteStore({ path: databaseIn(folder) });
    const { counts } = await store.status();
    await store.close();
    return counts.memories;
  },
};

export function databaseIn(folder: string): string {
  return join(folder, 'ltmc.db');
}
