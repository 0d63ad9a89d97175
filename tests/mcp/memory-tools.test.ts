import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connected, connectBy, ways } from './every-way.ts';
import { makeFolder, type RunningServer, startServer } from './start-server.ts';

const decision = {
  file_name: 'decisions/database.md',
  content: 'We chose SQLite over PostgreSQL because the tool has to run without a database server.',
  tags: ['decision', 'storage'],
  metadata: { by: 'Ada' },
};
const question = 'which database engine did we pick, and for what reason?';

describe.each(ways)('memories through a $era client over $transport', (way) => {
  let folder: string;
  let server: Connected;
  let storedId: number;
  beforeAll(async () => {
    folder = await makeFolder();
    server = await connectBy(way, folder);
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  test('store_memory stores', async () => {
    const stored = await server.answer('store_memory', decision);
    expect(stored).toEqual({
      success: true,
      message: expect.any(String),
      resource_id: expect.any(Number),
      chunk_count: 1,
      vector_ids: { first: 1, last: 1 },
      unchanged: false,
      pending_vectors: 0,
      masked: [],
    });
    storedId = stored.resource_id;
  });

  test('the same text again stores nothing', async () => {
    const again = await server.answer('store_memory', decision);
    expect(again).toMatchObject({
      resource_id: storedId,
      unchanged: true,
      vector_ids: { first: 1, last: 1 },
    });
    const { counts } = await server.answer('memory_status');
    expect(counts).toMatchObject({ memories: 1, chunks: 1 });
  });

  test('retrieve_memory finds it in other words, and gives its text once', async () => {
    const found = await server.answer('retrieve_memory', { query: question });
    expect(found.confidence).not.toBe('none');
    expect(found.retrieved_chunks).toEqual([
      {
        n: 1,
        chunk_id: expect.any(Number),
        resource_id: storedId,
        file_name: decision.file_name,
        resource_type: 'document',
        score: expect.any(Number),
        similarity: expect.any(Number),
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        project: null,
      },
    ]);
    const { score } = found.retrieved_chunks[0];
    expect(score).toBe(Math.round(score * 1000) / 1000);
    expect(JSON.stringify(found).split(decision.content)).toHaveLength(2);
    expect(found).not.toHaveProperty('mode');
    expect(found).not.toHaveProperty('notices');
  });

  test('retrieve_memory says so when nothing relevant is there', async () => {
    const found = await server.answer('retrieve_memory', { query: 'how long do I boil an egg?' });
    expect(found).toMatchObject({ confidence: 'none', retrieved_chunks: [], context: '' });
    expect(found.nearest.resource_id).toBe(storedId);
    const weak = await server.answer('retrieve_memory', {
      query: 'how long do I boil an egg?',
      include_weak: true,
      explain: true,
    });
    expect(weak.confidence).toBe('none');
    expect(weak.retrieved_chunks).toHaveLength(1);
    expect(Object.keys(weak.retrieved_chunks[0].why).length).toBeGreaterThan(0);
  });

  test('filters keep out what they do not name', async () => {
    for (const filter of [{ tags: 'other' }, { resource_type: 'code' }, { file_name: 'b.md' }]) {
      const found = await server.answer('retrieve_memory', {
        query: question,
        include_weak: true,
        ...filter,
      });
      expect(found.retrieved_chunks, JSON.stringify(filter)).toEqual([]);
    }
    for (const filter of [
      { tags: 'storage,decision' },
      { file_name: decision.file_name },
      { max_age_days: 1 },
    ]) {
      const found = await server.answer('retrieve_memory', { query: question, ...filter });
      expect(found.retrieved_chunks, JSON.stringify(filter)).toHaveLength(1);
    }
  });

  test('an unknown argument of a search is ignored and said', async () => {
    const found = await server.answer('retrieve_memory', { query: question, limit: 1 });
    expect(found.notices).toEqual(['Ignored the unknown argument "limit"; did you mean top_k?']);
  });

  test('get_memory gives it back by id, by ref and by a chunk of it', async () => {
    const { retrieved_chunks } = await server.answer('retrieve_memory', { query: question });
    const byId = await server.answer('get_memory', { resource_id: storedId });
    expect(byId).toMatchObject({
      ref: `memory-${storedId}`,
      content: decision.content,
      tags: decision.tags,
      metadata: decision.metadata,
      file_name: decision.file_name,
      origin: 'agent',
    });
    expect(byId).not.toHaveProperty('next_offset');
    expect(byId).not.toHaveProperty('archived');
    expect(await server.answer('get_memory', { ref: `memory-${storedId}` })).toEqual(byId);
    expect(await server.answer('get_memory', { ref: `chunk-${retrieved_chunks[0].chunk_id}` })).toEqual(byId);
  });

  test.each([
    [{}, 'invalid_argument'],
    [{ resource_id: 1, ref: 'memory-2' }, 'invalid_argument'],
    [{ ref: 'memory-0' }, 'invalid_argument'],
    [{ ref: 'memory-999' }, 'not_found'],
    [{ ref: 'chunk-999' }, 'not_found'],
    [{ ref: 'pattern-999' }, 'not_found'],
    [{ ref: 'message-1' }, 'not_found'],
    [{ resource_id: 999 }, 'not_found'],
  ])('get_memory %j is refused: %s', async (args, code) => {
    const refusal = await server.refusal('get_memory', args);
    expect(refusal).toMatchObject({ success: false, code });
    expect(refusal.hint).not.toBe('');
  });

  test('other content under the name is another memory; replace supersedes the older ones', async () => {
    const second = { ...decision, content: 'We moved to DuckDB, because the reports became slow.' };
    const beside = await server.answer('store_memory', second);
    expect(beside.earlier.map((memory: { resource_id: number }) => memory.resource_id)).toEqual([storedId]);

    const third = { ...decision, content: 'We went back to SQLite: DuckDB could not be opened twice.' };
    const replacing = await server.answer('store_memory', { ...third, replace: true });
    expect(replacing.resource_id).not.toBe(storedId);
    const found = await server.answer('retrieve_memory', { query: 'SQLite or DuckDB?', top_k: 10 });
    expect(found.context).toContain(third.content);
    expect(found.context).not.toContain(second.content);
    expect(found.context).not.toContain(decision.content);
    // Superseded, not gone.
    expect((await server.answer('get_memory', { resource_id: storedId })).content).toBe(decision.content);
    storedId = replacing.resource_id;
  });

  test('a restart gives the same answers', async () => {
    const ask = { query: 'SQLite or DuckDB?', top_k: 10 };
    const before = await server.answer('retrieve_memory', ask);
    await server.stop();
    server = await connectBy(way, folder);
    const after = await server.answer('retrieve_memory', ask);
    expect(after.retrieved_chunks).toEqual(before.retrieved_chunks);
    expect(after.confidence).toBe(before.confidence);
  });
});

describe('long and odd texts', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  test('a text comes back whole, slice by slice', async () => {
    const content = Array.from(
      { length: 400 },
      (_, i) => `Line ${i}: naïve 🦜 text\r\n\twith\u0000NUL.`,
    ).join('\n\n');
    const { resource_id, chunk_count } = await server.answer('store_memory', {
      file_name: 'long.txt',
      content,
    });
    expect(chunk_count).toBeGreaterThan(10);
    let whole = '';
    for (let offset: number | undefined = 0; offset !== undefined; ) {
      const slice = await server.answer('get_memory', { resource_id, offset, max_tokens: 1_000 });
      expect(slice.offset).toBe(whole.length);
      expect(slice.total_characters).toBe(content.length);
      expect(slice.content).not.toBe('');
      whole += slice.content;
      offset = slice.next_offset;
    }
    expect(whole).toBe(content);
  });

  test('the smallest budget still comes to the end', async () => {
    const content = 'One two three. 🦜🦜';
    const { resource_id } = await server.answer('store_memory', { file_name: 'short.txt', content });
    let whole = '';
    for (let offset: number | undefined = 0; offset !== undefined; ) {
      const slice = await server.answer('get_memory', { resource_id, offset, max_tokens: 1 });
      expect(slice.content).not.toBe('');
      whole += slice.content;
      offset = slice.next_offset;
    }
    expect(whole).toBe(content);
  });

  test('an offset inside a character is taken back to its beginning', async () => {
    const content = 'ab🦜cd';
    const { resource_id } = await server.answer('store_memory', { file_name: 'parrot.txt', content });
    const slice = await server.answer('get_memory', { resource_id, offset: 3 });
    expect(slice).toMatchObject({ offset: 2, content: '🦜cd' });
    expect(await server.answer('get_memory', { resource_id, offset: 1_000 })).toMatchObject({ content: '' });
  });

  test('hits beyond the budget keep their place, without their text', async () => {
    for (let i = 0; i < 4; i++) {
      const content = `Rule ${i} of the deployment: ${'every server is restarted after noon. '.repeat(12)}`;
      await server.answer('store_memory', { file_name: `rule-${i}.md`, content });
    }
    const ask = { query: 'when are servers restarted in a deployment?', top_k: 4, include_weak: true };
    const full = await server.answer('retrieve_memory', { ...ask, max_tokens: 100_000 });
    const tight = await server.answer('retrieve_memory', { ...ask, max_tokens: 150 });
    const ids = (answer: typeof full) =>
      answer.retrieved_chunks.map((hit: { chunk_id: number }) => hit.chunk_id);
    expect(ids(tight)).toEqual(ids(full));
    expect(full.retrieved_chunks.filter((hit: { cut?: true }) => hit.cut)).toEqual([]);
    expect(tight.retrieved_chunks.filter((hit: { cut?: true }) => hit.cut).length).toBeGreaterThan(0);
    expect(tight.context.length).toBeLessThan(full.context.length);
  });
});

describe('projects', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await makeFolder();
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('a call belongs to its own, else to the server’s; "*" reads all and writes none', async () => {
    const server = await startServer({ folder, args: ['--project', 'blue'] });
    await server.answer('store_memory', { file_name: 'lamp.md', content: 'The lamp in the hall is blue.' });
    await server.answer('store_memory', {
      file_name: 'lamp.md',
      content: 'The lamp in the hall is red.',
      project: 'red',
    });
    const query = 'what colour has the lamp in the hall?';
    const projects = async (args: Record<string, unknown>) => {
      const found = await server.answer('retrieve_memory', { query, top_k: 10, ...args });
      return found.retrieved_chunks.map((hit: { project: string }) => hit.project).sort();
    };
    expect(await projects({})).toEqual(['blue']);
    expect(await projects({ project: 'red' })).toEqual(['red']);
    expect(await projects({ project: '*' })).toEqual(['blue', 'red']);
    const unknown = await server.answer('retrieve_memory', { query, project: 'green' });
    expect(unknown.retrieved_chunks).toEqual([]);
    expect(unknown.known_projects.sort()).toEqual(['blue', 'red']);
    const refusal = await server.refusal('store_memory', { file_name: 'a', content: 'b', project: '*' });
    expect(refusal.code).toBe('invalid_argument');
    expect(await server.answer('memory_status')).toMatchObject({ project: 'blue' });
    await server.stop();
  });

  test('rows without a project are seen from every project', async () => {
    const none = await startServer({ folder });
    await none.answer('store_memory', { file_name: 'cat.md', content: 'The cat sleeps on the printer.' });
    await none.stop();
    const server = await startServer({ folder, args: ['--project', 'red'] });
    const found = await server.answer('retrieve_memory', { query: 'where does the cat sleep?' });
    expect(found.retrieved_chunks[0]).toMatchObject({ file_name: 'cat.md', project: null });
    await server.stop();
  });
});

test('a known secret is masked before it is stored, and the answer says so', async () => {
  const server = await startServer();
  const secret = ['ghp', 'q7Wm2ZtR9xKc4VbN8sLd3FhJ6pYg1TaE0uXi'].join('_');
  const stored = await server.answer('store_memory', {
    file_name: 'token.md',
    content: `The deployment uses the token ${secret} for releases.`,
    metadata: { token: secret },
    tags: [secret],
  });
  expect(stored.masked.length).toBeGreaterThan(0);
  const read = await server.answer('get_memory', { resource_id: stored.resource_id });
  expect(JSON.stringify(read)).not.toContain(secret);
  expect(read.content).toMatch(/\[masked:[a-z_-]+:[0-9a-z]{4}\]/i);
  await server.stop();
});

describe('without a model', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await makeFolder();
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('rows are stored, found by word, and every answer says why; the vectors follow once there is one', async () => {
    const without = await startServer({ folder, environment: { LTMC_MODEL_DIR: folder } });
    const stored = await without.answer('store_memory', decision);
    expect(stored).toMatchObject({ pending_vectors: 1, vector_ids: { first: 1, last: 1 } });
    expect(stored.pending_reason).not.toBe('');
    const logged = await without.answer('log_code_attempt', {
      input_prompt: 'choose a database',
      generated_code: 'import sqlite3',
      result: 'pass',
    });
    expect(logged).toMatchObject({ pending_vectors: 2, pending_reason: stored.pending_reason });

    const found = await without.answer('retrieve_memory', { query: 'PostgreSQL or SQLite?' });
    expect(found).toMatchObject({ mode: 'lexical', mode_reason: expect.stringMatching(/./) });
    expect(found.retrieved_chunks[0]).toMatchObject({ resource_id: stored.resource_id });
    expect(found.retrieved_chunks[0]).not.toHaveProperty('similarity');
    const patterns = await without.answer('get_code_patterns', { query: 'choose a database' });
    expect(patterns).toMatchObject({ mode: 'lexical', patterns: [{ id: logged.pattern_id }] });
    const status = await without.answer('memory_status');
    expect(status).toMatchObject({ mode: 'lexical', pending_vectors: 3 });
    expect(status.problems.join(' ')).toContain('lexical');
    await without.stop();

    const server = await startServer({ folder });
    const filled = async () => (await server.answer('memory_status')).pending_vectors === 0;
    for (let asked = 0; asked < 2_000 && !(await filled()); asked++) {
      // Each question gives the background a turn.
    }
    const again = await server.answer('retrieve_memory', { query: question });
    expect(again.retrieved_chunks[0].similarity).toBeGreaterThan(0);
    expect(again).not.toHaveProperty('mode');
    await server.stop();
  });
});
