import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { MemoryChange, Store } from '../../../src/domain/ports.ts';
import { searchText } from '../../../src/domain/words.ts';
import { madeAtMs, modelHash, newResource, query } from '../made-rows.ts';
import { vectorOfText } from '../made-vectors.ts';
import { memoriesOf } from '../memories-of.ts';
import type { OpenStore } from '../store-contract.ts';

const changedAt = { text: '2026-03-04T05:06:07.000Z', ms: madeAtMs + 1 };

function contentOf(texts: string[]): NonNullable<MemoryChange['content']> {
  const { chunks } = newResource({ texts });
  return { hash: createHash('sha256').update(texts.join('')).digest('hex'), chunks, modelHash };
}

const foundBy = async (store: Store, word: string) => {
  const input = query({ words: [word], vector: vectorOfText(word) });
  const { hits } = await store.searchChunks(input, { scope: 'all' });
  return memoriesOf(
    store,
    hits.filter((hit) => hit.bm25 > 0),
  );
};

export function memoryChangeContract(open: OpenStore): void {
  describe('changeMemory', () => {
    test('gives a new text a new revision under the same id and keeps the old one readable', async () => {
      const { store } = await open();
      const { resourceId } = await store.storeResource(newResource({ texts: ['kiwi ', 'old'], tags: ['t'] }));
      await store.storeResource(newResource({ fileName: 'other', texts: ['other', ' more', ' text'] }));
      const changed = await store.changeMemory(
        resourceId,
        { content: contentOf(['mango']), changedAt },
        searchText,
      );
      expect(changed).toEqual({ revision: 2, chunkCount: 1, pendingVectors: 0 });
      const memory = await store.getMemory(resourceId);
      expect(memory).toMatchObject({ resourceId, revision: 2, tags: ['t'], archived: false });
      expect(memory?.contentHash).toBe(contentOf(['mango']).hash);
      expect(memory?.chunks.map((chunk) => chunk.text)).toEqual(['mango']);
      expect(memory?.revisions).toMatchObject([{ revision: 1, resourceId }]);
      const before = await store.getMemory(resourceId, 1);
      expect(before?.chunks.map((chunk) => chunk.text)).toEqual(['kiwi ', 'old']);
      expect(before).toMatchObject({ revision: 1, resourceId, tags: ['t'] });
      expect(before?.contentHash).not.toBe(memory?.contentHash);
      expect(await store.getMemory(resourceId, 2)).toEqual(memory);
      expect(await store.getMemory(resourceId, 3)).toBeNull();
      expect(await foundBy(store, 'mango')).toEqual([resourceId]);
      expect(await foundBy(store, 'kiwi')).toEqual([]);
      expect((await store.status()).nextVectorId).toBe(7);
    });

    test('changes what is given and nothing else', async () => {
      const { store } = await open();
      const { resourceId } = await store.storeResource(newResource({ tags: ['a'], metadata: { a: 1 } }));
      const before = await store.getMemory(resourceId);
      await store.changeMemory(resourceId, { tags: ['b'], changedAt }, searchText);
      expect(await store.getMemory(resourceId)).toEqual({ ...before, tags: ['b'] });
      await store.changeMemory(resourceId, { metadata: null, fileName: 'new.md', changedAt }, searchText);
      expect(await store.getMemory(resourceId)).toEqual({
        ...before,
        tags: ['b'],
        metadata: null,
        fileName: 'new.md',
      });
      expect(await store.changeMemory(999, { tags: [], changedAt }, searchText)).toBeNull();
    });

    test('takes a memory out of the answers and back', async () => {
      const { store } = await open();
      const { resourceId } = await store.storeResource(newResource({ texts: ['kiwi'] }));
      await store.storeResource(newResource({ fileName: 'other', texts: ['a', 'b', 'c'] }));
      for (let round = 0; round < 2; round++) {
        await store.changeMemory(resourceId, { archived: true, changedAt }, searchText);
        expect(await foundBy(store, 'kiwi')).toEqual([]);
        expect(await store.getMemory(resourceId)).toMatchObject({
          archived: true,
          chunks: [{ text: 'kiwi' }],
        });
        await store.changeMemory(resourceId, { archived: false, changedAt }, searchText);
        expect(await foundBy(store, 'kiwi')).toEqual([resourceId]);
      }
    });

    test('brings back only the newest text of a memory', async () => {
      const { store } = await open();
      const { resourceId } = await store.storeResource(newResource({ texts: ['kiwi'] }));
      await store.storeResource(newResource({ fileName: 'other', texts: ['a', 'b', 'c'] }));
      await store.changeMemory(resourceId, { archived: true, changedAt }, searchText);
      await store.changeMemory(resourceId, { content: contentOf(['mango']), changedAt }, searchText);
      expect(await foundBy(store, 'mango')).toEqual([]);
      await store.changeMemory(resourceId, { archived: false, changedAt }, searchText);
      expect(await foundBy(store, 'mango')).toEqual([resourceId]);
      expect(await foundBy(store, 'kiwi')).toEqual([]);
    });
  });

  describe('a superseded memory that comes back', () => {
    async function takenTurns(open: OpenStore) {
      const { store } = await open();
      const kiwi = newResource({ texts: ['kiwi'], replace: true });
      await store.storeResource(kiwi);
      await store.storeResource(newResource({ texts: ['mango'], replace: true }));
      await store.changeMemory(1, { archived: false, changedAt }, searchText);
      return { store, kiwi };
    }

    test('is no revision of the one that superseded it, and stays when that goes', async () => {
      const { store } = await takenTurns(open);
      expect((await store.getMemory(2))?.revisions).toEqual([]);
      await store.remove([{ kind: 'memory', id: 2 }], { dryRun: false });
      expect(await store.getMemory(1)).toMatchObject({ archived: false, chunks: [{ text: 'kiwi' }] });
    });

    test('can supersede that one in its turn, and be removed with it', async () => {
      const { store, kiwi } = await takenTurns(open);
      expect(await store.storeResource(kiwi)).toMatchObject({ resourceId: 1, unchanged: true });
      expect((await store.getMemory(1))?.revisions).toMatchObject([{ resourceId: 2 }]);
      const removed = await store.remove([{ kind: 'memory', id: 1 }], { dryRun: false });
      expect(removed).toEqual({ Resources: 2, ResourceChunks: 2, Embeddings: 2 });
    });
  });

  describe('listMemories, resourceOfChunk and resourcesNamed', () => {
    test('list page by page, newest first, what the filters let through', async () => {
      const { store } = await open();
      for (let i = 1; i <= 7; i++) {
        const project = i % 2 === 0 ? 'atlas' : null;
        await store.storeResource(newResource({ project, fileName: `${i}`, texts: [`text ${i}`, ' more'] }));
      }
      const ids: number[] = [];
      let after: number | null = null;
      for (;;) {
        const page = await store.listMemories({ scope: 'all' }, { limit: 3, after });
        ids.push(...page.rows.map((row) => row.resourceId));
        expect(page.more).toBe(ids.length < 7);
        if (!page.more) break;
        after = ids.at(-1) ?? null;
      }
      expect(ids).toEqual([7, 6, 5, 4, 3, 2, 1]);
      const own = await store.listMemories({ scope: { project: null } }, { limit: 50, after: null });
      expect(own.rows.map((row) => row.resourceId)).toEqual([7, 5, 3, 1]);
      expect(own.rows[0]).toMatchObject({ fileName: '7', chunkCount: 2, revision: 1, origin: 'agent' });
      const named = await store.listMemories({ scope: 'all', fileName: '4' }, { limit: 50, after: null });
      expect(named.rows).toMatchObject([{ resourceId: 4, project: 'atlas' }]);
    });

    test('name the memory of a chunk, and the memories of a name in exactly one project', async () => {
      const { store } = await open();
      await store.storeResource(newResource({ texts: ['v1'] }));
      await store.storeResource(newResource({ texts: ['v2'], replace: true }));
      await store.storeResource(newResource({ texts: ['v2'], project: 'atlas' }));
      expect(await store.resourcesNamed(null, 'notes.md')).toEqual([1, 2]);
      expect(await store.resourcesNamed('atlas', 'notes.md')).toEqual([3]);
      expect(await store.resourcesNamed('atlas', 'none.md')).toEqual([]);
      expect(await store.resourceOfChunk(1)).toBe(1);
      expect(await store.resourceOfChunk(99)).toBeNull();
    });
  });
}
