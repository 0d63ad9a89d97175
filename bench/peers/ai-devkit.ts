import { join } from 'node:path';
import { installedPackage } from '../installed-package.ts';
import { StdioServer } from '../stdio-server.ts';
import type { Note, Peer } from './peer.ts';
import { rowsOf, sharedSqlite } from './shared-sqlite.ts';

const version = '0.20.1';
/** What it accepts; longer is cut, shorter is filled up with dots, which its full text does not see. */
const contentCharacters = { min: 50, max: 5_000 };
const titleCharacters = { min: 10, max: 100 };
const queryCharactersMax = 500;

/** Knowledge with a title in SQLite, searched by full text. Its optional model would have to be downloaded. */
export function aiDevkit(): Peer {
  const folder = installedPackage('@ai-devkit/memory', version, sharedSqlite);
  const program = join(folder, 'dist', 'index.js');
  return {
    name: `ai-devkit ${version}`,
    start: (home) => new StdioServer([process.execPath, program], { HOME: home }),
    begin: async () => {},
    store: async (server, note) => {
      const answer = await server.callForText('memory_storeKnowledge', {
        title: titleOf(note),
        content: filled(note.text, contentCharacters),
      });
      return (JSON.parse(answer) as { id: string }).id;
    },
    search: async (server, query, { count }) => {
      const answer = await server.callForText('memory_searchKnowledge', {
        query: query.slice(0, queryCharactersMax),
        ...(count === undefined ? {} : { limit: count }),
      });
      const { results } = JSON.parse(answer) as { results: { id: string }[] };
      return { keys: results.map(({ id }) => id), answer };
    },
    showsWeakHits: false,
    look: (server) => server.callForText('memory_searchKnowledge', { query: 'nothing' }),
    notesIn: async (home) => rowsOf(join(home, '.ai-devkit', 'memory.db'), 'knowledge'),
  };
}

/** The beginning of the note, as an agent would name it; with the id, because two titles must not be the same. */
function titleOf({ id, text }: Note): string {
  const end = ` (${id})`;
  const beginning = text
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, titleCharacters.max - end.length);
  return filled(`${beginning}${end}`, titleCharacters);
}

function filled(text: string, { min, max }: { min: number; max: number }): string {
  return text.trim().slice(0, max).padEnd(min, '.');
}
