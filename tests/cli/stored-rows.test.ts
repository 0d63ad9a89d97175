import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { askYesNo } from '../../src/commands/ask-yes-no.ts';
import type { Store } from '../../src/domain/ports.ts';
import { openSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts';
import { newAttempt, newMessage, newResource, newTodo } from '../storage/made-rows.ts';
import { type Ran, runLtmc, temporaryFolder, userEnvironment } from './run-ltmc.ts';

/** JSON whose shape a test asserts by using it. */
// biome-ignore lint/suspicious/noExplicitAny: the assertions say what is expected of it
type Json = any;

const folder = temporaryFolder();
let count = 0;

interface Rows {
  store: Store;
  path: string;
  ltmc(...words: string[]): Promise<Ran>;
  json(...words: string[]): Promise<Json>;
}

/** A new database that this process has open, and the command on it. */
async function newRows(): Promise<Rows> {
  const home = join(folder, `user-${++count}`);
  await mkdir(home);
  const path = join(home, 'ltmc.db');
  const store = await openSqliteStore({ path });
  onTestFinished(() => store.close());
  const environment = userEnvironment(home, { LTMC_DB: path, LTMC_PROJECT: 'app' });
  const ltmc = (...words: string[]) => runLtmc(words, { environment, cwd: home });
  return {
    store,
    path,
    ltmc,
    async json(...words) {
      const { code, stdout, stderr } = await ltmc(...words, '--json');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return JSON.parse(stdout);
    },
  };
}

/** Everything in the database's files, as bytes. */
function bytesOf(path: string): string {
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(basename(path)) && !name.includes('.backup_'))
    .map((name) => readFileSync(join(dirname(path), name), 'latin1').toLowerCase())
    .join('\n');
}

const place = { familyId: null, links: [] };

test('list shows the newest first, by project and type', async () => {
  const { store, ltmc, json } = await newRows();
  await store.storeResource(newResource({ project: 'app', fileName: 'a.md', texts: ['One.'] }));
  await store.storeResource(
    newResource({ project: 'app', fileName: 'b.ts', resourceType: 'code', texts: ['Two.'] }),
  );
  await store.storeResource(newResource({ project: 'other', fileName: 'c.md', texts: ['Three.'] }));
  await store.storeResource(newResource({ project: null, fileName: 'd\u001b[2J\n.md', texts: ['Four.'] }));
  const names = async (...words: string[]) =>
    ((await json('list', ...words)).memories as Json[]).map(({ file_name }) => file_name);
  expect(await names()).toEqual(['d\u001b[2J\n.md', 'b.ts', 'a.md']);
  expect(await names('--project', '*')).toEqual(['d\u001b[2J\n.md', 'c.md', 'b.ts', 'a.md']);
  expect(await names('--type', 'code')).toEqual(['b.ts']);
  const first = await json('list', '--limit', '1');
  expect(first).toMatchObject({ success: true, count: 1 });
  expect(first.next_cursor).toBeDefined();

  const { stdout, stderr } = await ltmc('list', '--limit', '2');
  expect(stdout.split('\n')[0]).toMatch(/^memory-4 {2}2026-01-02 {2}document {2}d\\x1b\[2J\\n\.md$/);
  expect(stdout.split('\n')[1]).toMatch(/^memory-2 {2}2026-01-02 {2}code {6}b\.ts$/);
  expect(stderr).toContain('There are more');
  expect((await ltmc('list', '--limit', '0')).code).toBe(2);
});

test('show gives every kind of row, its control characters visible', async () => {
  const { store, ltmc, json } = await newRows();
  const texts = ['# Title\n\nThe first part. ', 'The second\u001b[31m part.\n'];
  const { resourceId } = await store.storeResource(newResource({ project: 'app', fileName: 'a.md', texts }));
  const { patternId } = await store.logAttempt(newAttempt({ lesson: 'Split first.' }), () => place);
  const { messageId } = await store.logMessage(newMessage({ content: 'Hello there.' }));
  const { todoId } = await store.addTodo(newTodo({ title: 'Water the plants' }));

  expect(await json('show', `memory-${resourceId}`)).toMatchObject({
    success: true,
    ref: `memory-${resourceId}`,
    file_name: 'a.md',
    project: 'app',
    created_at: '2026-01-02T03:04:05.000Z',
    content: texts.join(''),
  });
  const { stdout } = await ltmc('show', `memory-${resourceId}`);
  expect(stdout).toContain('The second\\x1b[31m part.');
  expect(stdout).not.toContain('\u001b');
  expect(await json('show', 'chunk-2')).toMatchObject({ memory: 'memory-1', text: texts[1] });
  expect(await json('show', `pattern-${patternId}`)).toMatchObject({
    result: 'pass',
    lesson: 'Split first.',
  });
  expect(await json('show', `message-${messageId}`)).toMatchObject({ content: 'Hello there.' });
  expect(await json('show', `todo-${todoId}`)).toMatchObject({ title: 'Water the plants', completed: false });

  for (const ref of ['memory-99', 'chunk-99', 'pattern-99', 'message-99', 'todo-99']) {
    const { code, stderr } = await ltmc('show', ref);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ltmc: Expected .*99/);
  }
  expect((await ltmc('show', 'memory7')).code).toBe(2);
});

test('after forget the text is in none of the files, while another process has them open', async () => {
  const { store, path, json } = await newRows();
  const word = 'zqxhunterjkv';
  const texts = [`The password of ${word} was written down. `, `And ${word} again.`];
  const old = newResource({ project: 'app', fileName: `${word}.md`, texts: [`An older ${word}.`] });
  await store.storeResource(old);
  const { resourceId } = await store.storeResource(
    newResource({ project: 'app', fileName: `${word}.md`, texts, tags: [word], replace: true }),
  );
  const { patternId } = await store.logAttempt(
    newAttempt({ inputPrompt: `log ${word} in`, generatedCode: `login("${word}")`, lesson: `never ${word}` }),
    () => place,
  );
  const { messageId } = await store.logMessage(newMessage({ content: `Who is ${word}?` }));
  const { todoId } = await store.addTodo(newTodo({ title: `Ask ${word}`, description: word }));
  await store.storeResource(
    newResource({ project: 'app', fileName: 'kept.md', texts: ['Something zqxkeptjkv.'] }),
  );
  await store.storeLinks(messageId, [1]);
  expect(bytesOf(path)).toContain(word);

  const refs = [`memory-${resourceId}`, `pattern-${patternId}`, `message-${messageId}`, `todo-${todoId}`];
  const preview = await json('forget', ...refs, '--dry-run');
  expect(preview.dry_run).toBe(true);
  expect(bytesOf(path)).toContain(word);
  const answer = await json('forget', ...refs, '--yes');
  expect(answer).toMatchObject({ success: true, dry_run: false, refs, backups: [] });
  expect(answer.deleted).toEqual(preview.deleted);
  expect(answer.deleted).toMatchObject({
    Resources: 2,
    ResourceChunks: 3,
    CodePatterns: 1,
    ChatHistory: 1,
    Todos: 1,
  });

  // Fragments too: an index keeps words by their prefixes.
  for (const part of [word, 'hunterjkv', 'zqxhunter']) expect(bytesOf(path)).not.toContain(part);
  expect(bytesOf(path)).toContain('zqxkeptjkv');
  // The other process goes on.
  expect((await store.getMemory(resourceId)) ?? null).toBeNull();
  expect((await json('list')).memories).toMatchObject([{ file_name: 'kept.md' }]);
});

test('forget names the backups, and refuses without --yes where nobody can be asked', async () => {
  const { store, path, ltmc, json } = await newRows();
  await store.storeResource(newResource({ project: 'app', fileName: 'a.md' }));
  writeFileSync(`${path}.backup_20260101_000000`, 'an old state');
  const refused = await ltmc('forget', 'memory-1');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('--yes');
  expect((await ltmc('forget', 'memory-1', '--json')).code).toBe(2);
  expect((await json('list')).count).toBe(1);

  const { code, stdout } = await ltmc('forget', 'memory-1', '--yes');
  expect(code).toBe(0);
  expect(stdout).toContain('Removed: memory-1\n  Resources: 1\n'.slice(0, 18));
  expect(stdout).toContain('Resources: 1');
  expect(stdout).toContain(`${path}.backup_20260101_000000`);
  expect((await json('list')).count).toBe(0);
});

test('one wrong ref, and nothing is removed', async () => {
  const { store, ltmc, json } = await newRows();
  await store.storeResource(newResource({ project: 'app', fileName: 'a.md' }));
  const missing = await ltmc('forget', 'memory-1', 'memory-2', 'todo-5', '--yes');
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain('there is no memory-2, todo-5.');
  const part = await ltmc('forget', 'memory-1', 'chunk-1', '--yes');
  expect(part.code).toBe(1);
  expect(part.stderr).toContain('chunk-1 is a part of memory-1');
  expect((await ltmc('forget', 'memory-1', 'nonsense', '--yes')).code).toBe(2);
  expect((await ltmc('forget', '--yes')).code).toBe(2);
  expect((await json('list')).count).toBe(1);
});

test.each([
  ['y\n', true],
  ['YES\n', true],
  ['n\n', false],
  ['\n', false],
  ['yesterday\n', false],
  ['', false],
])('the answer %j to a question means %s', async (answer, agreed) => {
  const output = new PassThrough();
  const input = new PassThrough();
  input.end(answer);
  expect(await askYesNo('Remove this for good?', input, output)).toBe(agreed);
  expect(String(output.read())).toContain('Remove this for good? [y/N]');
});
