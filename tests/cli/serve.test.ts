import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, test } from 'vitest';
import { program, temporaryFolder, userEnvironment } from './run-ltmc.ts';

const folder = temporaryFolder();

/** A home folder with a repository that has a remote. */
function user(name: string): { home: string; repository: string } {
  const home = join(folder, name);
  const repository = join(home, 'app');
  mkdirSync(join(repository, '.git'), { recursive: true });
  writeFileSync(join(repository, '.git', 'HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(
    join(repository, '.git', 'config'),
    '[remote "origin"]\n\turl = git@github.com:acme/app.git\n',
  );
  return { home, repository };
}

async function connected(words: string[], cwd: string, env: Record<string, string>): Promise<Client> {
  const client = new Client({ name: 'serve-test', version: '1.0.0' });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [program, ...words],
      cwd,
      env,
      stderr: 'inherit',
    }),
  );
  return client;
}

test('bare `ltmc` without a terminal serves: default database, project of the working directory', async () => {
  const { home, repository } = user('ada');
  const client = await connected([], repository, userEnvironment(home));
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toContain('store_memory');
  const data = join(home, '.local', 'share', 'ltmc');
  // Nothing is opened or made before a tool needs it.
  expect(existsSync(data)).toBe(false);
  const { structuredContent } = await client.callTool({ name: 'memory_status', arguments: {} });
  expect(structuredContent).toMatchObject({
    database: { path: join(data, 'ltmc.db') },
    project: 'github.com/acme/app',
    project_reason: 'git remote origin',
  });
  await client.close();
  expect(statSync(data).mode & 0o777).toBe(0o700);
  expect(statSync(join(data, 'ltmc.db')).mode & 0o777).toBe(0o600);
});

test('flags, variables and the config file reach the server', async () => {
  const { home, repository } = user('grace');
  mkdirSync(join(home, '.config', 'ltmc'), { recursive: true });
  writeFileSync(join(home, '.config', 'ltmc', 'config.json'), JSON.stringify({ db: '~/kept/here.db' }));
  const environment = userEnvironment(home, { LTMC_PROJECT: 'variable' });
  const client = await connected(['serve', '--project', 'flag'], repository, environment);
  const { structuredContent } = await client.callTool({ name: 'memory_status', arguments: {} });
  expect(structuredContent).toMatchObject({
    database: { path: join(home, 'kept', 'here.db') },
    project: 'flag',
    project_reason: 'named by a setting',
  });
  await client.close();
});

test('a database of another program is refused by the tools, and DB_PATH with it is not heeded', async () => {
  const { home, repository } = user('edsger');
  const foreign = join(home, 'foreign.db');
  writeFileSync(foreign, 'no database at all');
  const named = await connected(['--db', foreign], repository, userEnvironment(home));
  const refused = await named.callTool({ name: 'memory_status', arguments: {} });
  expect(refused.isError).toBe(true);
  expect(JSON.stringify(refused.content)).toContain('not_a_database');
  await named.close();

  const client = await connected([], repository, userEnvironment(home, { DB_PATH: foreign }));
  const { structuredContent } = await client.callTool({ name: 'memory_status', arguments: {} });
  expect(structuredContent).toMatchObject({ database: { path: join(home, '.local/share/ltmc/ltmc.db') } });
  await client.close();
});

test('DB_PATH counts where it names a database of the Python LTMC, which is not touched', async () => {
  const { home, repository } = user('guido');
  const old = join(home, 'old');
  mkdirSync(old);
  copyFileSync(resolve(import.meta.dirname, '../fixtures/legacy/A-pickle/ltmc.db'), join(old, 'ltmc.db'));
  const before = readFileSync(join(old, 'ltmc.db'));
  const environment = userEnvironment(home, { DB_PATH: join(old, 'ltmc.db') });
  const client = await connected([], repository, environment);
  const refused = await client.callTool({ name: 'memory_status', arguments: {} });
  expect(refused.isError).toBe(true);
  expect(JSON.stringify(refused.content)).toContain('needs_migration');
  await client.close();
  expect(readdirSync(old)).toEqual(['ltmc.db']);
  expect(readFileSync(join(old, 'ltmc.db')).equals(before)).toBe(true);
});

const hasScript = spawnSync('script', ['--version']).status === 0;
test.skipIf(!hasScript)('bare `ltmc` on a terminal prints the help', () => {
  const command = `${process.execPath} ${program}`;
  const { stdout, status } = spawnSync('script', ['-qec', command, '/dev/null'], {
    env: userEnvironment(folder),
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  expect(stdout).toContain('Usage: ltmc COMMAND [options]');
});
