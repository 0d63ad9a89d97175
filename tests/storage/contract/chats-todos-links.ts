import { describe, expect, test } from 'vitest';
import type { NewMessage } from '../../../src/domain/ports.ts';
import { madeAtMs, newMessage, newResource, newTodo, query } from '../made-rows.ts';
import { vectorOfText } from '../made-vectors.ts';
import type { OpenStore } from '../store-contract.ts';

const wholePage = { limit: 50, after: null };

export function chatTodoLinkContract(open: OpenStore): void {
  describe('messages', () => {
    test('keep every field', async () => {
      const { store } = await open();
      const message = newMessage({
        project: 'atlas',
        conversationId: 'c1',
        role: 'Grace',
        content: 'hello 👋\0 there',
        agentName: 'planner',
        sourceTool: 'editor',
        metadata: { a: [1] },
        origin: 'user',
      });
      const { messageId, pendingVectors } = await store.logMessage(message);
      expect(pendingVectors).toBe(0);
      const { searchText: _, vector: __, modelHash: ___, ...fields } = message;
      expect(await store.getMessages([messageId, 99])).toEqual([
        { messageId, ...fields, isQuery: false, archived: false },
      ]);
    });

    test('are found by word and by vector under their filters', async () => {
      const { store } = await open();
      const log = (content: string, given: Partial<NewMessage> = {}) =>
        store.logMessage(newMessage({ ...given, content }));
      await log('kiwi one', { conversationId: 'c1', project: 'atlas' });
      await log('kiwi two', { conversationId: 'c2', createdAt: { text: 'later', ms: madeAtMs + 10 } });
      for (const word of ['x', 'y', 'z']) await log(word);
      const input = query({ words: ['kiwi'], vector: vectorOfText('kiwi two') });
      const ids = async (filters: Parameters<typeof store.searchMessages>[1]) => {
        const { hits } = await store.searchMessages(input, filters);
        return hits.filter((hit) => hit.bm25 > 0).map((hit) => hit.messageId);
      };
      expect(await ids({ scope: 'all' })).toEqual([1, 2]);
      expect(await ids({ scope: { project: null } })).toEqual([2]);
      expect(await ids({ scope: 'all', conversationId: 'c1' })).toEqual([1]);
      expect(await ids({ scope: 'all', createdAfterMs: madeAtMs + 1 })).toEqual([2]);
      const { hits } = await store.searchMessages(input, { scope: 'all' });
      expect(hits[1]).toMatchObject({ messageId: 2, textLength: 8, createdAtMs: madeAtMs + 10 });
      expect(hits[1]?.cosine).toBeCloseTo(1, 5);
    });

    test('that log a question are marked, linked, without a vector, and never an answer', async () => {
      const { store } = await open();
      await store.storeResource(newResource({ texts: ['one ', 'two'] }));
      const createdAt = { text: 'now', ms: madeAtMs };
      const log = { project: null, conversationId: 'c1', query: 'kiwi?', chunkIds: [1, 99, 2], createdAt };
      const { messageId } = await store.logQuery(log);
      expect(await store.getMessages([messageId])).toMatchObject([
        { role: 'user', content: 'kiwi?', isQuery: true },
      ]);
      const { rows } = await store.linksOfMessage(messageId, wholePage);
      // A chunk that was removed since it was given is left out.
      expect(rows.map((link) => link.chunkId)).toEqual([1, 2]);
      const found = await store.searchMessages(query({ words: ['kiwi'] }), { scope: 'all' });
      expect(found.hits).toEqual([]);
      expect((await store.status()).nextVectorId).toBe(3);
      expect(await store.pendingEmbeddings(5)).toEqual([]);
    });
  });

  describe('todos', () => {
    test('keep every field, are completed once, and are listed newest first', async () => {
      const { store } = await open();
      const todo = newTodo({
        project: 'atlas',
        title: 'Buy kiwis',
        description: '100 %_ ripe',
        priority: 'high',
      });
      const { todoId } = await store.addTodo(todo);
      await store.addTodo(newTodo({ title: 'Sleep' }));
      const expected = {
        todoId,
        project: 'atlas',
        title: 'Buy kiwis',
        description: '100 %_ ripe',
        priority: 'high',
        completed: false,
        createdAt: todo.createdAt,
        completedAt: null,
      };
      expect(await store.getTodos([todoId])).toEqual([expected]);
      const first = { text: 'first', ms: 1 };
      const done = { ...expected, completed: true, completedAt: first };
      expect(await store.completeTodo(todoId, first)).toEqual(done);
      expect(await store.completeTodo(todoId, { text: 'second', ms: 2 })).toEqual(done);
      expect(await store.completeTodo(99, first)).toBeNull();

      const ids = async (filters: Partial<Parameters<typeof store.listTodos>[0]>) =>
        (await store.listTodos({ scope: 'all', ...filters }, wholePage)).rows.map((row) => row.todoId);
      expect(await ids({})).toEqual([2, 1]);
      expect(await ids({ completed: true })).toEqual([1]);
      expect(await ids({ completed: false })).toEqual([2]);
      expect(await ids({ priority: 'high' })).toEqual([1]);
      expect(await ids({ contains: 'KIWI' })).toEqual([1]);
      expect(await ids({ contains: '%_' })).toEqual([1]);
      expect(await ids({ contains: '%' })).toEqual([1]);
      expect(await ids({ scope: { project: null } })).toEqual([2]);
      const page = await store.listTodos({ scope: 'all' }, { limit: 1, after: null });
      expect(page).toMatchObject({ more: true, rows: [{ todoId: 2 }] });
      const next = await store.listTodos({ scope: 'all' }, { limit: 1, after: 2 });
      expect(next).toMatchObject({ more: false, rows: [{ todoId: 1 }] });
    });

    test('are found by word and by vector', async () => {
      const { store } = await open();
      for (const title of ['kiwi', 'apple', 'pear']) await store.addTodo(newTodo({ title }));
      const input = query({ words: ['kiwi'], vector: vectorOfText('kiwi') });
      const { hits, searchedRows } = await store.searchTodos(input, { scope: 'all' });
      expect(hits[0]).toMatchObject({ todoId: 1 });
      expect(hits[0]?.bm25).toBeGreaterThan(0);
      expect(hits[0]?.cosine).toBeCloseTo(1, 5);
      expect(searchedRows).toBe(3);
    });
  });

  describe('links between messages and chunks', () => {
    test('are stored once, all or none', async () => {
      const { store } = await open();
      await store.storeResource(newResource({ texts: ['one ', 'two ', 'three'], project: 'shop' }));
      await store.logMessage(newMessage({ content: 'first' }));
      await store.logMessage(newMessage({ content: 'second' }));
      expect(await store.storeLinks(1, [1, 2, 1])).toBe(2);
      expect(await store.storeLinks(1, [2, 3])).toBe(1);
      expect(await store.storeLinks(2, [2])).toBe(1);
      await expect(store.storeLinks(2, [3, 77])).rejects.toMatchObject({ code: 'not_found' });
      await expect(store.storeLinks(9, [1])).rejects.toMatchObject({ code: 'not_found' });

      const links = await store.linksOfMessage(1, wholePage);
      expect(links.rows).toEqual(
        [1, 2, 3].map((chunkId) => ({ messageId: 1, chunkId, fileName: 'notes.md' })),
      );
      expect(await store.linksOfMessage(1, { limit: 2, after: null })).toMatchObject({ more: true });
      expect((await store.linksOfMessage(1, { limit: 2, after: 2 })).rows).toMatchObject([{ chunkId: 3 }]);
      const messages = await store.messagesOfChunk(2, wholePage);
      expect(messages.rows.map((row) => [row.messageId, row.content])).toEqual([
        [2, 'second'],
        [1, 'first'],
      ]);
      expect(await store.linkStatistics({ project: 'elsewhere' }, 1)).toEqual({
        totalContextLinks: 0,
        uniqueMessages: 0,
        uniqueChunksUsed: 0,
        mostUsedChunks: [],
      });
      expect(await store.linkStatistics('all', 1)).toEqual({
        totalContextLinks: 4,
        uniqueMessages: 2,
        uniqueChunksUsed: 3,
        mostUsedChunks: [{ chunkId: 2, usageCount: 2, fileName: 'notes.md' }],
      });
      expect((await store.status()).counts.links).toBe(4);
    });
  });
}
