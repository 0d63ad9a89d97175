import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connected, connectBy, ways } from './every-way.ts';
import { type Json, makeFolder } from './start-server.ts';

describe.each(ways)('a $era client over $transport', (way) => {
  let folder: string;
  let server: Connected;
  const messages: number[] = [];
  const chunks: number[] = [];
  const memories: number[] = [];
  beforeAll(async () => {
    folder = await makeFolder();
    server = await connectBy(way, folder);
    for (const content of [
      'The billing service charges cards once a night.',
      'Charging of cards happens nightly in the billing service.',
      'Grandmother bakes apple pie with cinnamon.',
    ]) {
      const file_name = `notes/${memories.length}.md`;
      const stored = await server.answer('store_memory', { file_name, content });
      memories.push(stored.resource_id);
      const { retrieved_chunks } = await server.answer('retrieve_memory', { query: content, file_name });
      chunks.push(retrieved_chunks[0].chunk_id);
    }
    for (const content of ['When are cards charged?', 'And who bakes?']) {
      const logged = await server.answer('log_chat', { role: 'user', content, conversation_id: 'c' });
      messages.push(logged.message_id);
    }
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  describe('context links', () => {
    test('are stored once', async () => {
      const link = { message_id: messages[0], chunk_ids: [chunks[0], chunks[1], chunks[0]] };
      expect(await server.answer('store_context_links', link)).toEqual({
        success: true,
        links_created: 2,
        message_id: messages[0],
      });
      expect((await server.answer('store_context_links_tool', link)).links_created).toBe(0);
      const more = { message_id: messages[1], chunk_ids: `[${chunks[0]}, "${chunks[2]}"]` };
      expect((await server.answer('store_context_links', more)).links_created).toBe(2);
    });

    test('are found from the message and from the chunk', async () => {
      const { links, count } = await server.answer('get_context_links_for_message', {
        message_id: messages[0],
      });
      expect(links).toEqual([
        { message_id: messages[0], chunk_id: chunks[0], file_name: 'notes/0.md' },
        { message_id: messages[0], chunk_id: chunks[1], file_name: 'notes/1.md' },
      ]);
      expect(count).toBe(2);
      const found = await server.answer('get_messages_for_chunk', { chunk_id: chunks[0] });
      expect(found.messages).toEqual([
        {
          message_id: messages[1],
          conversation_id: 'c',
          role: 'user',
          content: 'And who bakes?',
          timestamp: expect.stringMatching(/Z$/),
        },
        expect.objectContaining({ message_id: messages[0], content: 'When are cards charged?' }),
      ]);
      expect(await server.answer('get_context_links_for_message_tool', { message_id: 999 })).toMatchObject({
        links: [],
        count: 0,
      });
      expect(await server.answer('get_messages_for_chunk_tool', { chunk_id: 999 })).toMatchObject({
        messages: [],
        count: 0,
      });
    });

    test('page', async () => {
      const page = { message_id: messages[0], limit: 1 };
      const first = await server.answer('get_context_links_for_message', page);
      const rest = await server.answer('get_context_links_for_message', {
        ...page,
        cursor: first.next_cursor,
      });
      expect([...first.links, ...rest.links].map((link: Json) => link.chunk_id)).toEqual([
        chunks[0],
        chunks[1],
      ]);
      expect(rest).not.toHaveProperty('next_cursor');
      const newest = await server.answer('get_messages_for_chunk', { chunk_id: chunks[0], limit: 1 });
      const older = await server.answer('get_messages_for_chunk', {
        chunk_id: chunks[0],
        limit: 1,
        cursor: newest.next_cursor,
      });
      expect([...newest.messages, ...older.messages].map((message: Json) => message.message_id)).toEqual([
        messages[1],
        messages[0],
      ]);
    });

    test('are counted', async () => {
      const { statistics } = await server.answer('get_context_usage_statistics');
      expect(statistics).toEqual({
        total_context_links: 4,
        unique_messages: 2,
        unique_chunks_used: 3,
        most_used_chunks: [
          { chunk_id: chunks[0], usage_count: 2, file_name: 'notes/0.md' },
          { chunk_id: chunks[1], usage_count: 1, file_name: 'notes/1.md' },
          { chunk_id: chunks[2], usage_count: 1, file_name: 'notes/2.md' },
        ],
      });
      const top = await server.answer('get_context_usage_statistics_tool', { limit: 1 });
      expect(top.statistics.most_used_chunks).toHaveLength(1);
    });

    test('a long message is left out of a list', async () => {
      const content = 'many words here '.repeat(1_000);
      const { message_id } = await server.answer('log_chat', {
        role: 'user',
        content,
        conversation_id: 'long',
      });
      await server.answer('store_context_links', { message_id, chunk_ids: [chunks[2]] });
      const found = await server.answer('get_messages_for_chunk', { chunk_id: chunks[2] });
      expect(found.messages[0]).toMatchObject({ message_id, cut: true });
      expect(found.messages[0]).not.toHaveProperty('content');
      expect(found.messages[1].content).toBe('And who bakes?');
    });

    test.each([
      [{ message_id: 1 }, 'invalid_argument'],
      [{ message_id: 1, chunk_ids: [] }, 'invalid_argument'],
      [{ message_id: 1, chunk_ids: [0] }, 'invalid_argument'],
      [{ message_id: 999, chunk_ids: [1] }, 'not_found'],
      [{ message_id: 1, chunk_ids: [1, 999] }, 'not_found'],
      [{ message_id: 1, chunk_ids: Array.from({ length: 1001 }, (_, i) => i + 1) }, 'too_large'],
    ])('%# is refused whole', async (args, code) => {
      const before = await server.answer('get_context_usage_statistics');
      expect((await server.refusal('store_context_links', args)).code).toBe(code);
      expect(await server.answer('get_context_usage_statistics')).toEqual(before);
    });
  });

  describe('the graph', () => {
    const link = (source_id: string, target_id: string, relation: string, more = {}) =>
      server.answer('link_resources', { source_id, target_id, relation, ...more });
    const around = async (args: Record<string, unknown>) =>
      (await server.answer('query_graph', args)).relationships.map(
        (edge: Json) => `${edge.source_id}>${edge.target_id}@${edge.depth}`,
      );

    test('the same edge twice is one', async () => {
      expect(await link('a', 'b', 'DEPENDS_ON', { weight: 0.5, properties: { since: 2024 } })).toEqual({
        success: true,
        relationship_created: true,
        source_id: 'a',
        target_id: 'b',
        relationship_type: 'DEPENDS_ON',
        masked: [],
      });
      expect((await link('a', 'b', 'DEPENDS_ON')).relationship_created).toBe(false);
      expect((await server.answer('query_graph', { entity: 'a' })).relationships).toEqual([
        {
          source_id: 'a',
          target_id: 'b',
          relationship_type: 'DEPENDS_ON',
          weight: 0.5,
          properties: { since: 2024 },
          project: null,
          depth: 1,
        },
      ]);
    });

    test('is walked in the true direction, through cycles, as deep as asked', async () => {
      await link('b', 'c', 'DEPENDS_ON');
      await link('c', 'a', 'DEPENDS_ON');
      await link('x', 'a', 'USES');
      await link('a', 'a', 'KNOWS');
      expect(await around({ entity: 'a' })).toEqual(['a>b@1', 'c>a@1', 'x>a@1', 'a>a@1']);
      expect(await around({ entity: 'a', direction: 'OUTGOING' })).toEqual(['a>b@1', 'a>a@1']);
      expect(await around({ entity: 'a', direction: 'incoming' })).toEqual(['c>a@1', 'x>a@1', 'a>a@1']);
      expect(await around({ entity: 'a', direction: 'outgoing', depth: 5 })).toEqual([
        'a>b@1',
        'a>a@1',
        'b>c@2',
        'c>a@3',
      ]);
      expect(await around({ entity: 'a', relation_type: 'USES', depth: 3 })).toEqual(['x>a@1']);
      expect(await around({ entity: 'nobody' })).toEqual([]);
    });

    test('pages', async () => {
      const all = await around({ entity: 'a', depth: 2 });
      const paged: string[] = [];
      for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
        const page = await server.answer('query_graph', { entity: 'a', depth: 2, limit: 2, cursor });
        expect(page.count).toBe(page.relationships.length);
        paged.push(
          ...page.relationships.map((edge: Json) => `${edge.source_id}>${edge.target_id}@${edge.depth}`),
        );
        cursor = page.next_cursor;
      }
      expect(paged).toEqual(all);
    });

    test('projects are kept apart', async () => {
      await link('a', 'z', 'USES', { project: 'other' });
      expect(await around({ entity: 'z' })).toEqual([]);
      expect(await around({ entity: 'z', project: 'other' })).toEqual(['a>z@1']);
      expect(await around({ entity: 'z', project: '*' })).toEqual(['a>z@1']);
    });

    test('get_document_relationships is one step in both directions', async () => {
      const { relationships, count } = await server.answer('get_document_relationships_tool', {
        doc_id: 'c',
      });
      expect(relationships.map((edge: Json) => `${edge.source_id}>${edge.target_id}`)).toEqual([
        'b>c',
        'c>a',
      ]);
      expect(count).toBe(2);
      const first = await server.answer('get_document_relationships', { doc_id: 'c', limit: 1 });
      const rest = await server.answer('get_document_relationships', {
        doc_id: 'c',
        cursor: first.next_cursor,
      });
      expect([...first.relationships, ...rest.relationships]).toEqual(relationships);
    });

    test.each([
      ['link_resources', { source_id: 'a', target_id: 'b' }],
      ['link_resources', { source_id: '', target_id: 'b', relation: 'X' }],
      ['link_resources', { source_id: 'a', target_id: 'b', relation: 'X', weight: 'heavy' }],
      ['link_resources', { source_id: 'a', target_id: 'b', relation: 'X', properties: [1] }],
      ['link_resources', { source_id: 'a', target_id: 'b', relation: 'X', project: '*' }],
      ['query_graph', {}],
      ['query_graph', { entity: 'a', depth: 6 }],
      ['query_graph', { entity: 'a', direction: 'up' }],
      ['query_graph', { entity: 'a', cursor: 'x' }],
      ['get_document_relationships', {}],
    ])('%s %j is refused', async (tool, args) => {
      expect((await server.refusal(tool, args)).code).toBe('invalid_argument');
    });
  });

  describe('auto_link_documents', () => {
    test('links stored memories that are alike, and only those; twice is once', async () => {
      const linked = await server.answer('auto_link_documents', { resource_ids: memories });
      const pair = { source_id: `memory-${memories[0]}`, target_id: `memory-${memories[1]}` };
      expect(linked).toEqual({
        success: true,
        links_created: 1,
        documents_processed: 3,
        links: [{ ...pair, similarity_score: expect.any(Number) }],
        links_found: 1,
        masked: [],
      });
      const again = await server.answer('auto_link_documents', { resource_ids: [...memories].reverse() });
      expect(again).toMatchObject({ links_created: 0, links_found: 1 });
      const { relationships } = await server.answer('get_document_relationships', { doc_id: pair.target_id });
      const { similarity_score } = linked.links[0];
      expect(relationships).toEqual([
        {
          ...pair,
          relationship_type: 'SIMILAR_TO',
          weight: similarity_score,
          properties: { similarity_score },
          project: null,
          depth: 1,
        },
      ]);
    });

    test('links texts that are given, by the names they are given', async () => {
      const linked = await server.answer('auto_link_documents', {
        documents: JSON.stringify([
          { id: 'x', content: 'Cards are charged at night.' },
          { id: `memory-${memories[0]}` },
          { id: 'y', content: 'A recipe for bread.' },
        ]),
        min_similarity: 0.4,
      });
      expect(linked.links.map((pair: Json) => [pair.source_id, pair.target_id])).toEqual([
        [`memory-${memories[0]}`, 'x'],
      ]);
      const everything = {
        documents: [
          { id: 'p', content: 'one' },
          { id: 'q', content: 'two' },
        ],
        min_similarity: 0,
      };
      expect((await server.answer('auto_link_documents', everything)).links_found).toBe(1);
    });

    test('links no texts that the model cannot read, which are all alike to it', async () => {
      const linked = await server.answer('auto_link_documents', {
        documents: [
          { id: 'cat', content: '猫の餌は朝に与える' },
          { id: 'mountain', content: '富士山の高さは三千七百七十六メートル' },
        ],
        min_similarity: 0,
      });
      expect(linked).toMatchObject({ links: [], not_reached: ['cat', 'mountain'] });
    });

    test('says what it masked in a name', async () => {
      const linked = await server.answer('auto_link_documents', {
        documents: [
          { id: `ghp_${'a1B2c3D4'.repeat(5).slice(0, 36)}`, content: 'Cards are charged at night.' },
          { id: 'z', content: 'Cards are charged at night.' },
        ],
      });
      expect(linked.masked).toEqual([{ kind: 'github-token', count: 1, field: 'id' }]);
      expect(linked.links[0].source_id).toMatch(/^\[masked:github-token:/);
    });

    test.each([
      [{}, 'invalid_argument'],
      [{ documents: [] }, 'invalid_argument'],
      [{ documents: [{ id: 'memory-1b' }] }, 'not_found'],
      [{ documents: [{ content: 'no id' }] }, 'invalid_argument'],
      [{ documents: [{ id: 'no content' }] }, 'not_found'],
      [{ documents: [{ id: 'memory-x' }] }, 'not_found'],
      [{ resource_ids: [999] }, 'not_found'],
      [{ resource_ids: [1], min_similarity: 2 }, 'invalid_argument'],
      [{ resource_ids: Array.from({ length: 101 }, () => 1) }, 'too_large'],
    ])('%# is refused', async (args, code) => {
      expect((await server.refusal('auto_link_documents', args)).code).toBe(code);
    });
  });

  test('a restart keeps links and edges', async () => {
    const all = async () => [
      await server.answer('get_context_usage_statistics'),
      await server.answer('query_graph', { entity: 'a', depth: 5 }),
    ];
    const before = await all();
    await server.stop();
    server = await connectBy(way, folder);
    expect(await all()).toEqual(before);
  });
});
