import { describe, expect, test } from 'vitest';
import { madeAtMs, newResource, query } from '../made-rows.ts';
import { memoriesOf } from '../memories-of.ts';
import type { OpenStore } from '../store-contract.ts';

/** Storing, taking over, superseding and reading memories. */
export function memoryContract(open: OpenStore): void {
  describe('storeResource and getMemory', () => {
    test('keep every field and every character', async () => {
      const { store } = await open();
      const texts = ['Línea uno\r\n', 'שלום \u0000 nul\t', '👩‍💻 e\u0301nd\u{10FFFF} '];
      const resource = newResource({
        project: 'atlas',
        fileName: 'it\'s a "name"; DROP TABLE Resources; --',
        resourceType: 'decision',
        tags: ['a b', 'ümlaut', '"quoted"'],
        metadata: { nested: { list: [1, null, 'x'] } },
        origin: 'user',
        createdAt: { text: '2019-05-06T07:08:09.000001', ms: 1_557_126_489_000 },
        texts,
      });
      const { resourceId } = await store.storeResource(resource);
      const memory = await store.getMemory(resourceId);
      expect(memory).toMatchObject({
        resourceId,
        project: 'atlas',
        fileName: resource.fileName,
        resourceType: 'decision',
        tags: resource.tags,
        metadata: resource.metadata,
        origin: 'user',
        createdAt: resource.createdAt,
        archived: false,
        revision: 1,
        contentHash: resource.contentHash,
        revisions: [],
      });
      expect(memory?.chunks.map((chunk) => chunk.text)).toEqual(texts);
      expect(memory?.chunks.map(({ start, end }) => [start, end])).toEqual(
        resource.chunks.map(({ start, end }) => [start, end]),
      );
    });

    test('keep what is absent as absent', async () => {
      const { store } = await open();
      const { resourceId } = await store.storeResource(
        newResource({ createdAt: { text: 'once', ms: null } }),
      );
      expect(await store.getMemory(resourceId)).toMatchObject({
        project: null,
        tags: [],
        metadata: null,
        createdAt: { text: 'once', ms: null },
      });
      expect(await store.getMemory(resourceId + 1)).toBeNull();
    });

    test('say how many chunks and which vectors there are', async () => {
      const { store } = await open();
      await store.storeResource(newResource({ fileName: 'first.md' }));
      const texts = ['one ', 'two ', 'three'];
      const vectorOf = () => null;
      expect(await store.storeResource(newResource({ texts, vectorOf }))).toMatchObject({
        chunkCount: 3,
        vectorIds: { first: 2, last: 4 },
        unchanged: false,
        pendingVectors: 3,
        earlier: [],
      });
    });
  });

  describe('the same content again', () => {
    test('stores nothing and takes over tags and metadata', async () => {
      const { store } = await open();
      const first = await store.storeResource(newResource({ tags: ['old'], metadata: { kept: 1 } }));
      const again = await store.storeResource(newResource({ tags: ['new'] }));
      expect(again).toEqual({ ...first, unchanged: true });
      expect(await store.getMemory(first.resourceId)).toMatchObject({ tags: ['new'], metadata: { kept: 1 } });

      await store.storeResource(newResource({ metadata: { given: 2 } }));
      expect(await store.getMemory(first.resourceId)).toMatchObject({
        tags: ['new'],
        metadata: { given: 2 },
      });
      const { counts, nextVectorId } = await store.status();
      expect({ ...counts, nextVectorId }).toMatchObject({ memories: 1, chunks: 1, nextVectorId: 2 });
    });

    test('is told beforehand by touchUnchanged', async () => {
      const { store } = await open();
      const resource = newResource({});
      expect(await store.touchUnchanged(resource)).toBeNull();
      const stored = await store.storeResource(resource);
      expect(await store.touchUnchanged({ ...resource, tags: ['t'] })).toEqual({
        ...stored,
        unchanged: true,
      });
      expect(await store.getMemory(stored.resourceId)).toMatchObject({ tags: ['t'] });
      expect(await store.touchUnchanged({ ...resource, project: 'atlas' })).toBeNull();
      expect(await store.touchUnchanged({ ...resource, fileName: 'other.md' })).toBeNull();
      expect(await store.touchUnchanged({ ...resource, contentHash: 'f'.repeat(64) })).toBeNull();
    });

    test('in another project or under another name is another memory', async () => {
      const { store } = await open();
      const ids = new Set<number>();
      for (const given of [{}, { project: 'atlas' }, { project: 'borealis' }, { fileName: 'other.md' }]) {
        const stored = await store.storeResource(newResource(given));
        expect(stored.unchanged).toBe(false);
        ids.add(stored.resourceId);
      }
      expect(ids.size).toBe(4);
    });

    test('after it was superseded is a new memory', async () => {
      const { store } = await open();
      const first = await store.storeResource(newResource({ texts: ['v1'] }));
      await store.storeResource(newResource({ texts: ['v2'], replace: true }));
      expect(await store.touchUnchanged(newResource({ texts: ['v1'] }))).toBeNull();
      const third = await store.storeResource(newResource({ texts: ['v1'], replace: true }));
      expect(third).toMatchObject({ unchanged: false });
      expect(third.resourceId).toBeGreaterThan(first.resourceId);
    });
  });

  describe('other content under the same name', () => {
    test('is another memory and names the earlier ones, newest first', async () => {
      const { store } = await open();
      const createdAt = (day: number) => ({ text: `2026-02-0${day}`, ms: madeAtMs + day });
      // The clock runs backwards here: order is by id.
      const first = await store.storeResource(newResource({ texts: ['v1'], createdAt: createdAt(3) }));
      const second = await store.storeResource(newResource({ texts: ['v2'], createdAt: createdAt(1) }));
      await store.storeResource(newResource({ texts: ['v1'], project: 'atlas' }));
      const third = await store.storeResource(newResource({ texts: ['v3'] }));
      expect(second.earlier).toEqual([{ resourceId: first.resourceId, createdAt: '2026-02-03' }]);
      expect(third.earlier.map((memory) => memory.resourceId)).toEqual([second.resourceId, first.resourceId]);
      expect(await store.getMemory(first.resourceId)).toMatchObject({ archived: false });
    });

    test.each(['storeResource', 'touchUnchanged'] as const)(
      'with replace it is the only one in the answers (%s)',
      async (call) => {
        const { store } = await open();
        const first = await store.storeResource(newResource({ texts: ['kiwi v1'] }));
        const second = await store.storeResource(newResource({ texts: ['kiwi v2'] }));
        const again = await store[call](newResource({ texts: ['kiwi v1'], replace: true }));
        expect(again).toMatchObject({
          ...first,
          unchanged: true,
          earlier: [{ resourceId: second.resourceId }],
        });
        const { hits } = await store.searchChunks(query({ words: ['kiwi'] }), { scope: 'all' });
        expect(await memoriesOf(store, hits)).toEqual([first.resourceId]);
        expect(await store.getMemory(second.resourceId)).toMatchObject({ archived: true });
        expect((await store.getMemory(first.resourceId))?.revisions).toMatchObject([
          { resourceId: second.resourceId },
        ]);
      },
    );

    test('with replace takes the older ones out of the answers and keeps them readable', async () => {
      const { store } = await open();
      const first = await store.storeResource(newResource({ texts: ['kiwi v1'] }));
      const elsewhere = await store.storeResource(newResource({ texts: ['kiwi v1'], project: 'atlas' }));
      const otherFile = await store.storeResource(newResource({ texts: ['kiwi v1'], fileName: 'other.md' }));
      const second = await store.storeResource(newResource({ texts: ['kiwi v2'], replace: true }));
      const third = await store.storeResource(newResource({ texts: ['kiwi v3'], replace: true }));
      expect(third.earlier.map((memory) => memory.resourceId)).toEqual([second.resourceId]);

      const found = await store.searchChunks(query({ words: ['kiwi'] }), { scope: 'all' });
      expect(await memoriesOf(store, found.hits)).toEqual([
        elsewhere.resourceId,
        otherFile.resourceId,
        third.resourceId,
      ]);
      expect(found.lexical).toEqual({ rows: 3, wordRows: [{ word: 'kiwi', rows: 3 }] });
      const old = await store.getMemory(first.resourceId);
      expect(old).toMatchObject({ archived: true, chunks: [{ text: 'kiwi v1' }] });
      expect(await store.getChunks([old?.chunks[0]?.chunkId ?? 0])).toEqual([]);

      const newest = await store.getMemory(third.resourceId);
      expect(newest?.revisions.map((revision) => revision.resourceId)).toEqual([
        first.resourceId,
        second.resourceId,
      ]);
      expect((await store.status()).counts.memories).toBe(3);
    });
  });

  describe('getChunks', () => {
    test('gives the chunks in the order asked for and leaves out what is not there', async () => {
      const { store } = await open();
      const { resourceId } = await store.storeResource(
        newResource({ project: 'atlas', texts: ['one ', 'two '], origin: 'file' }),
      );
      const [one, two] = (await store.getMemory(resourceId))?.chunks.map((chunk) => chunk.chunkId) ?? [];
      const records = await store.getChunks([two ?? 0, 9_999, one ?? 0]);
      expect(records.map((record) => record.text)).toEqual(['two ', 'one ']);
      expect(records[0]).toMatchObject({
        chunkId: two,
        resourceId,
        fileName: 'notes.md',
        resourceType: 'document',
        project: 'atlas',
        origin: 'file',
        createdAt: { ms: madeAtMs },
      });
      expect(await store.getChunks([])).toEqual([]);
    });
  });
}
