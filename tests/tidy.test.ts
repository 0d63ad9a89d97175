import { expect, test } from 'vitest';
import { importsOf, readText, sourceFiles } from './tidy/source-files.ts';

/** A room of the house: what of ours its files may import when the program runs, and which packages. */
interface Room {
  name: string;
  holds: RegExp;
  may: RegExp;
  packages: RegExp;
}

const leaves =
  'src/(access-scope|defined|errors|ids|is-running|kept-script|limits|log|nearest-name|new-file|package-root|private-folder)\\.ts';

/** The first room that holds a file is the one whose rule counts. Imports for types alone are free. */
const rooms: Room[] = [
  {
    name: 'the guard',
    holds: /^src\/(bin|node-version-problem|compile-cache-folder)\.ts$/,
    may: /^src\/(node-version-problem\.ts|compile-cache-folder\.ts|main\.js)$/,
    packages: /^$/,
  },
  { name: 'leaves', holds: new RegExp(`^${leaves}$`), may: new RegExp(`^${leaves}$`), packages: /^node:/ },
  {
    name: 'settings',
    holds: /^src\/(config|user-folders|project|git-config|git-remote)\.ts$/,
    may: new RegExp(`^(${leaves}|src/(user-folders|git-config|git-remote)\\.ts)$`),
    packages: /^node:/,
  },
  {
    name: 'domain',
    holds: /^src\/domain\//,
    may: new RegExp(`^(src/domain/.*|${leaves})$`),
    packages: /^(node:crypto|diff)$/,
  },
  {
    name: 'tools',
    holds: /^src\/tools\//,
    may: new RegExp(`^(src/tools/.*|src/domain/.*|${leaves})$`),
    packages: /^(zod|node:crypto)$/,
  },
  {
    name: 'mcp',
    holds: /^src\/mcp\//,
    may: new RegExp(`^(src/mcp/.*|src/tools/.*|src/domain/.*|${leaves})$`),
    packages: /^(node:.*|zod|prom-client|@modelcontextprotocol\/(server|node))$/,
  },
  {
    name: 'storage',
    holds: /^src\/storage\//,
    may: new RegExp(`^(src/storage/.*|${leaves})$`),
    packages: /^(node:.*|better-sqlite3)$/,
  },
  {
    name: 'embedding',
    holds: /^src\/embedding\//,
    may: new RegExp(`^(src/embedding/.*|${leaves})$`),
    packages: /^(node:.*|onnxruntime-node|@huggingface\/tokenizers)$/,
  },
  {
    name: 'legacy',
    holds: /^src\/legacy\//,
    // It reads the old, writes through the storage, and derives what the domain derives of a new row.
    may: new RegExp(`^(src/legacy/.*|src/storage/sqlite/.*|src/domain/.*|${leaves})$`),
    packages: /^(node:.*|better-sqlite3)$/,
  },
  {
    name: 'reading files',
    holds: /^src\/ingest\//,
    may: new RegExp(`^(src/ingest/.*|src/project\\.ts|src/domain/.*|${leaves})$`),
    packages: /^(node:.*|ignore)$/,
  },
  {
    name: 'recording',
    holds: /^src\/record\//,
    may: new RegExp(`^(src/record/.*|src/ingest/(credential-files|read-text-file)\\.ts|${leaves})$`),
    packages: /^node:/,
  },
  {
    name: "clients' hooks",
    holds: /^src\/hooks\//,
    may: new RegExp(`^(src/hooks/.*|src/record/.*|src/domain/covered-tests\\.ts|${leaves})$`),
    packages: /^node:/,
  },
  {
    name: 'client configurations',
    holds: /^src\/setup\//,
    may: new RegExp(`^(src/setup/.*|src/user-folders\\.ts|${leaves})$`),
    packages: /^(node:.*|jsonc-parser|smol-toml|diff)$/,
  },
  {
    name: 'transfer',
    holds: /^src\/transfer\//,
    may: new RegExp(`^(src/transfer/.*|src/domain/.*|${leaves})$`),
    packages: /^node:/,
  },
  {
    name: 'doctor',
    holds: /^src\/doctor\//,
    may: new RegExp(`^(src/doctor/.*|src/setup/.*|src/domain/.*|src/user-folders\\.ts|${leaves})$`),
    packages: /^node:/,
  },
  {
    name: 'tokens',
    holds: /^src\/tokens\//,
    may: new RegExp(`^(src/tokens/.*|${leaves})$`),
    packages: /^node:/,
  },
  {
    name: 'the wiring',
    holds: /^src\/app\.ts$/,
    may: /^src\/(storage|embedding|legacy|tokens|domain|config|project|errors|limits|log|package-root)/,
    packages: /^node:/,
  },
  {
    name: "the demo's client",
    holds: /^src\/commands\/demo\//,
    may: new RegExp(`^(src/commands/.*|${leaves})$`),
    packages: /^(node:.*|@modelcontextprotocol\/client)$/,
  },
  {
    name: 'commands',
    holds: /^src\/(cli\.ts|commands\/)/,
    may: new RegExp(
      `^(src/commands/.*|src/app\\.ts|src/(config|user-folders)\\.ts|src/mcp/(stdio|http|hidden-paths)\\.ts|src/(setup|ingest|record|hooks|transfer|doctor)/.*|${leaves})$`,
    ),
    packages: /^node:/,
  },
];

test('every file keeps to what its room may import', () => {
  const broken: string[] = [];
  for (const path of sourceFiles('src')) {
    const room = rooms.find(({ holds }) => holds.test(path));
    if (room === undefined) {
      broken.push(`${path} is in no room`);
      continue;
    }
    for (const { target, ours, typeOnly } of importsOf(path)) {
      // The domain and the tools know no package's types either.
      const isFree = typeOnly && (ours || !/^src\/(domain|tools)\//.test(path));
      if (isFree || (ours ? room.may : room.packages).test(target)) continue;
      broken.push(`${path} (${room.name}) imports ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

test('the adapters are named in app.ts alone', () => {
  const naming = sourceFiles('src')
    .filter((path) => !/^src\/(storage|embedding|legacy)\//.test(path))
    .filter((path) =>
      importsOf(path).some(({ target }) => /^src\/(storage|embedding|legacy)\//.test(target)),
    );
  expect(naming).toEqual(['src/app.ts']);
});

test('SQL is in storage and legacy alone', () => {
  const sql =
    /['"`\s](SELECT\s[^'"`]*\sFROM\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|CREATE\s+(TABLE|INDEX|TRIGGER|VIRTUAL)|PRAGMA\s)/;
  const speaking = sourceFiles('src')
    .filter((path) => !/^src\/(storage|legacy)\//.test(path))
    .filter((path) => sql.test(withoutComments(readText(path))));
  expect(speaking).toEqual([]);
});

test('stdout is written by the command line and the protocol alone', () => {
  const writers = sourceFiles('src').filter((path) =>
    /process\.stdout|console\.(log|info|debug|table|dir)\(/.test(withoutComments(readText(path))),
  );
  expect(writers).toEqual(['src/cli.ts', 'src/embedding/stdout-to-stderr.ts', 'src/mcp/stdio-connection.ts']);
});

test('every file in src is reached from a program', () => {
  const reached = new Set<string>();
  const waiting = [
    'src/bin.ts',
    'src/cli.ts',
    'src/embedding/worker.ts',
    'src/legacy/swap-process.ts',
    'src/storage/sqlite/scan-worker.ts',
    // Runs the protocol library in the built program; see scripts/kept-library.ts.
    'src/kept-script.ts',
    // Writes the list of tools that the server sends.
    'src/mcp/advertise.ts',
  ];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    for (const { target, ours } of importsOf(path)) if (ours && target.endsWith('.ts')) waiting.push(target);
  }
  expect(sourceFiles('src').filter((path) => !reached.has(path))).toEqual([]);
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}
