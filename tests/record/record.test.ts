import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { program, temporaryFolder } from '../cli/run-ltmc.ts';
import { commit, recordingUser, script } from './recording-user.ts';

const folder = temporaryFolder();

const sum = (operator: string) => `export const sum = (a, b) => a ${operator} b;\n`;
const sumTest = [
  "import assert from 'node:assert';",
  "import { test } from 'node:test';",
  "import { sum } from './sum.mjs';",
  "test('sums', () => assert.equal(sum(1, 2), 3));",
  '',
].join('\n');

test('a story: a failure, its rerun, and the change that repaired it', async () => {
  const user = recordingUser(folder, { model: true });
  user.write('sum.mjs', sum('+'));
  user.write('sum.test.mjs', sumTest);
  commit(user, 'Sum two numbers');
  user.write('sum.mjs', sum('-'));
  const run = ['--function', 'sum', '--', 'node', '--test'];

  const first = await user.record(run);
  expect(first.code).toBe(1);
  expect(first.stdout).toContain('✖ sums');
  expect(first.stderr).toBe(
    'ltmc: recorded pattern-1 (fail); task: the last commit and the names of the changed files; code: the changes since the last commit (1 file)\n',
  );
  const again = await user.record(run);
  expect(again.code).toBe(1);
  expect(again.stderr).toContain('a rerun: the same code with the same result (fail) is pattern-1');

  user.write('sum.mjs', `${sum('+')}// It adds.\n`);
  const repaired = await user.record(run);
  expect(repaired.code).toBe(0);
  expect(repaired.stderr).toContain('recorded pattern-2 (pass); repairs pattern-1;');

  const [failed, passed, ...others] = await user.attempts();
  expect(others).toEqual([]);
  expect(failed).toMatchObject({
    result: 'fail',
    functionName: 'sum',
    fileName: 'sum.mjs',
    inputPrompt: 'Sum two numbers (changed: sum.mjs)',
    testCommand: 'node --test',
    errorKind: null,
    origin: 'user',
    commit: user.git('rev-parse', 'HEAD').trim(),
    fixedBy: { patternId: 2 },
  });
  expect(failed!.errorSignature).toContain('test sums');
  expect(failed!.generatedCode).toContain(
    '-export const sum = (a, b) => a + b;\n+export const sum = (a, b) => a - b;',
  );
  expect(passed!.generatedCode).toContain(
    '-export const sum = (a, b) => a - b;\n+export const sum = (a, b) => a + b;',
  );
  expect(passed!.executionTimeMs).toBeGreaterThan(0);

  const found = JSON.parse((await user.ltmc(['patterns', 'sum two numbers', '--json'])).stdout);
  expect(found.patterns[0]).toMatchObject({ id: 2, result: 'pass' });
});

test('a run repairs what the same command left, whatever files the change is in, and shows that change', async () => {
  const user = recordingUser(folder);
  user.write('sum.mjs', sum('-'));
  user.write('sum.test.mjs', sumTest);
  commit(user, 'Sum two numbers');
  const run = ['--', 'node', '--test'];
  // The first run's code is the whole commit, the second's one file of it: other prompts, no file in common.
  expect((await user.record(run)).stderr).toContain('recorded pattern-1 (fail)');
  user.write('sum.mjs', sum('+'));
  expect((await user.record(run)).stderr).toContain('recorded pattern-2 (pass); repairs pattern-1;');
  const [failed, passed] = await user.attempts();
  expect(failed!.fixedBy).toEqual({ patternId: 2, basis: 'same_test' });

  const found = JSON.parse((await user.ltmc(['patterns', 'sum two numbers', '--json'])).stdout);
  const shown = found.patterns.find(({ id }: { id: number }) => id === 1);
  expect(shown.fixed_by.diff).toBe(passed!.generatedCode);
});

test('two packages of a repository with the same command: each run speaks of its own', async () => {
  const user = recordingUser(folder);
  const folders = ['packages/a', 'packages/b'];
  for (const way of folders) {
    user.write(`${way}/sum.mjs`, sum('-'));
    user.write(`${way}/sum.test.mjs`, sumTest);
  }
  commit(user, 'Two packages');
  const run = async (way: string) =>
    (await user.record(['--', 'node', '--test'], { cwd: join(user.project, way) })).stderr;
  expect(await run('packages/a')).toContain('recorded pattern-1 (fail)');
  user.write('packages/b/sum.mjs', sum('+'));
  expect(await run('packages/b')).toMatch(/recorded pattern-2 \(pass\); task/);
  // The same code, other tests: neither a rerun nor flaky.
  expect(await run('packages/a')).toContain('recorded pattern-3 (fail)');
  user.write('packages/a/sum.mjs', sum('+'));
  expect(await run('packages/a')).toContain('recorded pattern-4 (pass); repairs pattern-3');
  const attempts = await user.attempts();
  expect(attempts.map(({ testCommand }) => testCommand)).toEqual(
    ['a', 'b', 'a', 'a'].map((name) => `cd packages/${name} && node --test`),
  );
  expect(attempts.map(({ errorKind }) => errorKind)).toEqual([null, null, null, null]);
});

test('a run repairs nothing of another branch, and what was rewritten is still the same work', async () => {
  const user = recordingUser(folder);
  user.write('sum.mjs', sum('+'));
  user.write('sum.test.mjs', sumTest);
  commit(user, 'Sum two numbers');
  const run = async () => (await user.record(['--', 'node', '--test'])).stderr;
  user.git('switch', '--quiet', '--create', 'feature');
  user.write('sum.mjs', sum('*'));
  commit(user, 'Another way');
  expect(await run()).toContain('recorded pattern-1 (fail)');

  user.git('switch', '--quiet', 'main');
  user.write('more.txt', 'more\n');
  expect(await run()).toMatch(/recorded pattern-2 \(pass\); task/);
  const [, onMain] = await user.attempts();
  expect(onMain!.generatedCode).not.toContain('sum.mjs');
  commit(user, 'More');

  user.git('switch', '--quiet', 'feature');
  user.git('rebase', '--quiet', 'main');
  user.git('commit', '--quiet', '--amend', '--message', 'Another way, in other words');
  user.write('sum.mjs', `${sum('+')}// It adds.\n`);
  expect(await run()).toContain('recorded pattern-3 (pass); repairs pattern-1');
});

test('where HEAD is on no branch, what it was at on a branch before is other work', async () => {
  const user = recordingUser(folder);
  user.write('sum.mjs', sum('+'));
  user.write('sum.test.mjs', sumTest);
  commit(user, 'Sum two numbers');
  const run = async () => (await user.record(['--', 'node', '--test'])).stderr;
  user.git('switch', '--quiet', '--create', 'feature');
  user.write('sum.mjs', sum('*'));
  commit(user, 'Another way');
  expect(await run()).toContain('recorded pattern-1 (fail)');

  user.git('switch', '--quiet', '--detach', 'main');
  user.write('more.mjs', 'export const more = 1;\n');
  expect(await run()).toMatch(/recorded pattern-2 \(pass\); task/);

  user.write('sum.mjs', sum('-'));
  commit(user, 'A third checkout: of sums');
  expect(await run()).toContain('recorded pattern-3 (fail)');
  user.git('commit', '--quiet', '--amend', '--message', 'A third way, in other words');
  user.write('sum.mjs', `${sum('+')}// It adds.\n`);
  expect(await run()).toContain('recorded pattern-4 (pass); repairs pattern-3');
});

test('a run in which some tests passed and some did not is partial', async () => {
  const user = recordingUser(folder);
  user.write(
    'a.test.cjs',
    "const { test } = require('node:test');\ntest('a', () => {});\ntest('b', () => { throw new Error('no'); });\n",
  );
  expect((await user.record(['--', 'node', '--test'])).stderr).toContain('recorded pattern-1 (partial)');
  const [attempt] = await user.attempts();
  expect(attempt!.errorMessage).toContain('✖ b');
  expect(attempt!.errorMessage).not.toContain('✔ a');
});

test('input, output and exit code pass through; nothing of ours is on stdout', async () => {
  const user = recordingUser(folder);
  user.write('a.txt', 'a\n');
  const line =
    "process.stderr.write('to stderr'); process.stdin.pipe(process.stdout); process.stdin.on('end', () => process.exitCode = 7)";
  const { code, stdout, stderr } = await user.record(script(line), { input: 'from stdin \u001b[31m' });
  expect({ code, stdout }).toEqual({ code: 7, stdout: 'from stdin \u001b[31m' });
  expect(stderr).toMatch(/^to stderrltmc: recorded pattern-1 \(fail\)/);
});

test('the words of the command are its own: flags, --json, --, and no shell reads them', async () => {
  const user = recordingUser(folder);
  user.write('a.txt', 'a\n');
  const words = ['--json', '--help', '--db', '--', '$HOME', 'a b', '*', ';', 'exit', ''];
  const { code, stdout } = await user.record([
    '--',
    'node',
    '-e',
    'console.log(JSON.stringify(process.argv.slice(1)))',
    '--',
    ...words,
  ]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(words);
  expect((await user.record(['npm', 'test'])).code).toBe(2);
  expect((await user.record(['npm', '--', 'test'])).stderr).toContain('Expected `--` before the command');
  expect((await user.record(['--'])).code).toBe(2);
  expect((await user.record(['--project', '*', '--', 'node', '-e', '0'])).code).toBe(2);
});

test('what cannot be run, and what a signal ends, is the environment`s failure', async () => {
  const user = recordingUser(folder);
  user.write('a.txt', 'a\n');
  expect(await user.record(['--', 'no-such-program-here'])).toMatchObject({
    code: 127,
    stdout: '',
    stderr: expect.stringContaining('no-such-program-here: no such program'),
  });
  expect((await user.record(['--', './a.txt'])).code).toBe(126);
  expect((await user.record(script("process.kill(process.pid, 'SIGKILL')"))).code).toBe(
    128 + constants.signals.SIGKILL,
  );
  expect((await user.attempts()).map(({ errorKind, result }) => [errorKind, result])).toEqual([
    ['environment', 'fail'],
    ['environment', 'fail'],
    ['environment', 'fail'],
  ]);
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s goes to the command, which decides',
  async (signal) => {
    const user = recordingUser(folder);
    user.write('a.txt', 'a\n');
    const line = `process.on('${signal}', () => process.exit(42)); setInterval(() => {}, 1000); console.log('ready')`;
    const child = spawn(process.execPath, [program, 'record', ...script(line)], {
      cwd: user.project,
      env: user.environment,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await exited).toEqual([42, null]);
    expect(await user.attempts()).toMatchObject([{ result: 'fail' }]);
  },
);

test('when the reader leaves, the command`s pipe breaks and the run still ends', async () => {
  const user = recordingUser(folder);
  user.write('a.txt', 'a\n');
  const line =
    "process.stdout.on('error', () => process.exit(9)); setInterval(() => process.stdout.write('line\\n'), 1)";
  const child = spawn(process.execPath, [program, 'record', ...script(line)], {
    cwd: user.project,
    env: user.environment,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  expect(await exited).toEqual([9, null]);
});

test('a process that the command left behind is not waited for', async () => {
  const user = recordingUser(folder);
  user.write('a.txt', 'a\n');
  const line =
    "const left = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'inherit' }); left.unref(); console.log(left.pid)";
  const { code, stdout } = await user.record(script(line));
  // Ends it; throws where it was not running any more.
  process.kill(Number(stdout));
  expect(code).toBe(0);
});

test('the prompt: --prompt, then LTMC_PROMPT, then the last commit', async () => {
  const user = recordingUser(folder);
  for (const name of ['a', 'b']) user.write(`${name}.txt`, `${name}\n`);
  const environment = { LTMC_PROMPT: 'From the environment' };
  const said = [
    await user.record(['--prompt', 'From the flag', ...script('0')], { environment }),
    await user.record(script('1'), { environment }),
    await user.record(script('2')),
  ];
  expect(said.map(({ stderr }) => /task: ([^;]*);/.exec(stderr)![1])).toEqual([
    '--prompt',
    'LTMC_PROMPT',
    'the names of the changed files',
  ]);
  expect((await user.attempts()).map(({ inputPrompt }) => inputPrompt)).toEqual([
    'From the flag',
    'From the environment',
    'Change a.txt, b.txt',
  ]);
});

test('the same code with another result is flaky; another command on the same code is an attempt of its own', async () => {
  const user = recordingUser(folder);
  user.write('a.txt', 'a\n');
  // Ends with the number that a file outside the project holds.
  const switchFile = join(user.home, 'switch');
  const flaky = script(
    `process.exit(Number(require('node:fs').readFileSync(${JSON.stringify(switchFile)}, 'utf8')))`,
  );
  const set = (value: string) => user.write('../switch', value);
  set('1');
  await user.record(flaky);
  set('0');
  await user.record(flaky);
  await user.record(script('0'));
  await user.record(flaky);
  expect((await user.attempts()).map(({ result, errorKind }) => [result, errorKind])).toEqual([
    ['fail', 'flaky'],
    ['pass', null],
    ['pass', null],
  ]);
});

test('a failed installation is no flaky test', async () => {
  const user = recordingUser(folder);
  user.write(
    'check.cjs',
    "if (!require('node:fs').existsSync('../module')) throw new Error(\"Cannot find module 'left-pad'\")\n",
  );
  expect((await user.record(['--', 'node', 'check.cjs'])).code).toBe(1);
  user.write('../module', '');
  expect((await user.record(['--', 'node', 'check.cjs'])).code).toBe(0);
  expect((await user.attempts()).map(({ result, errorKind }) => [result, errorKind])).toEqual([
    ['fail', 'environment'],
    ['pass', null],
  ]);
});

test('when nothing can be logged the exit code stands and one line says why', async () => {
  const user = recordingUser(folder);
  user.write('a.txt', 'a\n');
  user.write('../other.db', 'not a database, but long enough to be looked at as one by its head'.repeat(20));
  const foreign = await user.record(['--db', join(user.home, 'other.db'), ...script('process.exitCode = 3')]);
  expect(foreign.code).toBe(3);
  expect(foreign.stderr).toMatch(/^ltmc: not recorded: Expected .* to be an LTMC database[^\n]*\n$/);
  // What was not logged is not taken for recorded.
  expect((await user.record(script('process.exitCode = 3'))).stderr).toContain('recorded pattern-1 (fail)');
});

test('without git the code is the file that is named', async () => {
  const user = recordingUser(folder, { git: false });
  user.write('parse.py', 'def parse(): ...\n');
  const nothing = await user.record(script('0'));
  expect(nothing).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('this is no git repository; --file FILE'),
  });
  expect((await user.record(['--file', 'parse.py', ...script('0')])).stderr).toContain(
    'code: the file parse.py (1 file)',
  );
  expect((await user.record(['--file', 'parse.py', ...script('0')])).stderr).toContain('a rerun');
  user.write('parse.py', 'def parse(): pass\n');
  await user.record(['--file', 'parse.py', ...script('0')]);
  expect((await user.attempts()).map(({ generatedCode, fileName }) => [generatedCode, fileName])).toEqual([
    ['def parse(): ...\n', 'parse.py'],
    ['def parse(): pass\n', 'parse.py'],
  ]);
  user.write('.env', 'TOKEN=1\n');
  expect((await user.record(['--file', '.env', ...script('0')])).stderr).toContain('holds credentials');
  expect((await user.record(['--file', 'gone.py', ...script('0')])).stderr).toContain('not recorded');
});
