import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { limits } from '../../src/limits.ts';
import { attemptCode, ownModules } from '../../src/record/attempt-code.ts';
import { type RecordedState, withRun } from '../../src/record/recorded-state.ts';
import { temporaryFolder } from '../cli/run-ltmc.ts';
import { commit, type RecordingUser, recordingUser } from './recording-user.ts';

const folder = temporaryFolder();

function look(user: RecordingUser, { cwd = user.project, file }: { cwd?: string; file?: string } = {}) {
  return attemptCode({
    folder: cwd,
    environment: user.environment,
    dataFolder: join(user.home, 'data'),
    file,
  });
}

/** The code that is found now, taken for recorded. */
async function record(user: RecordingUser, cwd = user.project): Promise<RecordedState> {
  const found = await look(user, { cwd });
  if ('problem' in found) throw new Error(found.problem);
  found.states.write(
    withRun(found.code.state, { commandKey: 'k', result: 'fail', errorKind: null, patternId: 1 }),
  );
  return found.code.state;
}

/** Every file below a folder with a hash of what it holds. */
function contents(path: string): Record<string, string> {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    entries.map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      return [
        file,
        `${statSync(file).mtimeMs} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`,
      ];
    }),
  );
}

test('tracked and new files count, committed or not; ignored ones, lock files, binaries and credentials do not', async () => {
  const user = recordingUser(folder);
  user.write('kept.txt', 'kept\n');
  user.write('.gitignore', 'ignored.txt\n');
  user.write('go.sum', 'one\n');
  commit(user, 'Begin');
  await record(user);

  user.write('kept.txt', 'changed\n');
  user.write('staged.txt', 'staged\n');
  user.git('add', 'staged.txt');
  user.write('new folder/ünicode "name".txt', 'new\n');
  user.write('ignored.txt', 'ignored\n');
  user.write('go.sum', 'two\n');
  user.write('web/package-lock.json', '{}\n');
  user.write('.env', 'SECRET=1\n');
  user.write('deploy.pem', 'key\n');
  user.write('image.bin', Uint8Array.from([0, 1, 2, 0]));
  user.write('large.txt', 'x'.repeat(limits.recordFileBytesMax + 1));
  symlinkSync('/etc/passwd', join(user.project, 'link'));
  const { code, files, isCut } = await record(user);
  expect(files).toEqual(['kept.txt', 'link', 'new folder/ünicode "name".txt', 'staged.txt']);
  expect(code).toContain('-kept\n+changed');
  expect(code).toContain('+staged');
  expect(code).not.toMatch(/ignored|SECRET|go\.sum|root:/);
  expect(isCut).toBe(false);

  // Nothing new: what was recorded is still the code.
  user.write('go.sum', 'three\n');
  user.write('image.bin', Uint8Array.from([0, 9]));
  expect((await record(user)).code).toBe(code);
});

test('deleted and renamed files, and a commit in between', async () => {
  const user = recordingUser(folder);
  user.write('old.txt', 'one\ntwo\nthree\nfour\n');
  user.write('gone.txt', 'gone\n');
  commit(user, 'Begin');
  await record(user);
  renameSync(join(user.project, 'old.txt'), join(user.project, 'new.txt'));
  user.git('rm', '--quiet', 'gone.txt');
  commit(user, 'Rename');
  const { code, source } = await record(user);
  expect(source).toBe('the changes since the last recorded state');
  expect(code).toContain('rename from old.txt\nrename to new.txt');
  expect(code).toContain('deleted file mode');
});

test('a change within the second of the commit, of the same length, is seen every time', async () => {
  const user = recordingUser(folder);
  for (let round = 0; round < 5; round++) {
    user.write('a.txt', 'aaaa\n');
    commit(user, `Round ${round}`);
    user.write('a.txt', `aaa${round}\n`);
    expect((await record(user)).code).toContain(`+aaa${round}`);
    expect((await record(user)).code).toContain(`+aaa${round}`);
    user.git('commit', '--quiet', '--all', '--message', 'On');
  }
});

test('nothing of the repository is written, and a garbage collection takes nothing of ours', async () => {
  const user = recordingUser(folder);
  user.write('a.txt', 'a\n');
  commit(user, 'Begin');
  user.write('a.txt', 'changed\n');
  user.write('b.txt', 'new\n');
  user.git('add', '--intent-to-add', 'b.txt');
  const before = contents(join(user.project, '.git'));
  await record(user);
  await record(user);
  expect(contents(join(user.project, '.git'))).toEqual(before);

  user.git('gc', '--quiet', '--prune=now');
  user.write('b.txt', 'newer\n');
  expect((await record(user)).code).toContain('-new\n+newer');
});

test('what is remembered does not grow with the number of runs', async () => {
  const user = recordingUser(folder);
  for (let round = 0; round < 4; round++) {
    user.write('a.txt', `${round}\n`);
    await record(user);
  }
  const states = join(user.home, 'data', 'recorded');
  const [only, ...others] = readdirSync(states);
  expect(others).toEqual([]);
  expect(readdirSync(join(states, only!)).filter((name) => name.startsWith('objects-'))).toHaveLength(1);
});

test('when the history was rewritten and cleaned up, the last commit is what counts', async () => {
  const user = recordingUser(folder);
  user.write('a.txt', 'first\n');
  commit(user, 'First');
  await record(user);
  user.write('a.txt', 'second\n');
  user.git('commit', '--quiet', '--all', '--amend', '--message', 'Second');
  user.git('reflog', 'expire', '--expire=now', '--all');
  user.git('gc', '--quiet', '--prune=now');
  user.write('a.txt', 'third\n');
  const { code, source } = await record(user);
  expect(source).toBe('the changes since the last commit');
  expect(code).toContain('-second\n+third');
});

test('what came in by others is not taken for this attempt`s work', async () => {
  const user = recordingUser(folder);
  user.write('a.txt', 'a\n');
  commit(user, 'Begin');
  await record(user);
  user.write('theirs.txt', 'a line of theirs\n'.repeat(limits.recordCodeBytesMax / 10));
  commit(user, 'Theirs');
  user.write('a.txt', 'mine\n');
  expect(await record(user)).toMatchObject({ source: 'the changes since the last commit', files: ['a.txt'] });
});

test('a diff that is too long is cut between lines and says so', async () => {
  const user = recordingUser(folder);
  user.write('long.txt', 'ünfold\n'.repeat(20_000));
  const { code, isCut } = await record(user);
  expect(isCut).toBe(true);
  expect(Buffer.byteLength(code)).toBeLessThanOrEqual(limits.recordCodeBytesMax);
  expect(code).toMatch(/\n\+ünfold\n\[… \d+ bytes left out …\]$/);
});

test('a clean tree without a recorded state: the last commit; one without commits: all there is', async () => {
  const user = recordingUser(folder);
  expect(await look(user)).toEqual({ problem: 'no change of a text file that could be its code' });
  user.write('a.txt', 'a\n');
  expect(await look(user)).toMatchObject({ head: { commit: null, subject: null }, fileName: null });
  commit(user, 'Add a');
  const found = await look(user, { file: 'a.txt' });
  expect(found).toMatchObject({ head: { subject: 'Add a' }, fileName: 'a.txt' });
  expect('code' in found && found.code.state).toMatchObject({ source: 'the last commit', files: ['a.txt'] });
});

test('from a folder below, from a worktree of its own, and from inside a git hook', async () => {
  const user = recordingUser(folder);
  user.write('sub/a.txt', 'a\n');
  user.write('top.txt', 't\n');
  commit(user, 'Begin');
  user.write('top.txt', 'changed\n');
  expect((await record(user, join(user.project, 'sub'))).files).toEqual(['top.txt']);

  user.git('worktree', 'add', '--quiet', '../other: tree', '-b', 'other');
  user.write('../other: tree/sub/a.txt', 'in the worktree\n');
  expect((await record(user, join(user.home, 'other: tree'))).files).toEqual(['sub/a.txt']);

  user.environment.GIT_DIR = '/nowhere/.git';
  user.environment.GIT_INDEX_FILE = '/nowhere/index';
  user.write('top.txt', 'changed again\n');
  expect((await record(user)).code).toContain('-changed\n+changed again');
});

test('modules of the package in which the command ran are the project`s own', async () => {
  const user = recordingUser(folder);
  user.write('packages/a/src/parser.py', 'x = 1\n');
  const found = await look(user, { cwd: join(user.project, 'packages', 'a') });
  if ('problem' in found) throw new Error(found.problem);
  expect(found.way).toBe('packages/a');
  expect(['parser', 'packages', 'numpy'].map(ownModules(found))).toEqual([true, true, false]);
  expect(ownModules({ root: user.project, way: '' })('parser')).toBe(false);
});

test('a merge with conflicts', async () => {
  const user = recordingUser(folder);
  user.write('a.txt', 'base\n');
  commit(user, 'Base');
  user.git('switch', '--quiet', '--create', 'side');
  user.write('a.txt', 'side\n');
  commit(user, 'Side');
  user.git('switch', '--quiet', 'main');
  user.write('a.txt', 'main\n');
  commit(user, 'Main');
  expect(() => user.git('merge', 'side')).toThrow();
  const before = readFileSync(join(user.project, '.git', 'index'));
  expect((await record(user)).code).toContain('+<<<<<<< HEAD');
  expect(readFileSync(join(user.project, '.git', 'index')).equals(before)).toBe(true);
});

test('programs that a repository`s configuration names are not run', async () => {
  const user = recordingUser(folder);
  user.write('a.txt', 'a\n');
  commit(user, 'Begin');
  const mark = join(user.home, 'ran');
  user.write('run.sh', `#!/bin/sh\ntouch '${mark}'\n`);
  user.git('config', 'core.fsmonitor', `touch '${mark}'`);
  user.git('config', 'diff.external', `touch '${mark}'`);
  user.git('config', 'core.hooksPath', user.project);
  user.write('post-index-change', `#!/bin/sh\ntouch '${mark}'\n`);
  user.write('a.txt', 'b\n');
  expect((await record(user)).code).toContain('-a\n+b');
  expect(readdirSync(user.home)).not.toContain('ran');
});

test('without the git program', async () => {
  const user = recordingUser(folder);
  user.environment.PATH = user.home;
  expect(await look(user)).toEqual({ problem: 'git is not installed; --file FILE names the code' });
});

test('a state that is damaged counts as none', async () => {
  const user = recordingUser(folder);
  user.write('a.txt', 'a\n');
  await record(user);
  const [name] = readdirSync(join(user.home, 'data', 'recorded'));
  user.write(`../data/recorded/${name}/state.json`, '{"tree": 1');
  expect((await record(user)).source).toBe('the changes since the last commit');
});
