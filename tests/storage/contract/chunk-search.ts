import { describe, expect, test } from 'vitest';
import type { MemoryFilters, Store } from '../../../src/domain/ports.ts';
import { limits } from '../../../src/limits.ts';
import { madeAtMs, modelHash, newResource, otherModelHash, query } from '../made-rows.ts';
import { dot, unitVector, vectorAt, vectorOfText } from '../made-vectors.ts';
import { memoriesOf } from '../memories-of.ts';
import type { OpenStore } from '../store-contract.ts';

/** More of a kind than either arm of a search returns. */
const crowd = limits.chunkCandidatesMax + limits.chunkCandidatesMax;

const asked = unitVector(1);

/** A memory of many chunks that all answer the query better than `rare`, the one that the filters ask for. */
async function crowdedStore(store: Store): Promise<number> {
  await store.storeResource(
    newResource({
      project: 'atlas',
      fileName: 'crowd.md',
      resourceType: 'document',
      tags: ['common'],
      createdAt: { text: 'then', ms: madeAtMs },
      texts: Array.from({ length: crowd }, (_, i) => `kiwi kiwi kiwi ${i} `),
      vectorOf: (_, i) => vectorAt(0.9, asked, i),
    }),
  );
  // Words in half of the rows weigh nothing, so there must be rows without them.
  await store.storeResource(
    newResource({
      fileName: 'other.md',
      texts: Array.from({ length: crowd + 10 }, (_, i) => `other ${i} `),
      vectorOf: () => null,
    }),
  );
  const rare = await store.storeResource(
    newResource({
      project: 'borealis',
      fileName: 'rare.md',
      resourceType: 'decision',
      tags: ['common', 'rare'],
      createdAt: { text: 'later', ms: madeAtMs + 1000 },
      texts: ['a long note on this and that which names the kiwi once'],
      vectorOf: () => vectorAt(0.1, asked, 7_777),
    }),
  );
  return rare.resourceId;
}

const rareFilters: [string, MemoryFilters][] = [
  ['project', { scope: { project: 'borealis' } }],
  ['type', { scope: 'all', resourceType: 'decision' }],
  ['file', { scope: 'all', fileName: 'rare.md' }],
  ['tag', { scope: 'all', tags: ['rare'] }],
  ['all of several tags', { scope: 'all', tags: ['common', 'rare'] }],
  ['age', { scope: 'all', createdAfterMs: madeAtMs + 1 }],
  [
    'all of them',
    { scope: { project: 'borealis' }, resourceType: 'decision', fileName: 'rare.md', tags: ['rare'] },
  ],
];

export function chunkSearchContract(open: OpenStore): void {
  describe('searchChunks filters before it ranks', () => {
    test('so that one rare row is found by word, by vector and by both', async () => {
      const { store } = await open();
      const rare = await crowdedStore(store);
      for (const [name, filters] of rareFilters) {
        const byWord = await store.searchChunks(query({ words: ['kiwi'] }), filters);
        expect(await memoriesOf(store, byWord.hits), `${name}, by word`).toEqual([rare]);
        const byVector = await store.searchChunks(query({ vector: asked }), filters);
        expect(await memoriesOf(store, byVector.hits), `${name}, by vector`).toEqual([rare]);
        expect(byVector.searchedRows, name).toBe(1);
        const byBoth = await store.searchChunks(query({ words: ['kiwi'], vector: asked }), filters);
        expect(await memoriesOf(store, byBoth.hits), `${name}, by both`).toEqual([rare]);
        expect(byBoth.hits[0]?.bm25, name).toBeGreaterThan(0);
        expect(byBoth.hits[0]?.cosine, name).toBeCloseTo(0.1, 5);
      }
    });

    test('and lets nothing through that they exclude', async () => {
      const { store } = await open();
      await crowdedStore(store);
      const excluded: MemoryFilters[] = [
        { scope: 'all', resourceType: 'Decision' },
        { scope: 'all', fileName: 'rare' },
        { scope: 'all', tags: ['rare', 'missing'] },
        { scope: 'all', tags: ['rar'] },
        { scope: 'all', createdAfterMs: madeAtMs + 1001 },
        { scope: { project: 'Borealis' }, tags: ['rare'] },
      ];
      for (const filters of excluded) {
        const found = await store.searchChunks(query({ words: ['kiwi'], vector: asked }), filters);
        expect(found.hits, JSON.stringify(filters)).toEqual([]);
      }
    });

    test('a project sees its own rows and those without a project', async () => {
      const { store } = await open();
      for (const project of ['atlas', 'borealis', null]) {
        await store.storeResource(newResource({ project, texts: [`kiwi of ${project}`] }));
      }
      const seen = async (scope: MemoryFilters['scope']) => {
        const input = query({ words: ['kiwi'], vector: vectorOfText('kiwi of atlas') });
        const { hits, searchedRows } = await store.searchChunks(input, { scope });
        const records = await store.getChunks(hits.map((hit) => hit.chunkId));
        expect(searchedRows).toBe(records.length);
        return records.map((record) => record.project);
      };
      expect(await seen('all')).toEqual(['atlas', 'borealis', null]);
      expect(await seen({ project: 'atlas' })).toEqual(['atlas', null]);
      expect(await seen({ project: null })).toEqual([null]);
      expect(await seen({ project: 'unknown' })).toEqual([null]);
    });
  });

  describe('searchChunks gives each candidate every feature', () => {
    test('by both arms, whichever found it', async () => {
      const { store } = await open();
      const near = unitVector(50);
      await store.storeResource(
        newResource({
          texts: ['kiwi and more ', 'far from any word ', 'of no kind', ' pending 👩‍💻 kiwi'],
          vectorOf: (text) => {
            if (text.startsWith(' pending')) return null;
            return text.startsWith('far') ? vectorAt(0.95, near, 1) : vectorAt(0.2, near, 2);
          },
        }),
      );
      const { hits, searchedRows } = await store.searchChunks(query({ words: ['kiwi'], vector: near }), {
        scope: 'all',
      });
      const rounded = hits.map((hit) => [
        hit.bm25 > 0,
        hit.cosine === null ? null : Number(hit.cosine.toFixed(4)),
      ]);
      expect(rounded).toEqual([
        [true, 0.2],
        [false, 0.95],
        [false, 0.2],
        [true, null],
      ]);
      expect(searchedRows).toBeGreaterThanOrEqual(3);
    });

    test('the cosine is that of the full vectors', async () => {
      const { store } = await open();
      const vectors = Array.from({ length: 40 }, (_, i) => unitVector(100 + i));
      await store.storeResource(
        newResource({ texts: vectors.map((_, i) => `text ${i} `), vectorOf: (_, i) => vectors[i] ?? null }),
      );
      const { hits } = await store.searchChunks(query({ vector: asked }), { scope: 'all' });
      expect(hits).toHaveLength(40);
      hits.forEach((hit, i) => {
        expect(hit.cosine).toBeCloseTo(dot(asked, vectors[i] as Float32Array), 6);
      });
    });

    test('the word score is BM25 with k1 1.2 and b 0.75', async () => {
      const { store } = await open();
      const texts = [
        'kiwi apple',
        'kiwi kiwi pear plum grape',
        'pear',
        'plum grape fig',
        'fig fig fig',
        'lime',
      ];
      await store.storeResource(newResource({ texts: texts.map((text) => `${text}\n`) }));
      const { hits, lexical } = await store.searchChunks(query({ words: ['kiwi', 'apple'] }), {
        scope: 'all',
      });
      const lengths = texts.map((text) => text.split(' ').length);
      const average = lengths.reduce((sum, length) => sum + length, 0) / texts.length;
      const idf = (rows: number) => Math.log((texts.length - rows + 0.5) / (rows + 0.5));
      const part = (rows: number, times: number, length: number) =>
        (idf(rows) * times * 2.2) / (times + 1.2 * (0.25 + (0.75 * length) / average));
      expect(hits).toHaveLength(2);
      expect(hits[0]?.bm25).toBeCloseTo(part(2, 1, 2) + part(1, 1, 2), 6);
      expect(hits[1]?.bm25).toBeCloseTo(part(2, 2, 5), 6);
      expect(lexical).toEqual({
        rows: 6,
        wordRows: [
          { word: 'kiwi', rows: 2 },
          { word: 'apple', rows: 1 },
        ],
      });
    });

    test('a word that every row has still finds rows when no rarer one does', async () => {
      const { store } = await open();
      await store.storeResource(newResource({ texts: ['kiwi'] }));
      const { hits } = await store.searchChunks(query({ words: ['kiwi'] }), { scope: 'all' });
      expect(hits).toHaveLength(1);
      expect(hits[0]?.bm25).toBeGreaterThan(0);
    });
  });

  describe('searchChunks counts', () => {
    test('what it compared: with a vector the rows that have one, without all', async () => {
      const { store } = await open();
      const vectorOf = (_: string, i: number) => (i === 0 ? null : unitVector(i));
      await store.storeResource(newResource({ texts: ['one ', 'two ', 'three '], vectorOf }));
      await store.storeResource(newResource({ texts: ['old'], fileName: 'a.md' }));
      await store.storeResource(newResource({ texts: ['new'], fileName: 'a.md', replace: true }));
      const rows = async (input: Parameters<typeof query>[0]) =>
        (await store.searchChunks(query(input), { scope: 'all' })).searchedRows;
      expect(await rows({ vector: asked })).toBe(3);
      expect(await rows({ words: ['nothing'] })).toBe(4);
      expect(await rows({})).toBe(4);
    });

    test('nothing in a store that is empty', async () => {
      const { store } = await open();
      const found = await store.searchChunks(query({ words: ['kiwi'], vector: asked }), { scope: 'all' });
      expect(found).toEqual({
        hits: [],
        lexical: { rows: 0, wordRows: [{ word: 'kiwi', rows: 0 }] },
        searchedRows: 0,
        spread: { mean: 0, deviation: 0 },
      });
    });
  });

  describe('words that were looked up before the search', () => {
    const found = async (store: Store, words: string[]) =>
      (await store.searchChunks(query({ words, vector: asked }), { scope: 'all' })).hits;

    test('give the same as without; what is stored or removed in between counts', async () => {
      const { store } = await open();
      await crowdedStore(store);
      const before = await found(store, ['kiwi', 'once']);
      await store.lookUpWords('chunk', ['other']);
      await store.lookUpWords('chunk', ['kiwi', 'once']);
      expect(await found(store, ['kiwi', 'once'])).toEqual(before);

      await store.lookUpWords('chunk', ['tangerine']);
      const { resourceId } = await store.storeResource(newResource({ texts: ['a tangerine'] }));
      const [first, ...others] = (await found(store, ['tangerine'])).filter((hit) => hit.bm25 > 0);
      expect(await memoriesOf(store, first === undefined ? [] : [first])).toEqual([resourceId]);
      expect(others).toEqual([]);

      await store.lookUpWords('chunk', ['tangerine']);
      await store.remove([{ kind: 'memory', id: resourceId }], { dryRun: false });
      expect((await found(store, ['tangerine'])).filter((hit) => hit.bm25 > 0)).toEqual([]);
    });

    test('no words, and words that are syntax elsewhere, are looked up too', async () => {
      const { store } = await open();
      for (const kind of ['chunk', 'pattern', 'message', 'todo'] as const) {
        for (const words of [[], ['"', 'NOT', 'a\0b']]) {
          expect(await store.lookUpWords(kind, words)).toBeUndefined();
        }
      }
    });
  });

  describe('searchChunks compares only vectors of model files that fit', () => {
    test('and says null for the others', async () => {
      const { store } = await open();
      await store.storeResource(newResource({ texts: ['kiwi one'], fileName: 'a.md' }));
      await store.storeResource(
        newResource({ texts: ['kiwi two'], fileName: 'b.md', modelHash: otherModelHash }),
      );
      const vector = vectorOfText('kiwi two');
      const cosines = async (input: Parameters<typeof query>[0]) =>
        (await store.searchChunks(query({ vector, ...input }), { scope: 'all' })).hits.map((hit) =>
          hit.cosine === null ? null : hit.cosine > 0.99,
        );
      expect(await cosines({})).toEqual([false, true]);
      expect(await cosines({ modelHashes: [otherModelHash] })).toEqual([true]);
      expect(await cosines({ modelHashes: [modelHash, otherModelHash] })).toEqual([false, true]);
      expect(await cosines({ modelHashes: [] })).toEqual([]);
      expect(await cosines({ words: ['kiwi'], modelHashes: [otherModelHash] })).toEqual([null, true]);
    });
  });
}
