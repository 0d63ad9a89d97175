import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Memories } from '../../src/domain/memories.ts';
import type { Reading } from '../../src/domain/reading.ts';
import { refKinds } from '../../src/ids.ts';
import { limits } from '../../src/limits.ts';
import { refusal } from '../storage/opened-store.ts';
import { memory, missingModel, now, openedMemories, question, realEmbedder } from './opened-memories.ts';

const notes = [
  ['tools.md', 'We use pnpm in this repository, never npm or yarn.'],
  ['deploy.md', 'Releases go out on Tuesdays; the person on call approves them.'],
  ['money.md', 'Amounts of money are whole numbers of cents. Never use floats for prices.'],
  ['style.md', 'Colours in stylesheets come from the custom properties in tokens.css alone.'],
] as const;

async function storeNotes(memories: Memories): Promise<Map<string, number>> {
  const ids = new Map<string, number>();
  for (const [fileName, content] of notes) {
    ids.set(fileName, (await memories.store(memory(content, { fileName }))).resourceId);
  }
  return ids;
}

async function whole(
  reading: Reading,
  resourceId: number,
  maxTokens: number = limits.answerTokensMax,
): Promise<string> {
  let text = '';
  for (let offset: number | undefined = 0; offset !== undefined; ) {
    const item = await reading.read({ kind: 'memory', id: resourceId }, { offset, maxTokens });
    if (item.kind !== 'memory') throw new Error('Expected a memory.');
    expect(item.window.offset).toBe(text.length);
    text += item.window.parts.content ?? '';
    offset = item.window.nextOffset;
    if (offset === undefined) expect(text.length).toBe(item.window.totalCharacters);
  }
  return text;
}

describe('store', () => {
  test('a text comes back character for character, NUL and rare characters too', async () => {
    const { memories, reading } = await openedMemories(missingModel());
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 800, size: 'max' }),
        async (content) => {
          const { resourceId } = await memories.store(memory(content));
          expect(await whole(reading, resourceId)).toBe(content);
        },
      ),
      { numRuns: 40, examples: [['a\u0000b'], ['\r\n \n'], ['# One\n\n'.repeat(600)]] },
    );
  });

  test('a long text is cut into chunks that the model reads whole, and read back by slices', async () => {
    const embedder = realEmbedder();
    const { memories, reading, store } = await openedMemories(embedder);
    const content = Array.from(
      { length: 30 },
      (_, n) => `## Part ${n}\n\n${`Sentence ${n} tells how the parts of it fit together. `.repeat(12)}\n`,
    ).join('\n');
    const stored = await memories.store(memory(content));
    expect(stored.chunkCount).toBeGreaterThan(10);
    expect(stored.vectorIds.last - stored.vectorIds.first + 1).toBe(stored.chunkCount);
    const record = await store.getMemory(stored.resourceId);
    const counts = await embedder.countTokens(record!.chunks.map((chunk) => chunk.text));
    expect(Math.max(...counts)).toBeLessThanOrEqual(limits.chunkTokensMax);
    expect(await whole(reading, stored.resourceId, 150)).toBe(content);
  });

  test('the smallest budget comes to the end too', async () => {
    const { memories, reading } = await openedMemories();
    const content = 'Grüße 👩‍👩‍👧 from supercalifragilistic\u0000 places…\n';
    const { resourceId } = await memories.store(memory(content));
    expect(await whole(reading, resourceId, 1)).toBe(content);
  });

  test('the same again is unchanged and takes over tags; other content under the name is another memory', async () => {
    const { memories, store } = await openedMemories();
    const first = await memories.store(memory('One fact.', { tags: ['a'] }));
    const again = await memories.store(memory('One fact.', { tags: ['b'], metadata: { by: 'me' } }));
    expect(again).toMatchObject({ resourceId: first.resourceId, unchanged: true, pendingVectors: 0 });
    expect(await store.getMemory(first.resourceId)).toMatchObject({ tags: ['b'], metadata: { by: 'me' } });
    const other = await memories.store(memory('Another fact.'));
    expect(other.unchanged).toBe(false);
    expect(other.earlier.map(({ resourceId }) => resourceId)).toEqual([first.resourceId]);
  });

  test('replace takes the earlier ones out of the answers', async () => {
    const { memories } = await openedMemories();
    await memories.store(memory('The API listens on port 4000.', { fileName: 'ports.md' }));
    const newer = await memories.store(
      memory('The API listens on port 4100.', { fileName: 'ports.md', replace: true }),
    );
    const { chunks } = await memories.retrieve(question('Which port does the API use?'));
    expect(chunks.map((chunk) => chunk.resourceId)).toEqual([newer.resourceId]);
  });

  test('replace with a text that is there already leaves that text alone in the answers', async () => {
    const { memories } = await openedMemories();
    const older = memory('The API listens on port 4000.', { fileName: 'ports.md' });
    const kept = await memories.store(older);
    await memories.store(memory('The API listens on port 4100.', { fileName: 'ports.md' }));
    const again = await memories.store({ ...older, replace: true });
    expect(again).toMatchObject({ resourceId: kept.resourceId, unchanged: true });
    const { chunks } = await memories.retrieve(question('Which port does the API use?'));
    expect(chunks.map((chunk) => chunk.resourceId)).toEqual([kept.resourceId]);
  });

  test('secrets are masked in every text before anything is kept', async () => {
    const { memories, reading, path } = await openedMemories();
    const secret = `ghp_${'A1b2C3d4E5f6G7h8I9'.repeat(2)}`;
    const stored = await memories.store(
      memory(`The token is ${secret}.`, { tags: [secret], metadata: { deep: [{ token: secret }] } }),
    );
    expect(stored.masked.map(({ field, count }) => [field, count])).toEqual([
      ['content', 1],
      ['tags', 1],
      ['metadata', 1],
    ]);
    expect(await whole(reading, stored.resourceId)).toMatch(/^The token is \[masked:[^\]]+\]\.$/);
    const database = new Database(path, { readonly: true });
    const bytes = database.serialize();
    database.close();
    expect(bytes.includes(secret)).toBe(false);
  });

  test('half of a surrogate pair is refused by the name of its field, and nothing is stored', async () => {
    const { memories, store } = await openedMemories(missingModel());
    for (const bad of [
      memory('cut \ud83d'),
      memory('fine', { fileName: '\udc00.md' }),
      memory('fine', { tags: ['\ud800'] }),
      memory('fine', { metadata: { a: ['\udfff'] } }),
    ]) {
      expect(await refusal(() => memories.store(bad))).toMatchObject({ code: 'invalid_argument' });
    }
    expect((await store.status()).counts.memories).toBe(0);
  });

  test('without a model the text is stored, its vectors pending, and the reason is given', async () => {
    const { memories } = await openedMemories(missingModel());
    const stored = await memories.store(memory('One fact.'));
    expect(stored).toMatchObject({ chunkCount: 1, pendingVectors: 1 });
    expect(stored.modelProblem).toBeTruthy();
  });
});

describe('retrieve', () => {
  test('a question in other words finds its note, with the context to cite', async () => {
    const { memories } = await openedMemories();
    const ids = await storeNotes(memories);
    const asked = {
      'tools.md': 'Which package manager do we install dependencies with?',
      'deploy.md': 'On what day do we ship a new version?',
      'money.md': 'How should prices be represented in code?',
      'style.md': 'Where do CSS colors have to be defined?',
    };
    for (const [fileName, query] of Object.entries(asked)) {
      const answer = await memories.retrieve(question(query));
      expect(answer).toMatchObject({ search: { mode: 'hybrid' } });
      expect(answer.confidence).not.toBe('none');
      expect(answer.chunks[0]).toMatchObject({
        n: 1,
        fileName,
        resourceId: ids.get(fileName),
        project: 'shop',
      });
      expect(answer.context).toContain(`[1] chunk-${answer.chunks[0]!.chunkId} `);
      const scores = answer.chunks.map((chunk) => chunk.score);
      expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    }
  });

  test('a question about something else gets nothing, only what was nearest; include_weak gives it', async () => {
    const { memories } = await openedMemories();
    await storeNotes(memories);
    const query = 'Who painted the ceiling of the Sistine Chapel?';
    const silent = await memories.retrieve(question(query));
    expect(silent).toMatchObject({ context: '', chunks: [], confidence: 'none' });
    expect(silent.nearest).toMatchObject({ chunkId: expect.any(Number), similarity: expect.any(Number) });
    const weak = await memories.retrieve(question(query, { includeWeak: true, topK: 2 }));
    expect(weak).toMatchObject({ confidence: 'none' });
    expect(weak.chunks).toHaveLength(2);
  });

  test('what the model cannot read is found by words, and a question about something else gets nothing', async () => {
    const { memories } = await openedMemories();
    const texts = {
      ja: 'サーバーなしで動かす必要があるので、データベースにはSQLiteを選んだ。リリースは毎週火曜日に行う。',
      zh: '部署到生产环境需要两名审核人批准。日志保留三十天。',
      ko: '회의실은 하루 전에 예약해야 하며 프로젝터는 총무부에 신청하세요.',
      ru: 'Резервная копия создаётся каждую ночь в два часа.',
    };
    const asked = {
      ja: ['リリースの曜日はいつ？', 'なぜSQLiteを選びましたか', 'データベース'],
      zh: ['生产环境的部署由谁批准', '日志保留多久'],
      ko: ['회의실 예약', '프로젝터 신청'],
      ru: ['Когда создаётся резервная копия?'],
    };
    for (const [fileName, content] of Object.entries(texts))
      await memories.store(memory(content, { fileName }));
    for (const [fileName, queries] of Object.entries(asked)) {
      for (const query of queries) {
        const answer = await memories.retrieve(question(query));
        expect(answer.search).toMatchObject({ mode: 'lexical', reason: expect.stringContaining('script') });
        expect([query, answer.chunks[0]?.fileName]).toEqual([query, fileName]);
      }
    }
    for (const query of ['猫の飼い方', 'ギターを弾く', '量子计算机的发展', '날씨', 'Как играть на гитаре?']) {
      expect([query, (await memories.retrieve(question(query))).confidence]).toEqual([query, 'none']);
    }
  });

  test('in other languages of Latin script meaning ranks, and words decide whether there is an answer', async () => {
    const { memories } = await openedMemories();
    const texts = {
      'datenbank.md':
        'Wir haben uns für PostgreSQL als Datenbank entschieden, weil wir JSON-Abfragen brauchen.',
      'rechnungen.md': 'Die Rechnungen werden nachts um zwei Uhr exportiert.',
      'puerto.md': 'El servidor de pruebas escucha en el puerto 8443.',
      'journaux.md': 'Les journaux sont gardés 90 jours dans Loki.',
    };
    const asked = {
      'datenbank.md': 'Welche Datenbank haben wir gewählt?',
      'rechnungen.md': 'Wann werden die Rechnungen exportiert?',
      'puerto.md': '¿En qué puerto escucha el servidor?',
      'journaux.md': 'Combien de temps garde-t-on les journaux ?',
    };
    for (const [fileName, content] of Object.entries(texts))
      await memories.store(memory(content, { fileName }));
    for (const [fileName, query] of Object.entries(asked)) {
      const answer = await memories.retrieve(question(query));
      expect(answer.search).toEqual({ mode: 'hybrid', reason: expect.stringContaining('not in English') });
      expect([query, answer.chunks[0]?.fileName]).toEqual([query, fileName]);
      expect(answer.chunks[0]?.similarity).toBeGreaterThan(0);
    }
    const others = [
      'Wie koche ich Spaghetti?',
      'Comment apprendre la guitare ?',
      '¿Quién escribió el Quijote?',
    ];
    for (const query of others) {
      const answer = await memories.retrieve(question(query));
      expect([query, answer.confidence, answer.nearest !== undefined]).toEqual([query, 'none', true]);
    }
  });

  test('an empty store has nothing and says so', async () => {
    const { memories } = await openedMemories();
    const answer = await memories.retrieve(question('anything at all'));
    expect(answer).toMatchObject({ context: '', chunks: [], confidence: 'none', knownProjects: [] });
    expect(answer.nearest).toBeUndefined();
  });

  test('without a model the words answer', async () => {
    const { memories } = await openedMemories(missingModel());
    const ids = await storeNotes(memories);
    const answer = await memories.retrieve(question('releases approved on Tuesdays'));
    expect(answer.search).toMatchObject({ mode: 'lexical', reason: expect.any(String) });
    expect(answer.confidence).not.toBe('none');
    expect(answer.chunks[0]).toMatchObject({ resourceId: ids.get('deploy.md') });
    expect(answer.chunks[0]!.similarity).toBeUndefined();
    const silent = await memories.retrieve(question('volcanoes of Iceland'));
    expect(silent).toMatchObject({ confidence: 'none', chunks: [] });
  });

  test('a note whose vector is pending is found beside notes that have theirs', async () => {
    const { memories: withoutModel, path } = await openedMemories(missingModel());
    const pending = await withoutModel.store(
      memory('The staging password rotates through Vault each Monday.'),
    );
    const { memories } = await openedMemories(realEmbedder(), path);
    await storeNotes(memories);
    const answer = await memories.retrieve(question('How does the staging password rotate through Vault?'));
    expect(answer.chunks[0]).toMatchObject({ resourceId: pending.resourceId });
    expect(answer.chunks[0]!.similarity).toBeUndefined();
    expect(answer.confidence).not.toBe('none');
  });

  test('a read sees its project and rows without one; an unknown project is told what there is', async () => {
    const { memories } = await openedMemories();
    const texts = ['shop', 'blog', null].map((project) =>
      memory(`The linter of ${project ?? 'every project'} is Biome.`, { project }),
    );
    for (const text of texts) await memories.store(text);
    const projectsFor = async (scope: 'all' | { project: string | null }) => {
      const answer = await memories.retrieve(question('Which linter do we use?', { scope, topK: 9 }));
      return { seen: answer.chunks.map((chunk) => chunk.project).toSorted(), known: answer.knownProjects };
    };
    expect(await projectsFor({ project: 'shop' })).toEqual({
      seen: [null, 'shop'].toSorted(),
      known: undefined,
    });
    expect((await projectsFor('all')).seen).toHaveLength(3);
    expect(await projectsFor({ project: null })).toEqual({ seen: [null], known: undefined });
    const unknown = await projectsFor({ project: 'shpo' });
    expect(unknown.seen).toEqual([null]);
    expect(unknown.known?.toSorted()).toEqual(['blog', 'shop']);
  });

  test('filters hold: type, file, tags, age', async () => {
    const { memories } = await openedMemories();
    const dayMs = 86_400_000;
    const old = { text: 'long ago', ms: now - 100 * dayMs };
    await memories.store(
      memory('Cache keys begin with v2.', { fileName: 'a', resourceType: 'code', tags: ['x', 'y'] }),
    );
    await memories.store(
      memory('Cache keys once began with v1.', { fileName: 'b', tags: ['x'], createdAt: old }),
    );
    const files = async (filter: object) => {
      const answer = await memories.retrieve(question('What do cache keys begin with?', { ...filter }));
      return answer.chunks.map((chunk) => chunk.fileName).toSorted();
    };
    expect(await files({})).toEqual(['a', 'b']);
    expect(await files({ resourceType: 'code' })).toEqual(['a']);
    expect(await files({ fileName: 'b' })).toEqual(['b']);
    expect(await files({ tags: ['x', 'y'] })).toEqual(['a']);
    expect(await files({ maxAgeDays: 30 })).toEqual(['a']);
  });

  test('any query is answered: full-text syntax, nothing but signs, longer than the model reads', async () => {
    const { memories } = await openedMemories();
    await storeNotes(memories);
    for (const query of [
      '"',
      'a AND (b OR',
      'NEAR(x y, 3) *',
      '???',
      '👍',
      'pnpm '.repeat(4_000),
      "'; DROP TABLE x",
    ]) {
      const answer = await memories.retrieve(question(query));
      expect(['high', 'low', 'none']).toContain(answer.confidence);
    }
    expect(await refusal(() => memories.retrieve(question('\ud800')))).toMatchObject({
      code: 'invalid_argument',
    });
  });

  test('the budget bounds the context; what does not fit keeps its place', async () => {
    const embedder = realEmbedder();
    const { memories } = await openedMemories(embedder);
    for (const n of [1, 2, 3]) {
      await memories.store(
        memory(`Backups, part ${n}. ${'The backup runs at night and is kept. '.repeat(18)}`),
      );
    }
    const { context, chunks } = await memories.retrieve(question('When do backups run?', { maxTokens: 250 }));
    expect(chunks.map((chunk) => chunk.n)).toEqual([1, 2, 3]);
    expect(chunks.map((chunk) => chunk.cut)).toEqual([undefined, true, true]);
    const [tokens = Number.NaN] = await embedder.countTokens([context]);
    expect(tokens).toBeLessThanOrEqual(250);
  });

  test('asked twice and after a restart it answers the same', async () => {
    const embedder = realEmbedder();
    const { memories, path } = await openedMemories(embedder);
    await storeNotes(memories);
    const asked = question('What is our rule for prices?', { explain: true });
    const first = await memories.retrieve(asked);
    expect(first.chunks[0]!.why).toMatchObject({ searched_rows: notes.length, bm25: expect.any(Number) });
    expect(await memories.retrieve(asked)).toEqual(first);
    const { memories: reopened } = await openedMemories(embedder, path);
    expect(await reopened.retrieve(asked)).toEqual(first);
  });
});

test('reading refuses an id that is not there', async () => {
  const { reading } = await openedMemories(missingModel());
  for (const kind of refKinds) {
    const refused = await refusal(() => reading.read({ kind, id: 7 }, { offset: 0, maxTokens: 100 }));
    expect(refused).toMatchObject({ code: 'not_found', message: expect.stringContaining(`${kind}-7`) });
  }
});
