import { expect, test } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { type ClientSurroundings, clients } from '../../src/setup/clients.ts';
import { rulesBlock } from '../../src/setup/rules-block.ts';
import { isOurEntry, serverEntry } from '../../src/setup/server-entry.ts';

const linux: ClientSurroundings = {
  platform: 'linux',
  environment: {},
  home: '/home/ada',
  isFolder: () => false,
  hasText: () => false,
};
const mac: ClientSurroundings = { ...linux, platform: 'darwin', home: '/Users/ada' };
const windows: ClientSurroundings = {
  ...linux,
  platform: 'win32',
  home: 'C:\\Users\\Ada',
  environment: {
    APPDATA: 'C:\\Users\\Ada\\AppData\\Roaming',
    LOCALAPPDATA: 'C:\\Users\\Ada\\AppData\\Local',
  },
};

function files(surroundings: ClientSurroundings): Record<string, string> {
  return Object.fromEntries(clients.map((client) => [client.name, client.configFile(surroundings)]));
}

function instructions(name: string, surroundings: ClientSurroundings): string[] | string {
  const { instructions: found } = clients.find((client) => client.name === name)!;
  return 'place' in found ? found.place : found.files(surroundings);
}

test('the configuration files of each client on each platform', () => {
  expect(files(linux)).toEqual({
    'claude-code': '/home/ada/.claude.json',
    'claude-desktop': '/home/ada/.config/Claude/claude_desktop_config.json',
    cursor: '/home/ada/.cursor/mcp.json',
    vscode: '/home/ada/.config/Code/User/mcp.json',
    codex: '/home/ada/.codex/config.toml',
  });
  expect(files(mac)).toEqual({
    'claude-code': '/Users/ada/.claude.json',
    'claude-desktop': '/Users/ada/Library/Application Support/Claude/claude_desktop_config.json',
    cursor: '/Users/ada/.cursor/mcp.json',
    vscode: '/Users/ada/Library/Application Support/Code/User/mcp.json',
    codex: '/Users/ada/.codex/config.toml',
  });
  expect(files(windows)).toEqual({
    'claude-code': 'C:\\Users\\Ada\\.claude.json',
    'claude-desktop': 'C:\\Users\\Ada\\AppData\\Roaming\\Claude\\claude_desktop_config.json',
    cursor: 'C:\\Users\\Ada\\.cursor\\mcp.json',
    vscode: 'C:\\Users\\Ada\\AppData\\Roaming\\Code\\User\\mcp.json',
    codex: 'C:\\Users\\Ada\\.codex\\config.toml',
  });
});

test('folders that variables move', () => {
  const environment = {
    CLAUDE_CONFIG_DIR: '/c/claude',
    CODEX_HOME: '/c/codex',
    XDG_CONFIG_HOME: '/c/config',
  };
  expect(files({ ...linux, environment })).toMatchObject({
    'claude-code': '/c/claude/.claude.json',
    'claude-desktop': '/c/config/Claude/claude_desktop_config.json',
    vscode: '/c/config/Code/User/mcp.json',
    codex: '/c/codex/config.toml',
  });
  expect(instructions('claude-code', { ...linux, environment })).toEqual(['/c/claude/CLAUDE.md']);
  expect(files({ ...linux, environment: { CODEX_HOME: 'codex' } }).codex).toBe(
    '/home/ada/.codex/config.toml',
  );
});

test('Claude Desktop from the Microsoft Store has a folder of its own', () => {
  const own = 'C:\\Users\\Ada\\AppData\\Local\\Packages\\Claude_pzs8sxrjxfjjc';
  const store = { ...windows, isFolder: (path: string) => path === own };
  expect(files(store)['claude-desktop']).toBe(
    `${own}\\LocalCache\\Roaming\\Claude\\claude_desktop_config.json`,
  );
});

test('where instructions go', () => {
  expect(instructions('claude-code', linux)).toEqual(['/home/ada/.claude/CLAUDE.md']);
  expect(instructions('vscode', windows)).toEqual([
    'C:\\Users\\Ada\\.copilot\\instructions\\ltmc.instructions.md',
  ]);
  expect(instructions('codex', linux)[0]).toBe('/home/ada/.codex/AGENTS.md');
  const overridden = { ...linux, hasText: (path: string) => path === '/home/ada/.codex/AGENTS.override.md' };
  expect(instructions('codex', overridden)[0]).toBe('/home/ada/.codex/AGENTS.override.md');
  expect(instructions('cursor', linux)).toContain('User Rules');
  expect(instructions('claude-desktop', linux)).toContain('Settings');
});

test('the help names every client, and no flag that is not there', () => {
  const setup = commands.find(({ name }) => name === 'setup')!;
  for (const { name } of clients) expect(setup.summary).toContain(name);
  expect(setup.flags.map(({ name }) => name)).toEqual(['rules', 'hooks', 'remove', 'print', 'db', 'json']);
});

test('the rules are at most twelve lines, with the header that VS Code wants', () => {
  for (const { instructions: found } of clients) {
    const header = 'place' in found ? '' : found.header;
    expect((header + rulesBlock).split('\n').length).toBeLessThanOrEqual(12);
  }
});

const installed = {
  platform: 'linux' as NodeJS.Platform,
  nodePath: '/opt/node/bin/node',
  programPath: '/opt/lib/node_modules/ltmc/dist/cli.js',
  version: '1.2.3',
  flags: [] as string[],
};

test('an installed program is started by absolute paths', () => {
  expect(serverEntry({ ...installed, flags: ['--db', '/d/x.db'] })).toEqual({
    command: '/opt/node/bin/node',
    args: ['/opt/lib/node_modules/ltmc/dist/cli.js', 'serve', '--db', '/d/x.db'],
  });
});

test("from npx's cache it is npx with the exact version", () => {
  const cached = { ...installed, programPath: '/home/ada/.npm/_npx/0f/node_modules/ltmc/dist/cli.js' };
  expect(serverEntry(cached)).toEqual({
    command: 'npx',
    args: ['-y', '--prefer-offline', 'ltmc@1.2.3', 'serve'],
  });
  const programPath = 'C:\\Users\\Ada\\AppData\\Local\\npm-cache\\_npx\\0f\\node_modules\\ltmc\\dist\\cli.js';
  expect(serverEntry({ ...cached, platform: 'win32', programPath })).toEqual({
    command: 'cmd',
    args: ['/c', 'npx', '-y', '--prefer-offline', 'ltmc@1.2.3', 'serve'],
  });
});

test('what counts as ours', () => {
  expect(isOurEntry(serverEntry(installed))).toBe(true);
  expect(isOurEntry({ command: 'npx', args: ['-y', 'ltmc'] })).toBe(true);
  expect(isOurEntry({ command: 'C:\\npm\\ltmc.cmd' })).toBe(true);
  expect(isOurEntry({ command: 'python', args: ['ltmc_mcp_server.py'] })).toBe(false);
  expect(isOurEntry({ url: 'http://127.0.0.1:5050/mcp' })).toBe(false);
  expect(isOurEntry('ltmc')).toBe(false);
});
