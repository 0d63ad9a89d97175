import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readRemotes } from '../../src/git-config.ts';
import { projectOfRemote } from '../../src/git-remote.ts';
import { projectOfFolder } from '../../src/project.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ltmc-project-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const surroundings = { home: join(folder, 'home'), platform: 'linux' as const, environment: {} };
const projectOf = (path: string) => projectOfFolder(path, surroundings).name;

/** A repository as git would lay it out, as far as LTMC reads it. */
function repository(name: string, config: string): string {
  const root = join(folder, name);
  mkdirSync(join(root, '.git'), { recursive: true });
  mkdirSync(join(root, 'src', 'deep'), { recursive: true });
  writeFileSync(join(root, '.git', 'HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(join(root, '.git', 'config'), config);
  return root;
}

describe('a remote', () => {
  test.each([
    ['https://github.com/acme/app.git', 'github.com/acme/app'],
    ['https://GitHub.com/Acme/App', 'github.com/Acme/App'],
    ['https://ada:s3cret@github.com/acme/app.git/', 'github.com/acme/app'],
    ['https://x-token@gitlab.example:8443/group/sub/app.git?x=1#y', 'gitlab.example/group/sub/app'],
    ['git@github.com:acme/app.git', 'github.com/acme/app'],
    ['github.com:acme/app', 'github.com/acme/app'],
    ['git@host:/srv/git/app.git', 'host/srv/git/app'],
    ['ssh://git@github.com:22/acme/app.git', 'github.com/acme/app'],
    ['ssh://git@[::1]:2222/acme/app', '[::1]/acme/app'],
    ['git+ssh://git@host/acme/app', 'host/acme/app'],
    ['https://host/acme/with%20space', 'host/acme/with space'],
    ['https://host/acme/with%0anewline', null],
    ['/srv/git/app.git', null],
    ['../app.git', null],
    ['file:///srv/git/app.git', null],
    ['C:\\git\\app', null],
    ['C:/git/app', null],
    ['codecommit::eu-west-1://app', null],
    ['https://', null],
    ['', null],
  ])('%s is %s', (url, project) => {
    expect(projectOfRemote(url)).toBe(project);
  });

  test('no part of a name or password is kept', () => {
    const secret = 'ghp_secretsecret';
    for (const url of [
      `https://${secret}@github.com/acme/app`,
      `https://ada:${secret}@github.com/acme/app`,
      `https://ada:pa/${secret}@github.com/acme/app`,
      `https://github.com/acme/app?token=${secret}`,
      `${secret}@github.com:acme/app`,
    ]) {
      expect(projectOfRemote(url) ?? '').not.toContain(secret);
    }
  });
});

describe("git's config file", () => {
  test('sections, quotes, comments, escapes and continued lines are read as git does', () => {
    const text = [
      '[core]\n\turl = https://not.a/remote',
      '[Remote "up stream"] URL = "https://host/one.git" ; said # so',
      '[remote "a\\"b"]',
      '\tfetch = +refs/heads/*:refs/remotes/x/*',
      '\turl = https://host/\\\ntwo.git',
      '\turl = https://host/second-url.git',
      '# [remote "commented"]',
      '[remote]\n\turl = https://host/no-name',
    ].join('\r\n');
    expect(readRemotes(text)).toEqual([
      { name: 'up stream', url: 'https://host/one.git' },
      { name: 'a"b', url: 'https://host/two.git' },
    ]);
  });
});

describe('the project of a folder', () => {
  test('is its remote, origin before others, from any folder inside', () => {
    const root = repository(
      'with-remote',
      '[remote "fork"]\n\turl = git@github.com:ada/app.git\n[remote "origin"]\n\turl = git@github.com:acme/app.git\n',
    );
    expect(projectOf(root)).toBe('github.com/acme/app');
    expect(projectOf(join(root, 'src', 'deep'))).toBe('github.com/acme/app');
    const fork = repository('fork-only', '[remote "fork"]\n\turl = git@github.com:ada/app.git\n');
    expect(projectOfFolder(fork, surroundings)).toEqual({
      name: 'github.com/ada/app',
      why: 'git remote fork',
    });
  });

  test("without one it is the root's name with a hash of its path", () => {
    const one = repository('a/app', '');
    const two = repository('b/app', '[remote "origin"]\n\turl = /srv/git/app.git\n');
    expect(projectOf(one)).toMatch(/^app-[0-9a-f]{8}$/);
    expect(projectOf(two)).toMatch(/^app-[0-9a-f]{8}$/);
    expect(projectOf(one)).not.toBe(projectOf(two));
    expect(projectOf(join(one, 'src'))).toBe(projectOf(one));
  });

  test('is none at home, at the root, outside git, and in folders of applications', () => {
    const home = repository('home', '[remote "origin"]\n\turl = git@github.com:ada/dotfiles.git\n');
    mkdirSync(join(home, 'notes'));
    expect(projectOf(home)).toBeNull();
    expect(projectOf(join(home, 'notes'))).toBeNull();
    expect(projectOf('/')).toBeNull();
    expect(projectOf(folder)).toBeNull();
    expect(projectOf(join(folder, 'not-there'))).toBeNull();
    const application = repository('home/.local/share/app', '[remote "origin"]\n\turl = git@host:a/b\n');
    expect(projectOf(application)).toBeNull();
    expect(projectOf('/usr/lib')).toBeNull();
  });

  test('a damaged repository is no reason to fail', () => {
    const root = join(folder, 'damaged');
    mkdirSync(root);
    writeFileSync(join(root, '.git'), 'gitdir: /nowhere/at/all\n');
    expect(projectOf(root)).toBeNull();
    writeFileSync(join(root, '.git'), '\0\0');
    expect(projectOf(root)).toBeNull();
  });
});

describe.skipIf(!hasGit())('with the real git', () => {
  const git = (cwd: string, ...words: string[]) =>
    execFileSync(
      'git',
      ['-c', 'user.name=Ada', '-c', 'user.email=ada@host', '-c', 'protocol.file.allow=always', ...words],
      {
        cwd,
        stdio: 'pipe',
        env: { PATH: process.env.PATH, HOME: surroundings.home, GIT_CONFIG_NOSYSTEM: '1' },
      },
    );

  test('worktrees share their project, with and without a remote; a submodule has its own', () => {
    const main = join(folder, 'real');
    mkdirSync(main);
    git(main, 'init', '-q');
    git(main, 'commit', '-q', '--allow-empty', '-m', 'first');
    git(main, 'worktree', 'add', '-q', join(folder, 'real-worktree'));
    expect(projectOf(main)).toMatch(/^real-/);
    expect(projectOf(join(folder, 'real-worktree'))).toBe(projectOf(main));

    git(main, 'remote', 'add', 'origin', 'https://ada:secret@github.com/acme/real.git');
    expect(projectOf(join(folder, 'real-worktree'))).toBe('github.com/acme/real');
    expect(projectOf(main)).toBe('github.com/acme/real');

    const library = join(folder, 'library');
    mkdirSync(library);
    git(library, 'init', '-q');
    git(library, 'commit', '-q', '--allow-empty', '-m', 'first');
    git(main, 'submodule', '--quiet', 'add', library, 'vendor/library');
    const submodule = join(main, 'vendor', 'library');
    expect(projectOf(submodule)).toMatch(/^library-/);
    git(submodule, 'remote', 'set-url', 'origin', 'git@github.com:acme/library.git');
    expect(projectOf(submodule)).toBe('github.com/acme/library');
  });

  test('worktrees beside a bare repository share its name', () => {
    const source = join(folder, 'source');
    const root = join(folder, 'bare-layout');
    for (const path of [source, root]) mkdirSync(path);
    git(source, 'init', '-q');
    git(source, 'commit', '-q', '--allow-empty', '-m', 'first');
    git(root, 'clone', '-q', '--bare', source, '.bare');
    writeFileSync(join(root, '.git'), 'gitdir: ./.bare\n');
    git(root, 'worktree', 'add', '-q', '-b', 'work', 'main');
    expect(projectOf(join(root, 'main'))).toMatch(/^bare-layout-/);
    expect(projectOf(root)).toBe(projectOf(join(root, 'main')));
  });
});

function hasGit(): boolean {
  try {
    execFileSync('git', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
