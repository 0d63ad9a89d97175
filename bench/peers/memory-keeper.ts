import { join } from 'node:path';
import { installedPackage } from '../installed-package.ts';
import { StdioServer } from '../stdio-server.ts';
import type { Peer } from './peer.ts';
import { rowsOf, sharedSqlite } from './shared-sqlite.ts';

const version = '0.14.1';

/** Items of a session in SQLite, searched by vectors of hashed groups of three letters. */
export function memoryKeeper(): Peer {
  const folder = installedPackage('mcp-memory-keeper', version, sharedSqlite);
  const program = join(folder, 'bin', 'mcp-memory-keeper');
  return {
    name: `memory-keeper ${version}`,
    start: (home) => new StdioServer([process.execPath, program], { HOME: home, DATA_DIR: home }),
    begin: async (server) => {
      await server.callForText('context_session_start', { name: 'bench' });
    },
    store: async (server, { id, text }) => {
      const answer = await server.callForText('context_save', { key: id, value: text });
      // It refuses without marking its answer as an error.
      if (!answer.startsWith('Saved: ')) throw new Error(answer);
      return id;
    },
    search: async (server, query, { count }) => {
      const answer = await server.callForText('context_semantic_search', {
        query,
        ...(count === undefined ? {} : { topK: count }),
      });
      return { keys: [...answer.matchAll(/^ {3}Key: (.*)$/gm)].map((found) => found[1] as string), answer };
    },
    // It has one, but its own threshold kept nothing back from any question of the sets asked here.
    showsWeakHits: false,
    look: (server) => server.callForText('context_status', {}),
    notesIn: async (home) => rowsOf(join(home, 'context.db'), 'context_items'),
  };
}
