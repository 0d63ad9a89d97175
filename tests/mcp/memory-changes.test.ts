import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connected, connectBy, ways } from './every-way.ts';
import { type AskUser, type Json, makeFolder } from './start-server.ts';

const first = 'Deployments run on Tuesdays at nine.';
const second = 'Deployments run on Wednesdays at noon, after the review.';
const question = 'when do deployments run?';

describe.each(ways)('a $era client over $transport', (way) => {
  let folder: string;
  let server: Connected;
  beforeAll(async () => {
    folder = await makeFolder();
    server = await connectBy(way, folder);
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const store = async (file_name: string, content: string, more: Record<string, unknown> = {}) =>
    (await server.answer('store_memory', { file_name, content, ...more })).resource_id as number;
  const found = async (query: string) =>
    (await server.answer('retrieve_memory', { query })).retrieved_chunks.map((hit: Json) => hit.resource_id);

  describe('update_memory', () => {
    let id: number;
    beforeAll(async () => {
      id = await store('deploy.md', first, { tags: ['deploy', 'old'], metadata: { by: 'Ada' } });
    });

    test('new content is a new revision of the same memory', async () => {
      const updated = await server.answer('update_memory', {
        resource_id: id,
        content: second,
        add_tags: 'weekly',
        remove_tags: ['old', 'never there'],
      });
      expect(updated).toEqual({
        success: true,
        ref: `memory-${id}`,
        resource_id: id,
        chunk_count: 1,
        revision: 2,
        pending_vectors: 0,
        masked: [],
      });
      const memory = await server.answer('get_memory', { resource_id: id });
      expect(memory).toMatchObject({ content: second, tags: ['deploy', 'weekly'], metadata: { by: 'Ada' } });
      const earlier = `memory-${id}@1`;
      expect(memory.revisions).toContainEqual(expect.objectContaining({ revision: 1, ref: earlier }));
      expect(await server.answer('get_memory', { ref: earlier })).toMatchObject({
        resource_id: id,
        content: first,
        revision: 1,
      });
      expect(await server.refusal('get_memory', { ref: `memory-${id}@3` })).toMatchObject({
        code: 'not_found',
        error: `Expected something that is stored; there is no memory-${id}@3.`,
      });
      expect(await server.refusal('get_memory', { ref: 'pattern-1@1' })).toMatchObject({
        code: 'invalid_argument',
      });
      const { context } = await server.answer('retrieve_memory', { query: question });
      expect(context).toContain(second);
      expect(context).not.toContain(first);
    });

    test('the same again is no further revision', async () => {
      const again = await server.answer('update_memory', { ref: `memory-${id}`, content: second });
      expect(again.revision).toBe(2);
    });

    test('archived takes it out of the answers, and back', async () => {
      await server.answer('update_memory', { resource_id: id, archived: true });
      expect(await found(question)).not.toContain(id);
      expect(await server.answer('get_memory', { resource_id: id })).toMatchObject({
        archived: true,
        content: second,
      });
      expect((await server.answer('list_memories', { file_name: 'deploy.md' })).count).toBe(0);
      await server.answer('update_memory', { resource_id: id, archived: false });
      expect(await found(question)).toContain(id);
      expect(await server.answer('get_memory', { resource_id: id })).not.toHaveProperty('archived');
    });

    test('tags and metadata given again replace the old', async () => {
      await server.answer('update_memory', { resource_id: id, tags: ['a'], metadata: { by: 'Bo' } });
      expect(await server.answer('get_memory', { resource_id: id })).toMatchObject({
        tags: ['a'],
        metadata: { by: 'Bo' },
        revision: 2,
      });
    });

    test('of a pattern the result and the lesson', async () => {
      const { pattern_id } = await server.answer('log_code_attempt', {
        input_prompt: 'reverse a list in place',
        generated_code: 'xs.reverse()',
        result: 'fail',
      });
      const lesson = 'The test was wrong; the code was right.';
      const args = { ref: `pattern-${pattern_id}`, result: 'PASS', lesson, add_tags: ['list'] };
      const updated = await server.answer('update_memory', args);
      expect(updated).toMatchObject({ ref: `pattern-${pattern_id}`, pattern_id });
      expect(updated).not.toHaveProperty('resource_id');
      expect(await server.answer('get_memory', { ref: `pattern-${pattern_id}` })).toMatchObject({
        result: 'pass',
        lesson,
        tags: ['list'],
      });
    });

    test.each([
      [{ content: 'x' }, 'invalid_argument'],
      [{ resource_id: 1 }, 'invalid_argument'],
      [{ resource_id: 1, lesson: 'x' }, 'invalid_argument'],
      [{ resource_id: 1, ref: 'memory-2', content: 'x' }, 'invalid_argument'],
      [{ resource_id: 1, contents: 'x' }, 'invalid_argument'],
      [{ ref: 'pattern-1', content: 'x' }, 'invalid_argument'],
      [{ ref: 'message-1', tags: ['x'] }, 'invalid_argument'],
      [{ ref: 'todo-1', tags: ['x'] }, 'invalid_argument'],
      [{ resource_id: 999, tags: ['x'] }, 'not_found'],
      [{ ref: 'pattern-999', lesson: 'x' }, 'not_found'],
    ])('%j is refused: %s', async (args, code) => {
      expect((await server.refusal('update_memory', args)).code).toBe(code);
    });

    test('holds over a restart', async () => {
      const before = await server.answer('get_memory', { resource_id: id });
      await server.stop();
      server = await connectBy(way, folder);
      expect(await server.answer('get_memory', { resource_id: id })).toEqual(before);
    });
  });

  describe('list_memories', () => {
    const all: number[] = [];
    beforeAll(async () => {
      for (let i = 0; i < 5; i++) {
        const more = { resource_type: 'list', tags: i % 2 === 0 ? ['even'] : ['odd'], project: 'lists' };
        all.unshift(await store(`list-${i}.md`, `Number ${i} of a list.`, more));
      }
    });

    test('pages, newest first, each memory once', async () => {
      const seen: number[] = [];
      let cursor: string | undefined;
      let pages = 0;
      do {
        const page = await server.answer('list_memories', {
          resource_type: 'list',
          limit: 2,
          cursor,
          project: 'lists',
        });
        expect(page.count).toBe(page.memories.length);
        seen.push(...page.memories.map((memory: Json) => memory.resource_id));
        cursor = page.next_cursor;
        pages++;
      } while (cursor !== undefined);
      expect(seen).toEqual(all);
      expect(pages).toBe(3);
    });

    test('says what there is without the texts', async () => {
      const { memories } = await server.answer('list_memories', {
        tags: ['odd'],
        file_name: 'list-3.md',
        project: '*',
      });
      expect(memories).toEqual([
        {
          resource_id: all[1],
          file_name: 'list-3.md',
          resource_type: 'list',
          tags: ['odd'],
          origin: 'agent',
          created_at: expect.stringMatching(/Z$/),
          project: 'lists',
          chunk_count: 1,
          revision: 1,
        },
      ]);
    });

    test('large metadata is left out of a list', async () => {
      const metadata = Object.fromEntries(Array.from({ length: 700 }, (_, i) => [`key ${i}`, `value ${i}`]));
      await store('large.md', 'It has large metadata.', { metadata, resource_type: 'large' });
      const { memories } = await server.answer('list_memories', { resource_type: 'large' });
      expect(memories[0]).toMatchObject({ file_name: 'large.md', cut: true });
      expect(memories[0]).not.toHaveProperty('metadata');
    });

    test('an unknown project is told what projects there are', async () => {
      const page = await server.answer('list_memories', { project: 'nowhere', resource_type: 'list' });
      expect(page).toMatchObject({ memories: [], count: 0, known_projects: ['lists'] });
    });

    test.each([['x'], ['0'], ['-1'], ['1e3'], ['99999999999999999999']])(
      'cursor %j is refused',
      async (cursor) => {
        expect(await server.refusal('list_memories', { cursor })).toMatchObject({
          code: 'invalid_argument',
          error: expect.stringContaining('cursor'),
        });
      },
    );
  });

  describe('delete_memory', () => {
    test('without confirm, and with nobody to ask, it removes nothing and says what would go', async () => {
      const id = await store('gone.md', 'The old badge number was 4711.');
      const refusal = await server.refusal('delete_memory', { resource_id: id });
      expect(refusal).toMatchObject({
        code: 'not_confirmed',
        error: expect.stringContaining(`memory-${id}`),
      });
      expect(refusal.error).toContain('ResourceChunks: 1');
      expect(await server.refusal('delete_memory', { resource_id: id, confirm: false })).toMatchObject({
        code: 'not_confirmed',
      });
      expect((await server.answer('get_memory', { resource_id: id })).content).toContain('4711');
    });

    test('with confirm it is gone for good, with all that hangs on it', async () => {
      const id = await store('badge.md', 'The badge number is 1234.');
      await server.answer('update_memory', { resource_id: id, content: 'The badge number is 5678.' });
      const { message_id, retrieved_chunks } = await server.answer('retrieve_memory', {
        query: 'what is the badge number?',
        conversation_id: 'badge',
        file_name: 'badge.md',
      });
      expect(retrieved_chunks).toHaveLength(1);
      await server.answer('link_resources', {
        source_id: `memory-${id}`,
        target_id: 'door',
        relation: 'OPENS',
      });

      const removed = await server.answer('delete_memory', {
        ref: `memory-${id}`,
        confirm: true,
      });
      expect(removed).toMatchObject({
        refs: [`memory-${id}`],
        deleted: { Resources: 1, ResourceChunks: 2, ResourceRevisions: 1, ContextLinks: 1, GraphEdges: 1 },
      });
      expect((await server.refusal('get_memory', { resource_id: id })).code).toBe('not_found');
      expect((await server.answer('get_context_links_for_message', { message_id })).links).toEqual([]);
      expect((await server.answer('get_document_relationships', { doc_id: `memory-${id}` })).count).toBe(0);
      expect(
        (await server.answer('retrieve_memory', { query: 'badge number', include_weak: true })).context,
      ).not.toMatch(/1234|5678/);
      expect((await server.refusal('delete_memory', { ref: `memory-${id}`, confirm: true })).code).toBe(
        'not_found',
      );
    });

    test('nothing named is told the three ways to name it', async () => {
      expect((await server.refusal('delete_memory', { confirm: true })).error).toBe(
        'Expected resource_id or ref or file_name, got none.',
      );
    });

    test('every memory of a name, in one project alone', async () => {
      const mine = [
        await store('twice.md', 'One text.', { project: 'p' }),
        await store('twice.md', 'Another text.', { project: 'p' }),
      ];
      const other = await store('twice.md', 'One text.', { project: 'q' });
      const removed = await server.answer('delete_memory', {
        file_name: 'twice.md',
        project: 'p',
        confirm: true,
      });
      expect(removed.refs).toEqual(mine.map((id) => `memory-${id}`));
      expect(await server.answer('get_memory', { resource_id: other })).toMatchObject({
        content: 'One text.',
      });
    });

    test.each(['message', 'todo', 'pattern'])('a %s too', async (kind) => {
      const made = {
        message: async () => (await server.answer('log_chat', { role: 'user', content: 'x' })).message_id,
        todo: async () => (await server.answer('add_todo', { title: 'x' })).todo_id,
        pattern: async () =>
          (
            await server.answer('log_code_attempt', {
              input_prompt: 'x',
              generated_code: 'x',
              result: 'pass',
            })
          ).pattern_id,
      };
      const ref = `${kind}-${await made[kind as keyof typeof made]()}`;
      expect((await server.answer('delete_memory', { ref, confirm: true })).refs).toEqual([ref]);
      expect((await server.refusal('get_memory', { ref })).code).toBe('not_found');
    });

    test.each([
      [{ confirm: true }, 'invalid_argument'],
      [{ resource_id: 1, file_name: 'a.md', confirm: true }, 'invalid_argument'],
      [{ file_name: 'no such file', confirm: true }, 'not_found'],
      [{ resource_id: 9999, confirm: true }, 'not_found'],
      [{ resource_id: 9999 }, 'not_found'],
      [{ file_name: 'a.md', project: '*', confirm: true }, 'invalid_argument'],
      [{ resource_id: 1, confirm: 'sure' }, 'invalid_argument'],
      [{ resource_id: 1, force: true }, 'invalid_argument'],
    ])('%j is refused: %s', async (args, code) => {
      expect((await server.refusal('delete_memory', args)).code).toBe(code);
    });
  });
});

describe.each(ways)('a user behind a $era client over $transport', (way) => {
  let folder: string;
  let server: Connected;
  const questions: string[] = [];
  let reply: ReturnType<AskUser>;
  beforeAll(async () => {
    folder = await makeFolder();
    server = await connectBy(way, folder, {
      askUser(question) {
        questions.push(question);
        return reply;
      },
    });
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  test.each([
    [{ action: 'decline' as const }],
    [{ action: 'cancel' as const }],
    [{ action: 'accept' as const, agree: false }],
    [{ action: 'accept' as const }],
  ])('who says %j keeps the memory', async (said) => {
    const { resource_id } = await server.answer('store_memory', { file_name: 'kept.md', content: 'Kept.' });
    reply = said;
    const refusal = await server.refusal('delete_memory', { resource_id });
    expect(refusal.code).toBe('declined');
    expect(questions.at(-1)).toContain(`memory-${resource_id}`);
    expect((await server.answer('get_memory', { resource_id })).content).toBe('Kept.');
  });

  test('who agrees is asked once, and it is gone', async () => {
    const { resource_id } = await server.answer('store_memory', { file_name: 'gone.md', content: 'Gone.' });
    reply = { action: 'accept', agree: true };
    const asked = questions.length;
    const removed = await server.answer('delete_memory', { resource_id });
    expect(removed.deleted.Resources).toBe(1);
    expect(questions).toHaveLength(asked + 1);
    expect((await server.refusal('get_memory', { resource_id })).code).toBe('not_found');
  });

  test('is not asked where the call confirms', async () => {
    const { resource_id } = await server.answer('store_memory', { file_name: 'gone.md', content: 'Gone.' });
    const asked = questions.length;
    await server.answer('delete_memory', { resource_id, confirm: true });
    expect(questions).toHaveLength(asked);
  });
});
