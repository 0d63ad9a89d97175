import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installedPackage } from '../installed-package.ts';
import { StdioServer } from '../stdio-server.ts';
import type { Note, Peer } from './peer.ts';

const version = '2026.8.31';

/** The reference server of the protocol's authors: a graph in a JSON Lines file, searched for one substring. */
export function serverMemory(): Peer {
  const program = join(installedPackage('@modelcontextprotocol/server-memory', version), 'dist', 'index.js');
  const fileIn = (folder: string) => join(folder, 'memory.jsonl');
  const entity = ({ id, text }: Note) => ({ name: id, entityType: 'note', observations: [text] });
  return {
    name: `server-memory ${version}`,
    start: (folder) =>
      new StdioServer([process.execPath, program], { HOME: folder, MEMORY_FILE_PATH: fileIn(folder) }),
    begin: async () => {},
    store: async (server, note) => {
      await server.call('create_entities', { entities: [entity(note)] });
      return note.id;
    },
    storeMany: async (server, notes) => {
      await server.call('create_entities', { entities: notes.map(entity) });
    },
    // It gives every entity that holds the text, in the order in which they were stored.
    search: async (server, query) => {
      const answer = await server.callForText('search_nodes', { query });
      const { entities } = JSON.parse(answer) as { entities: { name: string }[] };
      return { keys: entities.map(({ name }) => name), answer };
    },
    showsWeakHits: false,
    look: (server) => server.call('search_nodes', { query: 'nothing' }),
    notesIn: async (folder) =>
      readFileSync(fileIn(folder), 'utf8')
        .split('\n')
        .filter((line) => line.includes('"entity"')).length,
  };
}
