/**
 * What a user gets: the packed package in an empty folder, with install scripts blocked, under this
 * project's Node and two generations of npm. Needs the package registry, as `npm ci` does.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { beforeAll, describe, expect, test } from 'vitest';
import { programVersion } from '../../src/package-root.ts';
import { type Ran, runProgram, temporaryFolder } from '../cli/run-ltmc.ts';

const npm12 = 'npm@12.2.0';
const project = resolve(import.meta.dirname, '../..');
const folder = temporaryFolder();
const home = join(folder, 'home');
const tarball = join(folder, `ltmc-${programVersion()}.tgz`);
const installMs = 240_000;

/** A user's environment, not that of the npm script which runs this test. */
function environment(...firstInPath: string[]): Record<string, string> {
  // npm hands its script the settings of this project's .npmrc; where the registry is, is the machine's.
  const own =
    /^(npm_(package_|lifecycle_|execpath|node_execpath|command)|npm_config_(?!registry|cafile|cache|userconfig|.*proxy)|INIT_CWD|VITEST|NODE_(?!EXTRA_CA))/i;
  const kept = Object.entries(process.env).filter(([name]) => !own.test(name)) as [string, string][];
  // The Node that runs this test, and not the one of the machine.
  const path = [...firstInPath, dirname(process.execPath), process.env.PATH].join(delimiter);
  return { ...Object.fromEntries(kept), PATH: path };
}

async function succeed(ran: Promise<Ran>): Promise<Ran> {
  const { code, stdout, stderr } = await ran;
  expect(code, `${stdout}\n${stderr}`).toBe(0);
  return { code, stdout, stderr };
}

beforeAll(async () => {
  for (const name of ['home', 'npm12', 'old', 'new']) mkdirSync(join(folder, name));
  const options = { environment: environment(), cwd: project };
  await succeed(runProgram('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], options));
  expect(existsSync(tarball)).toBe(true);
  const side = { environment: environment(), cwd: join(folder, 'npm12') };
  const words = ['install', '--prefix', '.', '--ignore-scripts', '--prefer-offline', '--no-save', npm12];
  await succeed(runProgram('npm', words, side));
}, installMs);

describe.each([
  // Before npm 12 blocking install scripts is an option; from 12 on it is what users have.
  {
    title: "this machine's npm",
    place: 'old',
    npmFolder: [],
    version: /^(10|11)\./,
    block: ['--ignore-scripts'],
  },
  { title: npm12, place: 'new', npmFolder: ['npm12', 'node_modules', '.bin'], version: /^12\./, block: [] },
])('installed by $title, with install scripts blocked', ({ place, npmFolder, version, block }) => {
  const cwd = join(folder, place);
  const variables = npmFolder.length === 0 ? environment() : environment(join(folder, ...npmFolder));
  // npm reads its settings in the real home folder; the program gets another.
  const user = { ...variables, HOME: home, LOCALAPPDATA: home, APPDATA: home };
  const database = join(folder, `${place}.db`);

  beforeAll(async () => {
    const words = ['install', '--prefix', '.', '--prefer-offline', ...block, tarball];
    await succeed(runProgram('npm', words, { environment: variables, cwd }));
  }, installMs);

  test('nothing that is bundled is installed beside it', async () => {
    const { stdout } = await succeed(runProgram('npm', ['--version'], { environment: variables, cwd }));
    expect(stdout).toMatch(version);
    const packages = readdirSync(join(cwd, 'node_modules'));
    expect(packages).toContain('better-sqlite3');
    for (const name of ['zod', '@modelcontextprotocol', '@huggingface', 'diff', 'esbuild', 'typescript']) {
      expect(packages).not.toContain(name);
    }
    expect(readdirSync(join(cwd, 'node_modules', 'ltmc')).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist',
      'docs',
      'models',
      'package.json',
    ]);
  });

  test('npx ltmc --version answers', async () => {
    const { stdout } = await succeed(runProgram('npx', ['ltmc', '--version'], { environment: user, cwd }));
    expect(stdout).toBe(`${programVersion()}\n`);
  });

  test('a client stores and finds through npx ltmc, by meaning, and npx ltmc search finds it too', async () => {
    const client = new Client({ name: 'package-test', version: '1.0.0' });
    const words = ['ltmc', 'serve', '--db', database];
    await client.connect(
      new StdioClientTransport({ command: 'npx', args: words, env: user, cwd, stderr: 'ignore' }),
    );
    const content = 'We use pnpm in this repository, never npm.';
    const stored = await client.callTool({
      name: 'store_memory',
      arguments: { file_name: 'decisions.md', content },
    });
    expect(stored.structuredContent).toMatchObject({ success: true, pending_vectors: 0 });
    const query = 'which package manager do we have to call?';
    const found = await client.callTool({ name: 'retrieve_memory', arguments: { query } });
    expect(found.structuredContent).toMatchObject({ retrieved_chunks: [{ file_name: 'decisions.md' }] });
    expect(found.structuredContent).not.toHaveProperty('mode');
    await client.close();

    const search = ['ltmc', 'search', query, '--db', database];
    const { stdout } = await succeed(runProgram('npx', search, { environment: user, cwd }));
    expect(stdout).toContain('decisions.md');
    expect(stdout).toContain(content);
  });

  test('a load is embedded, and no process for it fails', async () => {
    const notes = join(folder, `${place}-notes.md`);
    const note = (index: number) =>
      `Decision ${index}: gateway ${index * 7} keeps ${index * 13} entries. `.repeat(15);
    writeFileSync(notes, Array.from({ length: 64 }, (_, index) => note(index)).join('\n\n'));
    const words = ['ltmc', 'ingest', notes, '--db', join(folder, `${place}-load.db`)];
    const { stdout, stderr } = await succeed(runProgram('npx', words, { environment: user, cwd }));
    expect(stdout).toContain('1 stored');
    expect(stderr).not.toContain('embedding worker');
  });
});
