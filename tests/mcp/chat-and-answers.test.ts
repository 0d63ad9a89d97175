import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connected, connectBy, ways } from './every-way.ts';
import { type Json, makeFolder } from './start-server.ts';

const decision = {
  file_name: 'decisions/database.md',
  content:
    'We talked about it for a week. We chose SQLite over PostgreSQL because the tool has to run without a database server. Ada wrote it down.',
  resource_type: 'decision',
};
const note = { file_name: 'notes/release.md', content: 'Releases go out on Tuesdays, never on Fridays.' };
const question = 'which database did we choose, and why?';

describe.each(ways)('a $era client over $transport', (way) => {
  let folder: string;
  let server: Connected;
  let decisionId: number;
  beforeAll(async () => {
    folder = await makeFolder();
    server = await connectBy(way, folder);
    decisionId = (await server.answer('store_memory', decision)).resource_id;
    await server.answer('store_memory', note);
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  describe('log_chat', () => {
    test('keeps a message word for word, to be read and found again', async () => {
      const content = 'Please write the release notes in plain words.\u0000 🦜';
      const message = {
        role: 'user',
        content,
        conversation_id: 'c-1',
        agent_name: 'claude',
        source_tool: 'editor',
        metadata: { turn: 3 },
        created_at: '2025-03-01T12:00:00+02:00',
      };
      const logged = await server.answer('log_chat', message);
      expect(logged).toEqual({
        success: true,
        message_id: expect.any(Number),
        conversation_id: 'c-1',
        pending_vectors: 0,
        masked: [],
      });
      expect(await server.answer('get_memory', { ref: `message-${logged.message_id}` })).toEqual({
        success: true,
        ref: `message-${logged.message_id}`,
        message_id: logged.message_id,
        content,
        conversation_id: 'c-1',
        role: 'user',
        agent_name: 'claude',
        source_tool: 'editor',
        metadata: { turn: 3 },
        origin: 'user',
        project: null,
        created_at: '2025-03-01T10:00:00.000Z',
        offset: 0,
        total_characters: content.length,
      });
      const found = await server.answer('retrieve_by_type', {
        query: 'how should release notes be written?',
        doc_type: 'chat',
      });
      expect(found.documents[0]).toMatchObject({
        id: `message-${logged.message_id}`,
        title: 'user',
        content,
        type: 'chat',
        metadata: { conversation_id: 'c-1' },
      });
    });

    test('a message without a conversation gets one, the same for the whole connection', async () => {
      const [first, second] = [
        await server.answer('log_chat', { role: 'tool', content: 'Built in 3 s.' }),
        await server.answer('log_chat', { role: 'Ada', content: 'Fine.' }),
      ];
      expect(first.conversation_id).toMatch(/^[0-9a-f-]{36}$/);
      expect(first.message_id).toBeLessThan(second.message_id);
      // Over HTTP a call of 2026-07-28 is a connection of its own.
      const isOneConnection = way.transport === 'stdio' || way.era === 'legacy';
      expect(second.conversation_id === first.conversation_id).toBe(isOneConnection);
    });

    test('the same message twice is two messages', async () => {
      const said = { role: 'user', content: 'Yes.', conversation_id: 'c-2' };
      const ids = [await server.answer('log_chat', said), await server.answer('log_chat', said)];
      expect(new Set(ids.map((logged) => logged.message_id)).size).toBe(2);
    });

    test('masks secrets', async () => {
      const key = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`;
      const logged = await server.answer('log_chat', { role: 'user', content: `My key is ${key}.` });
      expect(logged.masked).toEqual([{ kind: expect.any(String), count: 1, field: 'content' }]);
      const { content } = await server.answer('get_memory', { ref: `message-${logged.message_id}` });
      expect(content).not.toContain(key);
    });

    test.each([
      [{ role: 'user' }, 'content'],
      [{ content: 'x' }, 'role'],
      [{ role: ' ', content: 'x' }, 'role'],
      [{ role: 'user', content: 'x', project: '*' }, 'project'],
      [{ role: 'user', content: 'x', created_at: 'yesterday' }, 'created_at'],
    ])('%j is refused by name', async (args, name) => {
      const refusal = await server.refusal('log_chat', args);
      expect(refusal).toMatchObject({ code: 'invalid_argument', error: expect.stringContaining(name) });
    });
  });

  describe('the log of a query', () => {
    test.each(['retrieve_memory', 'retrieve_by_type', 'ask_with_context'])(
      '%s is logged only with a conversation_id, and linked with the chunks it gave',
      async (tool) => {
        const args = { query: question, ...(tool === 'retrieve_by_type' && { doc_type: 'decision' }) };
        const before = await server.answer('memory_status');
        expect(await server.answer(tool, args)).not.toHaveProperty('message_id');
        expect((await server.answer('memory_status')).counts.messages).toBe(before.counts.messages);

        const { message_id } = await server.answer(tool, { ...args, conversation_id: 'log' });
        const item = await server.answer('get_memory', { ref: `message-${message_id}` });
        expect(item).toMatchObject({
          content: question,
          role: 'user',
          conversation_id: 'log',
          is_query: true,
        });
        const { links } = await server.answer('get_context_links_for_message', { message_id });
        expect(links).toContainEqual({
          message_id,
          chunk_id: expect.any(Number),
          file_name: decision.file_name,
        });
      },
    );

    test('is never itself an answer', async () => {
      const found = await server.answer('retrieve_by_type', {
        query: question,
        doc_type: 'chat',
        include_weak: true,
        top_k: 50,
      });
      expect(found.count).toBeGreaterThan(0);
      expect(found.documents.map((document: Json) => document.content)).not.toContain(question);
    });
  });

  describe('ask_with_context', () => {
    test('answers with quoted sentences and their sources', async () => {
      const asked = await server.answer('ask_with_context', { query: question });
      expect(asked.answer).toContain('We chose SQLite over PostgreSQL');
      expect(asked.answer).toMatch(/” \[1\]/);
      expect(asked).toMatchObject({ query: question, documents_used: asked.top_documents.length });
      expect(asked.confidence).not.toBe('none');
      expect(asked.context).toContain(decision.content);
      expect(asked.context_summary).toContain(decision.file_name);
      const [first] = asked.top_documents;
      expect(first).toMatchObject({
        n: 1,
        title: decision.file_name,
        type: 'decision',
        metadata: { resource_id: decisionId },
      });
      // The context has the text.
      expect(first).not.toHaveProperty('content');
      expect(asked.citations).toContainEqual({ n: 1, id: first.id });
    });

    test('a budget without room for a text is not the same as nothing stored', async () => {
      const asked = await server.answer('ask_with_context', { query: question, max_tokens: 5 });
      expect(asked).toMatchObject({ context: '', documents_used: 0, confidence: 'high', citations: [] });
      expect(asked.answer).toBe('What was found does not fit into max_tokens.');
      const routed = {
        query: question,
        source_types: ['document', 'chat'],
        max_tokens: 5,
        include_weak: true,
      };
      const { combined_answer } = await server.answer('route_query', routed);
      expect(combined_answer).toBe('What was found does not fit into max_tokens.');
    });

    test('says so when nothing relevant is there', async () => {
      const asked = await server.answer('ask_with_context', { query: 'how long do I boil an egg?' });
      expect(asked).toMatchObject({
        confidence: 'none',
        answer: 'Nothing relevant is stored.',
        context: '',
        documents_used: 0,
        top_documents: [],
        citations: [],
      });
    });
  });

  describe('route_query', () => {
    beforeAll(async () => {
      await server.answer('add_todo', { title: 'Move the database to the new disk' });
    });

    test('asks each kind of source, and gives each text once', async () => {
      const routed = await server.answer('route_query', {
        query: 'database',
        source_types: 'document, TODO',
        include_weak: true,
      });
      expect(routed.source_types).toEqual(['document', 'todo']);
      expect(routed.successful_sources).toEqual(['document', 'todo']);
      const { document, todo } = routed.results_by_source;
      expect(todo.documents[0]).toMatchObject({ type: 'todo', metadata: { completed: false } });
      expect(document.documents.every(({ type }: Json) => type === 'document')).toBe(true);
      expect(routed.total_documents).toBe(document.count + todo.count);
      const title = 'Move the database to the new disk';
      const { n } = todo.documents[0];
      expect(routed.combined_answer).toMatch(new RegExp(`\\[${n}\\] todo-`));
      expect(routed.combined_answer).toContain(title);
    });

    test('nothing relevant is an answer too', async () => {
      const routed = await server.answer('route_query', {
        query: 'how long do I boil an egg?',
        source_types: ['code', 'todo'],
      });
      expect(routed).toMatchObject({
        total_documents: 0,
        successful_sources: [],
        confidence: 'none',
        combined_answer: 'Nothing relevant is stored.',
        results_by_source: {
          code: { documents: [], count: 0, confidence: 'none' },
          todo: { documents: [], count: 0, confidence: 'none' },
        },
      });
    });

    test.each([[[]], [['mail']], [['chat', 'mail']], ['mail']])(
      'source_types %j is refused',
      async (types) => {
        const refusal = await server.refusal('route_query', { query: 'database', source_types: types });
        expect(refusal.code).toBe('invalid_argument');
        expect(refusal.error).toContain('"document", "code", "chat", "todo"');
      },
    );
  });

  describe('retrieve_by_type', () => {
    test('filters before it ranks', async () => {
      const found = await server.answer('retrieve_by_type', {
        query: 'releases on Tuesdays',
        doc_type: 'decision',
        include_weak: true,
      });
      expect(found).toMatchObject({ doc_type: 'decision', count: 1 });
      expect(found.documents[0]).toMatchObject({
        id: expect.stringMatching(/^chunk-\d+$/),
        title: decision.file_name,
        content: decision.content,
        type: 'decision',
        created_at: expect.stringMatching(/Z$/),
        score: expect.any(Number),
      });
    });

    test('what does not fit the budget keeps its place, without its text', async () => {
      const found = await server.answer('retrieve_by_type', {
        query: question,
        doc_type: 'decision',
        max_tokens: 5,
      });
      expect(found.documents[0]).toMatchObject({ cut: true, title: decision.file_name });
      expect(found.documents[0]).not.toHaveProperty('content');
    });

    test('an unknown type holds nothing; what is near is named', async () => {
      const args = { query: question, doc_type: 'poem' };
      expect(await server.answer('retrieve_by_type', args)).toMatchObject({ documents: [], count: 0 });
      const none = await server.answer('retrieve_by_type', { query: 'boil an egg', doc_type: 'decision' });
      expect(none.nearest).toMatchObject({ title: decision.file_name });
    });
  });

  describe('build_context', () => {
    const documents = [
      { title: 'second', content: 'Two words here.', score: 0.2 },
      { title: 'first', content: 'Four more words here.', score: '0.9' },
      { content: 'No title and no score.' },
    ].map((document) => ({ ...document, ...(document.score && { score: Number(document.score) }) }));

    test('joins the best first, within the budget, and counts tokens', async () => {
      const built = await server.answer('build_context', { documents });
      expect(built).toMatchObject({
        context: '# first\nFour more words here.\n\n# second\nTwo words here.\n\nNo title and no score.',
        documents_processed: 3,
        documents_included: 3,
        truncated: false,
        max_tokens: 4000,
      });
      // 7 + 6 + 6 words and signs of the model's tokenizer.
      expect(built.token_count).toBe(19);
    });

    test('leaves out what does not fit, and cuts the best where nothing fits', async () => {
      const short = await server.answer('build_context', {
        documents: [...documents, { content: 'long '.repeat(100), score: 0.8 }],
        max_tokens: 13,
      });
      expect(short).toMatchObject({ documents_included: 2, truncated: true, token_count: 13 });
      const cut = await server.answer('build_context', {
        documents: [{ content: 'long '.repeat(1000) }],
        max_tokens: 50,
      });
      expect(cut).toMatchObject({ documents_included: 1, truncated: true });
      expect(cut.token_count).toBeLessThanOrEqual(50);
      expect(cut.token_count).toBeGreaterThan(0);
    });

    test('reads kindly, and refuses by place', async () => {
      const built = await server.answer('build_context', { documents: JSON.stringify(documents) });
      expect(built.documents_included).toBe(3);
      for (const [wrong, place] of [
        [[{ title: 'x' }], 'documents[0].content'],
        [[documents[0], { content: 'a', score: 'high' }], 'documents[1].score'],
        [['text'], 'documents[0]'],
        ['text', 'documents'],
        [Array.from({ length: 201 }, () => ({ content: 'a' })), 'documents'],
      ] as const) {
        const refusal = await server.refusal('build_context', { documents: wrong });
        expect(refusal.error, place).toContain(`Expected ${place} to be`);
      }
    });
  });

  test('a restart gives the same answers', async () => {
    const ask = () => server.answer('ask_with_context', { query: question });
    const before = await ask();
    await server.stop();
    server = await connectBy(way, folder);
    expect(await ask()).toEqual(before);
  });
});

test('without a model, words answer and everything is kept', async () => {
  const folder = await makeFolder();
  const server = await connectBy({ transport: 'stdio', era: 'modern' }, folder, {
    environment: { LTMC_MODEL_DIR: folder },
  });
  await server.answer('store_memory', decision);
  const logged = await server.answer('log_chat', { role: 'user', content: 'Mind the database disk.' });
  expect(logged).toMatchObject({ pending_vectors: 1, pending_reason: expect.any(String) });
  const asked = await server.answer('ask_with_context', { query: 'SQLite PostgreSQL' });
  expect(asked).toMatchObject({ mode: 'lexical', mode_reason: expect.any(String) });
  expect(asked.answer).toContain('We chose SQLite');
  const refusal = await server.refusal('auto_link_documents', {
    documents: [
      { id: 'a', content: 'one' },
      { id: 'b', content: 'two' },
    ],
  });
  expect(refusal.code).toBe('model_unavailable');
  await server.stop();
  await rm(folder, { recursive: true });
});
