import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connected, connectBy, ways } from './every-way.ts';
import { type Json, makeFolder } from './start-server.ts';

describe.each(ways)('todos through a $era client over $transport', (way) => {
  let folder: string;
  let server: Connected;
  const ids: Record<string, number> = {};
  beforeAll(async () => {
    folder = await makeFolder();
    server = await connectBy(way, folder);
    for (const [title, description, priority] of [
      ['Raise coverage to 100%', 'The parser is at 80_percent.', 'high'],
      ['Ändere den Übersetzer', '', 'LOW'],
      ['Drop the old export', 'Nobody uses EXPORT any more.', undefined],
    ] as const) {
      const added = await server.answer('add_todo', { title, description, priority });
      expect(added).toEqual({
        success: true,
        todo_id: expect.any(Number),
        message: expect.any(String),
        pending_vectors: 0,
        masked: [],
      });
      ids[title] = added.todo_id;
    }
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const titles = (page: Json) => page.todos.map((todo: Json) => todo.title);

  test('list_todos gives them newest first', async () => {
    const page = await server.answer('list_todos');
    expect(titles(page)).toEqual(Object.keys(ids).reverse());
    expect(page.todos[2]).toEqual({
      id: ids['Raise coverage to 100%'],
      title: 'Raise coverage to 100%',
      description: 'The parser is at 80_percent.',
      priority: 'high',
      completed: false,
      created_at: expect.stringMatching(/Z$/),
      completed_at: null,
      project: null,
    });
    expect(page).toMatchObject({ count: 3 });
    expect(page).not.toHaveProperty('next_cursor');
    expect(page.todos[0].priority).toBe('medium');
  });

  test('list_todos filters and pages', async () => {
    expect(titles(await server.answer('list_todos', { priority: 'low' }))).toEqual(['Ändere den Übersetzer']);
    const first = await server.answer('list_todos', { limit: '2' });
    const rest = await server.answer('list_todos', { limit: 2, cursor: first.next_cursor });
    expect([...titles(first), ...titles(rest)]).toEqual(Object.keys(ids).reverse());
    expect(rest).not.toHaveProperty('next_cursor');
  });

  test.each([
    ['%', ['Raise coverage to 100%']],
    ['0_p', ['Raise coverage to 100%']],
    ['100_', []],
    ['export', ['Drop the old export']],
    ['ÜBERSETZER', ['Ändere den Übersetzer']],
    ['o', ['Drop the old export', 'Raise coverage to 100%']],
    ['no such words', []],
  ])('search_todos %j finds by a part, in any case', async (query, expected) => {
    const page = await server.answer('search_todos', { query });
    expect(titles(page)).toEqual(expected);
    expect(page.count).toBe(expected.length);
  });

  test('search_todos pages', async () => {
    const first = await server.answer('search_todos', { query: 'o', limit: 1 });
    const rest = await server.answer('search_todos', { query: 'o', limit: 1, cursor: first.next_cursor });
    expect([...titles(first), ...titles(rest)]).toEqual(['Drop the old export', 'Raise coverage to 100%']);
  });

  test('complete_todo completes, and twice is the same as once', async () => {
    const todo_id = ids['Drop the old export'];
    const done = await server.answer('complete_todo', { todo_id });
    expect(done).toEqual({
      success: true,
      message: expect.any(String),
      todo: {
        id: todo_id,
        title: 'Drop the old export',
        description: 'Nobody uses EXPORT any more.',
        priority: 'medium',
        completed: true,
        created_at: expect.stringMatching(/Z$/),
        completed_at: expect.stringMatching(/Z$/),
        project: null,
      },
    });
    expect(await server.answer('complete_todo', { todo_id: String(todo_id) })).toEqual(done);
  });

  test.each([
    [{ status: 'completed' }, 1],
    [{ status: 'PENDING' }, 2],
    [{ status: 'all' }, 3],
    [{ completed: true }, 1],
    [{ completed: false }, 2],
    [{ completed: true, status: 'all' }, 1],
    [{ completed: true, status: 'completed' }, 1],
    [{ completed: null, status: null }, 3],
  ])('list_todos %j gives %i', async (filters, count) => {
    expect((await server.answer('list_todos', filters)).count).toBe(count);
  });

  test('get_memory reads one, and search finds it by meaning', async () => {
    const id = ids['Raise coverage to 100%'];
    expect(await server.answer('get_memory', { ref: `todo-${id}` })).toMatchObject({
      todo_id: id,
      title: 'Raise coverage to 100%',
      description: 'The parser is at 80_percent.',
      completed: false,
      completed_at: null,
      total_characters: 50,
    });
    const found = await server.answer('retrieve_by_type', {
      query: 'more tests',
      doc_type: 'todo',
      include_weak: true,
    });
    expect(found.documents[0].id).toBe(`todo-${id}`);
  });

  test('long descriptions are left out of a list, the titles stay', async () => {
    const description = 'many words here '.repeat(1_000);
    await server.answer('add_todo', { title: 'A long one', description, project: 'long' });
    const page = await server.answer('list_todos', { project: 'long', limit: 1 });
    expect(page.todos[0]).toMatchObject({ title: 'A long one', cut: true });
    expect(page.todos[0]).not.toHaveProperty('description');
  });

  test.each([
    ['add_todo', {}, 'invalid_argument'],
    ['add_todo', { title: '' }, 'invalid_argument'],
    ['add_todo', { title: 'x', priority: 'urgent' }, 'invalid_argument'],
    ['add_todo', { title: 'x', due: 'tomorrow' }, 'invalid_argument'],
    ['add_todo', { title: 'x', description: 'x'.repeat(65_537) }, 'too_large'],
    ['complete_todo', {}, 'invalid_argument'],
    ['complete_todo', { todo_id: 0 }, 'invalid_argument'],
    ['complete_todo', { todo_id: 999 }, 'not_found'],
    ['search_todos', { query: ' ' }, 'invalid_argument'],
    ['list_todos', { status: 'done' }, 'invalid_argument'],
    ['list_todos', { status: 'pending', completed: true }, 'invalid_argument'],
    ['list_todos', { cursor: 'next' }, 'invalid_argument'],
    ['list_todos', { limit: 1001 }, 'invalid_argument'],
  ])('%s %j is refused: %s', async (tool, args, code) => {
    expect((await server.refusal(tool, args)).code).toBe(code);
  });

  test('a restart keeps them', async () => {
    const before = await server.answer('list_todos');
    await server.stop();
    server = await connectBy(way, folder);
    expect(await server.answer('list_todos')).toEqual(before);
  });
});
