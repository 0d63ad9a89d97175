import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startServer } from '../mcp/start-server.ts';
import { type Json, namesOf, newWorkspace } from './ingest-run.ts';

test('files are stored under their path from the git root, in the project of the repository', async () => {
  const work = newWorkspace();
  work.write('docs/design.md', '# Design\n\nWe keep one SQLite file.\n');
  work.write('src/add.ts', 'export const add = (a: number, b: number) => a + b;\n');
  work.write('native/add.h', 'int add(int a, int b);\n');
  const answer = await work.ingest('.');
  expect(answer).toMatchObject({
    success: true,
    counts: { stored: 3, changed: 0, renamed: 0, unchanged: 0, archived: 0, skipped: 0, ignored: 0 },
    pending_vectors: 0,
  });
  const { memories } = await work.json('list');
  expect(
    (memories as Json[]).map((memory) => [
      memory.file_name,
      memory.resource_type,
      memory.project,
      memory.origin,
    ]),
  ).toEqual([
    ['src/add.ts', 'code', 'example.org/ada/app', 'file'],
    ['native/add.h', 'code', 'example.org/ada/app', 'file'],
    ['docs/design.md', 'document', 'example.org/ada/app', 'file'],
  ]);
  // From a folder below, the names are the same.
  const again = await work.ingest(join(work.repository, 'src'));
  expect(again.counts).toMatchObject({ stored: 0, unchanged: 1 });
  const found = await work.json('search', 'which database do we keep');
  expect(found.hits[0].file_name).toBe('docs/design.md');
});

test('unchanged is left alone, changed supersedes, vanished is archived', async () => {
  const work = newWorkspace();
  work.write('a.md', 'The port is 8080.\n');
  work.write('b.md', 'The colour is green.\n');
  work.write('c.md', 'The river is long.\n');
  await work.ingest('.');
  work.write('a.md', 'The port is 9090.\n');
  rmSync(join(work.repository, 'c.md'));
  const answer = await work.ingest('.');
  expect(answer.counts).toMatchObject({ stored: 0, changed: 1, unchanged: 1, archived: 1 });
  expect(namesOf(answer.changed)).toEqual(['a.md']);
  expect(namesOf(answer.archived)).toEqual(['c.md']);
  expect(await work.names()).toEqual(['a.md', 'b.md']);

  const changed = await work.json('show', answer.changed[0].ref);
  expect(changed.content).toBe('The port is 9090.\n');
  expect(changed.revisions).toHaveLength(1);
  const gone = await work.json('show', answer.archived[0].ref);
  expect(gone).toMatchObject({ archived: true, content: 'The river is long.\n' });
  expect(
    (await work.json('search', 'how long is the river')).hits.map((hit: Json) => hit.file_name),
  ).not.toContain('c.md');
});

test('a renamed file keeps its memory; a copy is a memory of its own', async () => {
  const work = newWorkspace();
  work.write('old/name.md', 'Bicycles are stored in the cellar.\n');
  work.write('kept.md', 'Cars are not.\n');
  const first = await work.ingest('.');
  const ref = first.stored.find((file: Json) => file.file_name === 'old/name.md').ref;
  mkdirSync(join(work.repository, 'new'));
  renameSync(join(work.repository, 'old/name.md'), join(work.repository, 'new/name.md'));
  work.write('copy.md', 'Cars are not.\n');
  const answer = await work.ingest('.');
  expect(answer.renamed).toEqual([{ ref, file_name: 'new/name.md', renamed_from: 'old/name.md' }]);
  expect(answer.counts).toMatchObject({ stored: 1, renamed: 1, unchanged: 1, archived: 0 });
  expect(await work.names()).toEqual(['copy.md', 'kept.md', 'new/name.md']);
  expect((await work.ingest('.')).counts).toMatchObject({ unchanged: 3, stored: 0, archived: 0 });
});

test('a renamed and changed file is a new one, and the old one is archived', async () => {
  const work = newWorkspace();
  work.write('old.md', 'The first text.\n');
  await work.ingest('.');
  rmSync(join(work.repository, 'old.md'));
  work.write('new.md', 'The second text.\n');
  expect((await work.ingest('.')).counts).toMatchObject({ stored: 1, renamed: 0, archived: 1 });
});

test('only what an ingest stored below the path can vanish', async () => {
  const work = newWorkspace();
  work.write('src/a.md', 'One thing.\n');
  work.write('docs/b.md', 'Another thing.\n');
  await work.ingest('.');
  rmSync(join(work.repository, 'docs'), { recursive: true });
  expect((await work.ingest('src')).counts).toMatchObject({ unchanged: 1, archived: 0 });
  expect((await work.ingest('src/a.md')).counts).toMatchObject({ unchanged: 1, archived: 0 });
  expect(await work.names()).toEqual(['docs/b.md', 'src/a.md']);

  // Another repository under the same project name takes nothing of this one with it.
  const other = join(work.home, 'work', 'other');
  mkdirSync(join(other, '.git'), { recursive: true });
  writeFileSync(join(other, '.git', 'HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(join(other, 'c.md'), 'A third thing.\n');
  const project = ['--project', 'example.org/ada/app'];
  expect((await work.ingest(other, ...project)).counts).toMatchObject({ stored: 1, archived: 0 });
  expect(await work.names()).toEqual(['c.md', 'docs/b.md', 'src/a.md']);
});

test('a folder outside of git has names from home, and no project', async () => {
  const work = newWorkspace();
  const notes = join(work.home, 'notes');
  mkdirSync(notes);
  writeFileSync(join(notes, 'tea.md'), 'Green tea at 70 degrees.\n');
  await work.ingest(notes);
  const { memories } = await work.json('list', '--project', '*');
  expect(memories).toMatchObject([{ file_name: '~/notes/tea.md', project: null }]);
  rmSync(join(notes, 'tea.md'));
  expect((await work.ingest(notes)).counts).toMatchObject({ archived: 1 });
});

test('.gitignore is heeded: nested, negated, for folders, and info/exclude', async () => {
  const work = newWorkspace();
  work.write('.gitignore', '*.log\n/build/\nsecret-plan.md\n!keep.log\n');
  work.write('.git/info/exclude', 'mine.md\n');
  work.write('a.log', 'ignored\n');
  work.write('keep.log', 'kept\n');
  work.write('build/out.md', 'ignored\n');
  work.write('docs/build/out.md', 'kept, the pattern is anchored\n');
  work.write('docs/.gitignore', 'draft-*\n!draft-final.md\n!b.log\n');
  work.write('docs/draft-1.md', 'ignored\n');
  work.write('docs/draft-final.md', 'kept\n');
  work.write('docs/b.log', 'kept by the nearer file\n');
  work.write('docs/secret-plan.md', 'ignored\n');
  work.write('mine.md', 'ignored\n');
  const answer = await work.ingest('.');
  expect(await work.names()).toEqual([
    '.gitignore',
    'docs/.gitignore',
    'docs/b.log',
    'docs/build/out.md',
    'docs/draft-final.md',
    'keep.log',
  ]);
  expect(answer.counts).toMatchObject({ ignored: 5, skipped: 0 });
  // What is named itself is not stored behind the repository's back either.
  expect((await work.ingest('build')).skipped[0].reason).toContain('.gitignore');
  expect((await work.ingest('docs/draft-1.md')).skipped[0].reason).toContain('.gitignore');

  // What is ignored later leaves the answers.
  work.write('.gitignore', '*.log\n');
  expect(namesOf((await work.ingest('.')).archived)).toEqual(['keep.log']);
});

test('what is left out is named with its reason', async () => {
  const work = newWorkspace();
  const outside = join(work.home, 'outside.md');
  writeFileSync(outside, 'Not part of the tree.\n');
  symlinkSync(outside, join(work.repository, 'link.md'));
  symlinkSync(work.home, join(work.repository, 'way-out'));
  work.write('ok.md', 'Fine.\n');
  work.write('picture.png', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]));
  work.write('latin1.txt', Uint8Array.from([0x63, 0x61, 0x66, 0xe9]));
  work.write('utf16.txt', Uint8Array.from([0xff, 0xfe, 0x61, 0x00]));
  work.write('empty.md', ' \n');
  work.write('huge.txt', 'x'.repeat(20_000_001));
  work.write('vendor/dep/.git/HEAD', 'ref: refs/heads/main\n');
  work.write('vendor/dep/a.md', 'A repository of its own.\n');
  work.write('node_modules/x/readme.md', 'Installed.\n');
  const answer = await work.ingest('.');
  expect(await work.names()).toEqual(['ok.md']);
  const reasons = Object.fromEntries(
    (answer.skipped as Json[]).map(({ path, reason }) => [path.slice(work.repository.length + 1), reason]),
  );
  expect(reasons).toEqual({
    'link.md': 'a symbolic link',
    'way-out': 'a symbolic link',
    'picture.png': 'binary',
    'latin1.txt': 'not UTF-8',
    'utf16.txt': 'not UTF-8',
    'empty.md': 'empty',
    'huge.txt': 'larger than 20 MB',
    'vendor/dep': 'a git repository of its own; ingest it by its own path',
    node_modules: 'installed packages',
  });
  expect((await work.ingest(join(work.repository, 'link.md'))).skipped).toMatchObject([
    { reason: 'a symbolic link' },
  ]);
});

test('files of keys and credentials are never stored', async () => {
  const work = newWorkspace();
  const never = [
    '.env',
    '.env.production',
    '.envrc',
    'deploy/prod.env',
    'server.pem',
    'tls/Server.KEY',
    'id_rsa',
    'id_ed25519.pub',
    '.netrc',
    '.git-credentials',
    'credentials.json',
    'terraform.tfstate',
    '.aws/credentials',
    '.ssh/config',
  ];
  for (const path of never) work.write(path, 'SECRET=zqxhunterjkv\n');
  work.write('.npmrc', '//registry.example.org/:_authToken=zqxhunterjkv\n');
  work.write('key.txt', '-----BEGIN OPENSSH PRIVATE KEY-----\nzqxhunterjkv\n');
  work.write('sub/.npmrc', 'save-exact=true\n');
  const answer = await work.ingest('.');
  expect(await work.names()).toEqual(['sub/.npmrc']);
  expect(new Set((answer.skipped as Json[]).map(({ reason }) => reason))).toEqual(
    new Set(['keys and credentials']),
  );
  for (const path of ['.env', 'server.pem', '.aws/credentials', '.aws']) {
    expect((await work.ingest(join(work.repository, path))).skipped).toMatchObject([
      { reason: 'keys and credentials' },
    ]);
  }
});

test('secrets inside other files are masked, and said', async () => {
  const work = newWorkspace();
  work.write('notes.md', `The token is ghp_${'a1B2c3D4e5F6'.repeat(3)}.\n`);
  const answer = await work.ingest('.');
  expect(answer.masked).toMatchObject([{ file_name: 'notes.md', count: 1 }]);
  expect((await work.json('show', answer.stored[0].ref)).content).toMatch(/The token is \[masked:/);
  expect((await work.ingest('.')).counts).toMatchObject({ unchanged: 1 });
});

test.skipIf(process.getuid?.() === 0)('what cannot be read keeps its memory', async () => {
  const work = newWorkspace();
  work.write('closed/a.md', 'Behind a door.\n');
  work.write('b.md', 'Locked.\n');
  await work.ingest('.');
  chmodSync(join(work.repository, 'closed'), 0);
  chmodSync(join(work.repository, 'b.md'), 0);
  const answer = await work.ingest('.');
  chmodSync(join(work.repository, 'closed'), 0o700);
  expect(answer.counts).toMatchObject({ archived: 0, skipped: 2 });
});

test("an agent's note under the name of a file is neither superseded nor archived", async () => {
  const work = newWorkspace();
  const server = await startServer({
    folder: work.home,
    environment: work.environment,
    args: ['--project', 'example.org/ada/app'],
  });
  const note = { file_name: 'plan.md', content: 'Ada prefers short plans.' };
  const { resource_id: noteId } = await server.answer('store_memory', note);
  await server.stop();
  const texts = async () => {
    const { memories } = await work.json('list');
    const shown = await Promise.all((memories as Json[]).map(({ ref }) => work.json('show', ref)));
    return shown.map(({ content }) => content as string).sort();
  };

  work.write('plan.md', 'The plan of the file.\n');
  expect((await work.ingest('.')).counts).toMatchObject({ stored: 1 });
  work.write('plan.md', 'The new plan of the file.\n');
  expect((await work.ingest('.')).counts).toMatchObject({ changed: 1, archived: 0 });
  expect(await texts()).toEqual(['Ada prefers short plans.', 'The new plan of the file.\n']);
  rmSync(join(work.repository, 'plan.md'));
  expect((await work.ingest('.')).counts).toMatchObject({ archived: 1 });
  expect(await texts()).toEqual(['Ada prefers short plans.']);
  expect((await work.json('list')).memories[0].resource_id).toBe(noteId);
});

test('a path that is not there stops everything before anything is stored', async () => {
  const work = newWorkspace();
  work.write('a.md', 'Here.\n');
  const { code, stderr } = await work.ltmc('ingest', 'a.md', 'nowhere');
  expect(code).toBe(1);
  expect(stderr).toContain('Nothing was stored.');
  expect((await work.ltmc('list')).code).toBe(1);
  expect((await work.ltmc('ingest', '.', '--project', '*')).code).toBe(1);
  expect((await work.ltmc('ingest')).code).toBe(2);
});

test('without --json: what was left out, then one line of counts', async () => {
  const work = newWorkspace();
  work.write('a.md', 'Here.\n');
  work.write('.env', 'A=1\n');
  work.write('bad\u001b[2Jname.pem', 'x\n');
  const { code, stdout, stderr } = await work.ltmc('ingest', '.');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[0]).toContain('.env: keys and credentials');
  expect(lines[1]).toContain('bad\\x1b[2Jname.pem');
  expect(lines[2]).toBe('1 stored, 0 changed, 0 renamed, 0 unchanged, 0 archived, 2 skipped, 0 ignored');
});
