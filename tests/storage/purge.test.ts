import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, test } from 'vitest';
import { searchText } from '../../src/domain/words.ts';
import { alone, newAttempt, newMessage, newResource, newTodo } from './made-rows.ts';
import { newStore, openedStore, refusal } from './opened-store.ts';
import { databaseProblems } from './whole-database.ts';

/** In which files beside the database the bytes of a text still are. */
function filesWith(path: string, text: string): string[] {
  const folder = dirname(path);
  return readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(text));
}

test('what was removed and purged is in no file any more: not as text, not as a word, not in the log', async () => {
  const { store, path } = await newStore();
  await store.storeResource(newResource({ fileName: 'kept.md', texts: ['this stays'] }));
  const secret = (number: number) => `zyqqwv${number}xk`;
  const changedAt = { text: 'now', ms: 1 };
  const memory = await store.storeResource(
    newResource({ texts: [`${secret(1)} `, secret(2)], tags: [secret(3)] }),
  );
  const { chunks } = newResource({ texts: [secret(4)] });
  const content = { hash: 'h'.repeat(64), chunks, modelHash: null };
  await store.changeMemory(memory.resourceId, { content, changedAt }, searchText);
  const attempt = await store.logAttempt(newAttempt({ inputPrompt: secret(5), lesson: secret(6) }), alone);
  const message = await store.logMessage(newMessage({ content: secret(7) }));
  const todo = await store.addTodo(newTodo({ title: secret(8) }));
  for (let number = 1; number <= 8; number++) expect(filesWith(path, secret(number))).not.toEqual([]);

  await store.remove([{ kind: 'memory', id: memory.resourceId }], { dryRun: false });
  await store.remove([{ kind: 'pattern', id: attempt.patternId }], { dryRun: false });
  await store.remove([{ kind: 'message', id: message.messageId }], { dryRun: false });
  await store.remove([{ kind: 'todo', id: todo.todoId }], { dryRun: false });
  await store.purgeRemoved();
  for (let number = 1; number <= 8; number++)
    expect(filesWith(path, secret(number)), `${number}`).toEqual([]);
  expect(filesWith(path, 'this stays')).toEqual(['ltmc.db']);
  expect((await store.getMemory(1))?.chunks[0]?.text).toBe('this stays');
  expect(existsSync(path)).toBe(true);
});

test('a purge that a writer stands in the way of does not say that nothing was stored', async () => {
  const { path } = await newStore();
  const quick = await openedStore({ path, busyTimeoutMs: 30 });
  const writer = new Sqlite(path);
  writer.exec('BEGIN IMMEDIATE');
  const error = await refusal(() => quick.purgeRemoved());
  expect(error.code).toBe('database_busy');
  expect(error.message).toContain('The rows are removed');
  writer.close();
  await quick.purgeRemoved();
});

test('a purge that a reader stands in the way of says so', async () => {
  const { store, path } = await newStore();
  await store.storeResource(newResource({ texts: ['zyqqwv'] }));
  const quick = await openedStore({ path, busyTimeoutMs: 30 });
  const reader = new Sqlite(path);
  reader.exec('BEGIN; SELECT * FROM Resources');
  await quick.remove([{ kind: 'memory', id: 1 }], { dryRun: false });
  expect((await refusal(() => quick.purgeRemoved())).code).toBe('database_busy');
  reader.close();
  await quick.purgeRemoved();
  expect(filesWith(path, 'zyqqwv')).toEqual([]);
  expect(databaseProblems(path).filter((problem) => !problem.startsWith('a sequence'))).toEqual([]);
});
