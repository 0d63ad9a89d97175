import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Store } from '../../src/domain/ports.ts';
import { queryWords } from '../../src/domain/words.ts';
import { limits } from '../../src/limits.ts';
import { alone, newAttempt, newResource, query } from './made-rows.ts';
import { memoriesOf } from './memories-of.ts';
import { newStore } from './opened-store.ts';
import { databaseProblems } from './whole-database.ts';

const everything = { scope: 'all' } as const;

/** A store with each text as a chunk of its own, and as many texts without any word of theirs. */
async function storeOf(texts: readonly string[]): Promise<Store> {
  const { store } = await newStore();
  await store.storeResource(newResource({ texts: texts.map((text) => `${text}\n`), vectorOf: () => null }));
  const other = texts.map((_, i) => `zzz${i} `);
  await store.storeResource(
    newResource({ fileName: 'other', texts: [...other, 'zzz'], vectorOf: () => null }),
  );
  return store;
}

/** The texts that any of the words finds, best first. */
async function found(store: Store, words: readonly string[]): Promise<string[]> {
  const { hits } = await store.searchChunks(query({ words: [...words] }), everything);
  const best = hits.toSorted((a, b) => b.bm25 - a.bm25 || a.chunkId - b.chunkId);
  return (await store.getChunks(best.map((hit) => hit.chunkId))).map((chunk) => chunk.text.trimEnd());
}

describe('words find', () => {
  const texts = [
    'const userName = getUserName(parseHTTPResponse(reply));',
    'snake_case_value lives in src/auth/token-store.ts',
    'XMLHttpRequest, utf8Decoder and iPhone15Pro',
    'The connections were dropped while connecting.',
    'Le café à Zürich',
    'コンピュータ と データベース',
  ];
  test.each([
    ['a part of a camelCase name', 'the user name', 0],
    ['an acronym in a name', 'http response', 0],
    ['the whole name', 'getUserName', 0],
    ['a part of a snake_case name', 'case value', 1],
    ['a snake_case name that was asked in camelCase', 'snakeCaseValue', 1],
    ['a part of a path', 'token store', 1],
    ['the path', 'src/auth/token-store.ts', 1],
    ['a name that begins with an acronym', 'xml request', 2],
    ['parts around digits', 'utf8 decoder', 2],
    ['another form of the word', 'connect', 3],
    ['another form of the word, the other way round', 'connected dropping', 3],
    ['a word without its accents', 'cafe zurich', 4],
    ['a word of another script', 'データベース', 5],
  ])('%s', async (_, asked, index) => {
    const store = await storeOf(texts);
    expect((await found(store, queryWords(asked)))[0]).toBe(texts[index]);
  });

  test('an attempt by the parts of its function and by its prompt', async () => {
    const { store } = await newStore();
    const generatedCode = 'export function mergeSortedLists(a, b) {}';
    const { patternId } = await store.logAttempt(
      newAttempt({ inputPrompt: 'join two runs', generatedCode }),
      alone,
    );
    for (const asked of ['sorted list', 'mergeSortedLists', 'joining runs']) {
      const { hits } = await store.searchPatterns(query({ words: queryWords(asked) }), everything);
      expect(
        hits.map((hit) => hit.patternId),
        asked,
      ).toEqual([patternId]);
    }
  });
});

describe('nothing in a word is syntax', () => {
  test.each(['and', 'or', 'not', 'near'])('the operator %s is a word like others', async (word) => {
    const store = await storeOf([`plain ${word} simple`, 'something else']);
    expect(await found(store, [word])).toEqual([`plain ${word} simple`]);
  });

  test.each([
    ['a quote', 'ki"wi', ['ki wi']],
    ['an unclosed quote', '"kiwi', ['kiwi']],
    ['a star', 'kiw*', []],
    ['a column', 'words:kiwi', []],
    ['a caret and parentheses', '^(kiwi)', ['kiwi']],
    ['a minus', '-kiwi', ['kiwi']],
    ['NEAR', 'NEAR(kiwi apple)', []],
    ['a NUL behind', 'kiwi\0', ['kiwi']],
    ['a NUL before', '\0kiwi', ['kiwi']],
    ['a NUL inside', 'ki\0wi', ['ki wi']],
    ['a semicolon and SQL', "kiwi'; DROP TABLE Resources; --", []],
    ['nothing', '', []],
    ['blanks', '  \t', []],
    ['a lone surrogate', '\ud800', []],
  ])('%s', async (_, word, expected) => {
    const store = await storeOf(['kiwi', 'ki wi', 'apple']);
    expect(await found(store, [word])).toEqual(expected);
    const { lexical } = await store.searchChunks(query({ words: [word] }), everything);
    expect(lexical.wordRows).toEqual([{ word, rows: expected.length === 0 ? expect.any(Number) : 1 }]);
    expect((await store.status()).counts.memories).toBe(2);
  });

  test('a word with a NUL takes nothing from its neighbours', async () => {
    const store = await storeOf(['kiwi', 'apple', 'pear']);
    expect(await found(store, ['a\0b', 'apple', '\0', 'pear'])).toEqual(['apple', 'pear']);
  });

  test('any words at all give an answer', async () => {
    const store = await storeOf(['kiwi apple', 'pear']);
    const word = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.string({
        unit: fc.constantFrom('"', "'", '*', '(', ')', ':', '^', '-', '+', '\0', ' ', 'a'),
        maxLength: 8,
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (words) => {
        const { hits, lexical } = await store.searchChunks(query({ words: [...words, 'apple'] }), everything);
        expect(hits.map((hit) => hit.chunkId)).toContain(1);
        expect(lexical.wordRows.map((entry) => entry.word)).toEqual([...words, 'apple']);
        for (const hit of hits) expect(Number.isFinite(hit.bm25)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('any text can be stored, found by its words, and comes back as it was', async () => {
    const { store, path } = await newStore();
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1 }), async (text) => {
        const whole = `mark${number} ${text}`;
        const { resourceId } = await store.storeResource(
          newResource({ fileName: `${number}`, texts: [whole] }),
        );
        expect((await store.getMemory(resourceId))?.chunks[0]?.text).toBe(whole);
        const { hits } = await store.searchChunks(query({ words: [`mark${number++}`] }), everything);
        expect(await memoriesOf(store, hits)).toContain(resourceId);
      }),
      { numRuns: 60 },
    );
    expect(databaseProblems(path)).toEqual([]);
  });

  test('SQL in names, types and tags is text', async () => {
    const { store } = await newStore();
    const evil = `x'); DROP TABLE Resources; --"`;
    const given = { fileName: evil, resourceType: evil, tags: [evil], project: evil };
    await store.storeResource(newResource({ ...given, texts: ['kiwi'] }));
    const filters = { scope: { project: evil }, fileName: evil, resourceType: evil, tags: [evil] };
    const { hits } = await store.searchChunks(query({ words: ['kiwi'] }), filters);
    expect(hits).toHaveLength(1);
    expect(await store.projects(5)).toEqual([evil]);
  });
});

describe('the statistics of a search', () => {
  test('count the rows of a word in all its forms', async () => {
    const store = await storeOf(['connection', 'connected connecting', 'connect', 'dog']);
    const words = ['connections', 'dogs', 'cat'];
    const { lexical } = await store.searchChunks(query({ words }), everything);
    expect(lexical).toEqual({
      rows: 9,
      wordRows: [
        { word: 'connections', rows: 3 },
        { word: 'dogs', rows: 1 },
        { word: 'cat', rows: 0 },
      ],
    });
  });

  test('are of what is there now: a superseded row is not counted', async () => {
    const store = await storeOf(['kiwi', 'kiwi apple']);
    await store.storeResource(newResource({ texts: ['pear'], replace: true }));
    const { lexical, hits } = await store.searchChunks(query({ words: ['kiwi', 'pear'] }), everything);
    expect(lexical).toMatchObject({ rows: 4, wordRows: [{ rows: 0 }, { rows: 1 }] });
    expect(hits).toHaveLength(1);
  });

  test('estimate the rows of a word that is in very many', async () => {
    const { store } = await newStore();
    const rows = limits.wordRowsCountedMax * 2.5;
    const texts = Array.from({ length: rows }, (_, i) => (i % 2 === 0 ? 'kiwi\n' : 'pear\n'));
    await store.storeResource(newResource({ texts: ['apple\n', ...texts], vectorOf: () => null }));
    const { lexical } = await store.searchChunks(query({ words: ['kiwi', 'apple'] }), everything);
    expect(lexical.rows).toBe(rows + 1);
    expect(lexical.wordRows.find(({ word }) => word === 'apple')?.rows).toBe(1);
    const { lexical: ofKiwi } = await store.searchChunks(query({ words: ['kiwi'] }), everything);
    expect(Math.abs((ofKiwi.wordRows[0]?.rows ?? 0) - rows / 2)).toBeLessThan(rows / 100);
  });

  test('do not depend on the filters', async () => {
    const store = await storeOf(['kiwi', 'apple']);
    const { lexical, hits } = await store.searchChunks(query({ words: ['kiwi'] }), {
      scope: 'all',
      fileName: 'none',
    });
    expect(lexical).toEqual({ rows: 5, wordRows: [{ word: 'kiwi', rows: 1 }] });
    expect(hits).toEqual([]);
  });
});
