import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { program, type Ran, runLtmc, temporaryFolder, userEnvironment } from '../cli/run-ltmc.ts';

const folder = temporaryFolder();

/** A user of the test's own. */
function newHome(): { home: string; setup(...words: string[]): Promise<Ran> } {
  const home = mkdtempSync(join(folder, 'home-'));
  // Compiled code is kept elsewhere, so that the home shows what setup itself made.
  const environment = userEnvironment(home, { XDG_CACHE_HOME: join(folder, 'cache') });
  return { home, setup: (...words) => runLtmc(['setup', ...words], { environment, cwd: home }) };
}

test.skipIf(process.platform === 'win32').each(['', 'home'])(
  'without a home folder (%j) nothing is written',
  async (home) => {
    const cwd = mkdtempSync(join(folder, 'cwd-'));
    const environment = { ...userEnvironment(cwd, { XDG_CACHE_HOME: join(folder, 'cache') }), HOME: home };
    const ran = await runLtmc(['setup', 'claude-code', '--rules'], { environment, cwd });
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain(`Expected the home folder (HOME) to be an absolute path, got "${home}".`);
    expect(readdirSync(cwd)).toEqual([]);
  },
);

const other = '{\n  "mcpServers": {\n    "memory": {\n      "env": { "TOKEN": "s3cret" }\n    }\n  }\n}\n';

test('the entry is written, shown and backed up; the second time nothing changes', async () => {
  const { home, setup } = newHome();
  const path = join(home, '.claude.json');
  writeFileSync(path, other, { mode: 0o640 });
  chmodSync(path, 0o640);

  const first = await setup('claude-code');
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toContain('+     "ltmc": {');
  expect(first.stdout).not.toContain('s3cret');
  expect(JSON.parse(readFileSync(path, 'utf8')).mcpServers).toEqual({
    memory: { env: { TOKEN: 's3cret' } },
    ltmc: { type: 'stdio', command: process.execPath, args: [program, 'serve'] },
  });
  expect(statSync(path).mode & 0o777).toBe(0o640);
  const [backup, ...more] = readdirSync(home).filter((name) => name.startsWith('.claude.json.backup_'));
  expect(more).toEqual([]);
  expect(backup).toMatch(/^\.claude\.json\.backup_\d{8}_\d{6}$/);
  expect(readFileSync(join(home, backup!), 'utf8')).toBe(other);
  expect(statSync(join(home, backup!)).mode & 0o777).toBe(0o640);
  expect(first.stdout).toContain(backup);

  const written = readFileSync(path, 'utf8');
  const second = await setup('claude-code');
  expect(second).toMatchObject({ code: 0, stdout: 'Already set up.\n' });
  expect(readFileSync(path, 'utf8')).toBe(written);

  const removed = await setup('claude-code', '--remove', '--json');
  expect(JSON.parse(removed.stdout)).toMatchObject({ success: true, client: 'claude-code', changed: true });
  expect(readFileSync(path, 'utf8')).toBe(other);
  expect(readdirSync(home).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect((await setup('claude-code', '--remove')).stdout).toBe('There was nothing of ours.\n');
});

test('without a file there is one afterwards, for its owner alone', async () => {
  const { home, setup } = newHome();
  expect((await setup('codex', '--db', 'my.db')).code).toBe(0);
  const path = join(home, '.codex', 'config.toml');
  expect(readFileSync(path, 'utf8')).toContain(`"--db", ${JSON.stringify(join(home, 'my.db'))}]`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect((await setup('codex', '--remove')).code).toBe(0);
  expect(existsSync(path)).toBe(false);
});

test('a linked file is changed where it lies', async () => {
  const { home, setup } = newHome();
  const real = join(home, 'dotfiles', 'mcp.json');
  mkdirSync(join(home, 'dotfiles'));
  mkdirSync(join(home, '.cursor'));
  writeFileSync(real, other);
  symlinkSync('../dotfiles/mcp.json', join(home, '.cursor', 'mcp.json'));
  expect((await setup('cursor')).code).toBe(0);
  expect(lstatSync(join(home, '.cursor', 'mcp.json')).isSymbolicLink()).toBe(true);
  expect(JSON.parse(readFileSync(real, 'utf8')).mcpServers.ltmc.args).toEqual([program, 'serve']);
  expect(readdirSync(join(home, 'dotfiles'))).toHaveLength(2);
});

test('a link to nothing yet is filled', async () => {
  const { home, setup } = newHome();
  mkdirSync(join(home, '.cursor'));
  symlinkSync('../dotfiles/mcp.json', join(home, '.cursor', 'mcp.json'));
  expect((await setup('cursor')).code).toBe(0);
  expect(JSON.parse(readFileSync(join(home, 'dotfiles', 'mcp.json'), 'utf8')).mcpServers.ltmc).toBeDefined();
});

test.each([
  ['half a file', '{"mcpServers": {'],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
])('%s is refused and left alone, the rules too', async (_, bytes) => {
  const { home, setup } = newHome();
  const path = join(home, '.claude.json');
  writeFileSync(path, bytes);
  const { code, stderr } = await setup('claude-code', '--rules');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^ltmc: Expected the client's file to be .* left as it (is|was)/);
  expect(readFileSync(path).equals(Buffer.from(bytes))).toBe(true);
  expect(readdirSync(home)).toEqual(['.claude.json']);
});

test('a byte order mark stays', async () => {
  const { home, setup } = newHome();
  const path = join(home, '.claude.json');
  writeFileSync(path, `\uFEFF${other}`);
  expect((await setup('claude-code')).code).toBe(0);
  expect(readFileSync(path, 'utf8')).toMatch(/^\uFEFF\{[\s\S]*"ltmc"/);
  expect((await setup('claude-code', '--remove')).code).toBe(0);
  expect(readFileSync(path, 'utf8')).toBe(`\uFEFF${other}`);
});

test('--rules writes into the instruction file, --remove --rules takes only them out', async () => {
  const { home, setup } = newHome();
  mkdirSync(join(home, '.claude'));
  const path = join(home, '.claude', 'CLAUDE.md');
  writeFileSync(path, '# Mine\n');
  expect((await setup('claude-code', '--rules')).code).toBe(0);
  expect(readFileSync(path, 'utf8')).toMatch(/^# Mine\n\n<!-- ltmc:begin -->\n[\s\S]*<!-- ltmc:end -->\n$/);
  expect((await setup('claude-code', '--rules', '--remove')).code).toBe(0);
  expect(readFileSync(path, 'utf8')).toBe('# Mine\n');
  expect(readFileSync(join(home, '.claude.json'), 'utf8')).toContain('ltmc');
});

test('rules that no file can hold are printed with the place for them', async () => {
  const { home, setup } = newHome();
  const { code, stdout } = await setup('cursor', '--rules');
  expect(code).toBe(0);
  expect(stdout).toContain('User Rules');
  expect(stdout).toContain('`get_code_patterns`');
  expect(readdirSync(join(home, '.cursor'))).toEqual(['mcp.json']);
});

test('--print changes nothing: the block on stdout, the place on stderr', async () => {
  const { home, setup } = newHome();
  const { code, stdout, stderr } = await setup('vscode', '--print');
  expect(code).toBe(0);
  expect(JSON.parse(stdout).servers.ltmc).toMatchObject({ type: 'stdio', args: [program, 'serve'] });
  expect(stderr).toContain('mcp.json');
  expect((await setup('codex', '--print', '--rules')).stdout).toContain('<!-- ltmc:end -->');
  expect(readdirSync(home)).toEqual([]);
});

test.each([
  [['cursr'], 'got "cursr"', 'Did you mean: ltmc setup cursor'],
  [[], 'Expected CLIENT', 'Usage: ltmc setup CLIENT'],
  [['codex', '--print', '--remove'], 'got both', 'one of the two'],
  [['codex', '--hooks'], '(claude-code); got codex', 'ltmc setup codex --rules'],
])('%j is wrong usage', async (words, sentence, hint) => {
  const { code, stderr } = await newHome().setup(...words);
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
  expect(stderr).toContain(hint);
});
