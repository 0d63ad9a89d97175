import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkClients } from '../../src/doctor/check-clients.ts';
import { checkFolder, removeLeftovers } from '../../src/doctor/check-folder.ts';
import { checkModel } from '../../src/doctor/check-model.ts';
import { OnnxEmbedder } from '../../src/embedding/onnx-embedder.ts';
import { isRunning } from '../../src/is-running.ts';
import { hookGroups, withHooks } from '../../src/setup/hooks-config.ts';
import { temporaryFolder } from '../storage/temporary-folder.ts';

function files(): { folder: string; databasePath: string } {
  const folder = temporaryFolder();
  const databasePath = join(folder, 'ltmc.db');
  writeFileSync(databasePath, 'x', { mode: 0o600 });
  return { folder, databasePath };
}

const room = () => 1e12;
const fine = {
  platform: process.platform,
  userId: process.getuid?.(),
  freeBytes: room,
  isRunning: () => true,
};

test('files that others may read, or that another user has, are found; not on Windows', () => {
  const { folder, databasePath } = files();
  expect(checkFolder({ ...fine, databasePath })).toEqual([]);
  chmodSync(databasePath, 0o644);
  writeFileSync(join(folder, 'ltmc.db.backup_20260101_000000'), 'x');
  chmodSync(join(folder, 'ltmc.db.backup_20260101_000000'), 0o660);
  const found = checkFolder({ ...fine, platform: 'linux', userId: 4242, databasePath });
  expect(found).toMatchObject([
    { code: 'files_open_to_others', level: 'problem', count: 2 },
    { code: 'files_of_another_user', level: 'problem', count: 2 },
  ]);
  expect(found[0]?.hint).toContain('chmod 600');
  expect(checkFolder({ ...fine, platform: 'win32', databasePath })).toEqual([]);
});

test('a full disk and what killed runs left are found', () => {
  const { folder, databasePath } = files();
  expect(checkFolder({ ...fine, freeBytes: () => 1000, databasePath })).toMatchObject([
    { code: 'disk_room' },
  ]);
  expect(checkFolder({ ...fine, freeBytes: () => null, databasePath })).toEqual([]);
  for (const name of ['ltmc.db.backup_20260101_000000.123.tmp', '.ltmc.db.restore.123.tmp']) {
    writeFileSync(join(folder, name), '', { mode: 0o600 });
  }
  expect(checkFolder({ ...fine, databasePath })).toEqual([]);
  expect(checkFolder({ ...fine, isRunning: () => false, databasePath })).toMatchObject([
    { code: 'leftover_files', level: 'notice', count: 2 },
  ]);
  expect(removeLeftovers({ ...fine, databasePath })).toBe(0);
  expect(removeLeftovers({ ...fine, isRunning: () => false, databasePath })).toBe(2);
  expect(readdirSync(folder)).toEqual(['ltmc.db']);
  // Names that LTMC gives to no file of this database, and a folder.
  writeFileSync(join(folder, 'notes on ltmc.db.2024.tmp'), 'mine', { mode: 0o600 });
  mkdirSync(join(folder, 'ltmc.db.2024.tmp'));
  expect(checkFolder({ ...fine, isRunning: () => false, databasePath })).toEqual([]);
  expect(removeLeftovers({ ...fine, isRunning: () => false, databasePath })).toBe(0);
  expect(checkFolder({ ...fine, databasePath: join(folder, 'missing', 'ltmc.db') })).toEqual([]);
  expect(isRunning(process.pid)).toBe(true);
  // Above the largest that Linux gives.
  expect(isRunning(2 ** 22 + 1)).toBe(false);
});

test('clients that start LTMC by files that are not there are found', () => {
  const home = temporaryFolder();
  const surroundings = {
    platform: 'linux' as const,
    environment: {},
    home,
    isFolder: () => false,
    hasText: () => false,
  };
  const there = new Set(['/usr/bin/node', '/opt/ltmc/dist/cli.js']);
  const clients = () => checkClients({ surroundings, isFile: (path) => there.has(path) });
  expect(clients()).toEqual([]);
  const claude = (entry: unknown) =>
    writeFileSync(
      join(home, '.claude.json'),
      JSON.stringify({ mcpServers: { ltmc: entry, other: { command: '/no' } } }),
    );
  claude({ command: '/usr/bin/node', args: ['/opt/ltmc/dist/cli.js', 'serve', '--db', '/not/there.db'] });
  expect(clients()).toEqual([]);
  claude({ command: 'npx', args: ['-y', 'ltmc@1.0.0', 'serve'] });
  expect(clients()).toEqual([]);
  claude({ command: '/usr/bin/node', args: ['/gone/dist/cli.js', 'serve'] });
  mkdirSync(join(home, '.codex'));
  writeFileSync(
    join(home, '.codex', 'config.toml'),
    '[mcp_servers.ltmc]\ncommand = "/gone/node"\nargs = ["/gone/cli.js"]\n',
  );
  mkdirSync(join(home, '.cursor'));
  writeFileSync(join(home, '.cursor', 'mcp.json'), '{ not json');
  const found = clients();
  expect(found.map(({ code, level, count }) => [code, level, count])).toEqual([
    ['client_points_nowhere', 'problem', 1],
    ['client_unreadable', 'notice', 1],
    ['client_points_nowhere', 'problem', 2],
  ]);
  expect(found[0]).toMatchObject({ hint: 'Run: ltmc setup claude-code' });
  expect(found[0]?.message).toContain('/gone/dist/cli.js');
});

test('hooks that call LTMC by files that are not there are found', () => {
  const home = temporaryFolder();
  mkdirSync(join(home, '.claude'));
  const there = new Set(['/usr/bin/node', "/opt/it's mine/dist/cli.js"]);
  const surroundings = {
    platform: 'linux' as const,
    environment: {},
    home,
    isFolder: (path: string) => path === join(home, '.claude'),
    hasText: () => true,
  };
  const found = (program: string) => {
    const groups = hookGroups({
      platform: 'linux',
      nodePath: '/usr/bin/node',
      programPath: program,
      version: '1.0.0',
      flags: [],
    });
    writeFileSync(join(home, '.claude', 'settings.json'), withHooks('', groups));
    return checkClients({ surroundings, isFile: (path) => there.has(path) });
  };
  expect(found("/opt/it's mine/dist/cli.js")).toEqual([]);
  expect(found("/gone/it's mine/dist/cli.js")).toMatchObject([
    {
      code: 'hooks_point_nowhere',
      level: 'problem',
      count: 1,
      message: expect.stringContaining("/gone/it's mine/dist/cli.js"),
      hint: 'Run: ltmc setup claude-code --hooks',
    },
  ]);
});

test('a model that cannot be loaded is found, with its reason', async () => {
  const modelDir = temporaryFolder();
  const embedder = new OnnxEmbedder({ modelDir });
  const { findings, modelHashes } = await checkModel(embedder);
  await embedder.close();
  expect(modelHashes).toBeNull();
  expect(findings).toMatchObject([{ code: 'model_unavailable', level: 'problem', count: 1 }]);
  expect(findings[0]?.message).toContain('no such file');
});
