import { expect, test } from 'vitest';
import { alone, newAttempt, newMessage, newResource, newTodo, query } from '../made-rows.ts';
import { vectorOfText } from '../made-vectors.ts';
import { memoriesOf } from '../memories-of.ts';
import type { OpenStore } from '../store-contract.ts';

export function removalContract(open: OpenStore): void {
  test('remove takes a memory with all that hangs on it, and says how many rows of each table', async () => {
    const { store } = await open();
    await store.storeResource(newResource({ texts: ['v1 ', 'kiwi'] }));
    const { resourceId } = await store.storeResource(newResource({ texts: ['v2 kiwi'], replace: true }));
    const kept = await store.storeResource(newResource({ fileName: 'kept.md', texts: ['kept kiwi'] }));
    const { messageId } = await store.logMessage(newMessage({ content: 'hello' }));
    await store.storeLinks(messageId, [3, 4]);

    const expected = { Resources: 2, ResourceChunks: 3, Embeddings: 3, ContextLinks: 1 };
    expect(await store.remove([{ kind: 'memory', id: resourceId }], { dryRun: true })).toEqual(expected);
    expect((await store.getMemory(resourceId))?.revisions).toHaveLength(1);
    expect(
      await store.remove(
        [
          { kind: 'memory', id: resourceId },
          { kind: 'memory', id: 999 },
        ],
        { dryRun: false },
      ),
    ).toEqual(expected);
    expect(await store.remove([{ kind: 'memory', id: resourceId }], { dryRun: false })).toEqual({});

    expect(await store.getMemory(1)).toBeNull();
    expect(await store.getMemory(resourceId)).toBeNull();
    const input = query({ words: ['kiwi'], vector: vectorOfText('v2 kiwi') });
    const { hits, lexical } = await store.searchChunks(input, { scope: 'all' });
    expect(await memoriesOf(store, hits)).toEqual([kept.resourceId]);
    expect(lexical.rows).toBe(1);
    expect((await store.linksOfMessage(messageId, { limit: 9, after: null })).rows).toHaveLength(1);
  });

  test('remove never gives an id again', async () => {
    const { store } = await open();
    await store.storeResource(newResource({}));
    await store.logAttempt(newAttempt(), alone);
    await store.remove([{ kind: 'memory', id: 1 }], { dryRun: false });
    await store.remove([{ kind: 'pattern', id: 1 }], { dryRun: false });
    expect(await store.storeResource(newResource({}))).toMatchObject({
      resourceId: 2,
      vectorIds: { first: 4 },
    });
    expect(await store.logAttempt(newAttempt(), alone)).toMatchObject({ patternId: 2, vectorId: 5 });
  });

  test('remove takes an attempt, and its family goes on with the oldest that is left', async () => {
    const { store } = await open();
    const first = await store.logAttempt(newAttempt({ result: 'fail' }), alone);
    const fix = (basis: string) =>
      store.logAttempt(newAttempt(), () => ({
        familyId: first.familyId,
        links: [{ patternId: first.patternId, contextType: 'fixes', similarityScore: 1, basis }],
      }));
    const second = await fix('first fix');
    const third = await fix('second fix');
    await store.remove([{ kind: 'pattern', id: third.patternId }], { dryRun: false });
    const [repaired] = await store.getPatterns([first.patternId]);
    expect(repaired?.fixedBy).toEqual({ patternId: second.patternId, basis: 'first fix' });

    await store.remove([{ kind: 'pattern', id: first.patternId }], { dryRun: false });
    expect(Object.fromEntries(await store.familyCounts([first.familyId]))).toEqual({
      [first.familyId]: { pass: 1, fail: 0, partial: 0 },
    });
    let representative = false;
    await store.logAttempt(newAttempt(), ({ related }) => {
      representative = related[0]?.isRepresentative ?? false;
      return alone();
    });
    expect(representative).toBe(true);
    await store.remove([{ kind: 'pattern', id: second.patternId }], { dryRun: false });
    expect(await store.familyCounts([first.familyId])).toEqual(new Map());
  });

  test('remove takes messages and todos', async () => {
    const { store } = await open();
    const { messageId } = await store.logMessage(newMessage({ content: 'kiwi' }));
    const { todoId } = await store.addTodo(newTodo({ title: 'kiwi' }));
    expect(await store.remove([{ kind: 'message', id: messageId }], { dryRun: false })).toEqual({
      ChatHistory: 1,
      Embeddings: 1,
    });
    expect(await store.remove([{ kind: 'todo', id: todoId }], { dryRun: false })).toEqual({
      Todos: 1,
      Embeddings: 1,
    });
    expect(await store.getMessages([messageId])).toEqual([]);
    expect(await store.getTodos([todoId])).toEqual([]);
    const input = query({ words: ['kiwi'], vector: vectorOfText('kiwi') });
    expect((await store.searchMessages(input, { scope: 'all' })).hits).toEqual([]);
    expect((await store.searchTodos(input, { scope: 'all' })).hits).toEqual([]);
  });
}
