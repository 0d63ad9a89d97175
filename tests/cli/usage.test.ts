import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { compileCacheFolder } from '../../src/compile-cache-folder.ts';
import { nodeVersionProblem } from '../../src/node-version-problem.ts';
import { program, runLtmc, runProgram, temporaryFolder, userEnvironment } from './run-ltmc.ts';

const home = temporaryFolder();
const run = (...words: string[]) => runLtmc(words, { environment: userEnvironment(home), cwd: home });
const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8')) as {
  version: string;
};

test('the version and the help are on stdout, with exit code 0', async () => {
  expect(await run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  const help = await run('--help');
  expect(help.code).toBe(0);
  expect(await run('help')).toEqual(help);
  expect(help.stdout).toContain(`What is stored lies in ${join(home, '.local/share/ltmc/ltmc.db')}`);
  for (const { name } of commands) expect(help.stdout).toContain(`\n  ${name} `);
});

test('every command has its own help', async () => {
  const search = await run('search', '--help');
  expect(search.code).toBe(0);
  expect(search.stdout).toMatch(/^Usage: ltmc search QUERY \[options\]\n/);
  for (const flag of ['--top-k N', '--project NAME', '--db FILE', '--json', '--config FILE', 'LTMC_DB']) {
    expect(search.stdout).toContain(flag);
  }
  expect(await run('help', 'search')).toEqual(search);
  expect((await run('serve', '--help')).stdout).toContain('--tools SET');
  expect((await run('serve', '--help')).stdout).not.toContain('--json');
  expect((await run('demo', '-h')).stdout).toMatch(/^Usage: ltmc demo\n/);
});

test.each([
  [['serch', 'x'], 'got "serch"', 'Did you mean: ltmc search'],
  [['zzz'], 'got "zzz"', 'ltmc help'],
  [['help', 'dmeo'], 'got "dmeo"', 'Did you mean: ltmc demo'],
  [['search', 'x', '--topk', '3'], 'got --topk', 'Did you mean --top-k?'],
  [['search', 'x', '-q'], 'got -q', 'ltmc search --help'],
  [['search', 'x', '--top-k'], 'Expected a value after --top-k: N', 'Usage: ltmc search QUERY'],
  [['search', 'x', '--db', '--top-k', '3'], 'Expected a value after --db: FILE', 'Usage:'],
  [['search', 'x', '--db='], 'Expected a value after --db', 'Usage:'],
  [['search', 'x', '--top-k', 'many'], 'whole number after --top-k; got "many"', 'Usage:'],
  [['search', 'x', '--top-k', '0'], '1 to 50; got 0', 'Usage:'],
  [['search', 'x', '--top-k=51'], '1 to 50; got 51', 'Usage:'],
  [['search', 'x', '--json=yes'], 'no value after --json', 'Usage:'],
  [['search'], 'Expected QUERY', 'Usage:'],
  [['search', ' '], 'Expected QUERY', 'Usage:'],
  [['search', 'two', 'words'], 'got "words" too', 'quotes'],
  [['demo', 'x'], 'got "x" too', 'Usage: ltmc demo'],
  [['--toolz', 'all'], 'Expected a flag of `ltmc serve`; got --toolz', '--tools'],
])('%j is wrong usage: one sentence, a way out, exit code 2', async (words, sentence, hint) => {
  const { code, stdout, stderr } = await run(...words);
  expect(code).toBe(2);
  const [first = '', second = ''] = stderr.trimEnd().split('\n');
  expect(first).toMatch(/^ltmc: Expected /);
  expect(first).toContain(sentence);
  expect(second).toContain(hint);
  expect(stdout).toBe('');
});

test('with --json an error is the one document on stdout', async () => {
  const { code, stdout, stderr } = await run('search', 'x', '--json', '--tpo-k', '3');
  expect(code).toBe(2);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    success: false,
    error: 'Expected a flag of `ltmc search`; got --tpo-k.',
    code: 'wrong_usage',
    hint: 'Did you mean --top-k?',
  });
});

test('a wrong setting ends every command with exit code 1, and nothing is made', async () => {
  const environment = userEnvironment(home, { LTMC_TOOLS: 'some' });
  const { code, stderr } = await runLtmc(['serve'], { environment, cwd: home });
  expect(code).toBe(1);
  expect(stderr).toContain('Expected LTMC_TOOLS to be one of all, core; got "some".');
  expect(existsSync(join(home, '.local'))).toBe(false);
});

test('the project of a server is one project', async () => {
  const { code, stderr } = await run('serve', '--project', '*');
  expect(code).toBe(1);
  expect(stderr).toContain('Expected the project of a server to be one project');
});

test('a Node that is too old gets one sentence', () => {
  // The interface's number is what Node itself says; https://nodejs.org/api/n-api.html has the table.
  const tooOld = {
    '12.10.0': '4',
    '18.20.0': '9',
    '20.20.2': '9',
    '22.13.0': '9',
    '23.5.0': '9',
    '8.0.0': undefined,
  };
  for (const [node, napi] of Object.entries(tooOld)) {
    const problem = nodeVersionProblem({ node, napi });
    expect(problem).toContain(`Expected Node 22.14, 23.6 or later, got ${node}.`);
    expect(problem).not.toContain('\n');
  }
  for (const [node, napi] of Object.entries({
    '22.14.0': '10',
    '23.6.0': '10',
    '24.21.0': '10',
    '28.0.0': '11',
  })) {
    expect(nodeVersionProblem({ node, napi })).toBeNull();
  }
});

test('compiled code is kept in a folder of the user, or nowhere', () => {
  expect(compileCacheFolder('linux', { HOME: '/home/ada' })).toBe('/home/ada/.cache/ltmc');
  expect(compileCacheFolder('linux', { HOME: '/home/ada', XDG_CACHE_HOME: '/c' })).toBe('/c/ltmc');
  expect(compileCacheFolder('darwin', { HOME: '/Users/ada' })).toBe('/Users/ada/Library/Caches/ltmc');
  expect(compileCacheFolder('win32', { LOCALAPPDATA: 'C:\\L' })).toBe('C:\\L\\ltmc\\cache');
  expect(compileCacheFolder('linux', {})).toBeNull();
});

const olderNode = findOlderNode();
test.skipIf(olderNode === undefined)('an older Node on this machine gets that sentence', async () => {
  const options = { environment: userEnvironment(home), cwd: home };
  const { code, stdout, stderr } = await runProgram(olderNode!, [program, '--version'], options);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^ltmc: Expected Node 22\.14, 23\.6 or later, got \d+\.\d+\.\d+\. .+\n$/);
});

/** A Node in the PATH that is none of the project's own and too old. */
function findOlderNode(): string | undefined {
  const folders = (process.env.PATH ?? '').split(':').filter((folder) => !folder.includes('node_modules'));
  const candidates = folders
    .map((folder) => join(folder, 'node'))
    .filter((path) => existsSync(path) && nodeVersionProblem(versionsOf(path)) !== null);
  return candidates[0];
}

function versionsOf(node: string): { node: string; napi?: string } {
  const { stdout } = spawnSync(node, ['-p', 'JSON.stringify(process.versions)'], { encoding: 'utf8' });
  return JSON.parse(stdout) as { node: string; napi?: string };
}
