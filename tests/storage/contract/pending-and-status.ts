import { describe, expect, test } from 'vitest';
import { alone, modelHash, newAttempt, newResource, otherModelHash, query } from '../made-rows.ts';
import { unitVector, vectorOfText } from '../made-vectors.ts';
import type { OpenStore } from '../store-contract.ts';

export function pendingAndStatusContract(open: OpenStore): void {
  describe('pendingEmbeddings and fillEmbeddings', () => {
    test('name the oldest first, with the text that each stands for', async () => {
      const { store } = await open();
      await store.storeResource(
        newResource({ texts: ['one ', 'two '], vectorOf: (_, i) => (i === 0 ? null : unitVector(1)) }),
      );
      const lesson = 'a lesson';
      const attempt = newAttempt({
        lesson,
        embeddings: [
          { role: 'prompt', vector: null },
          { role: 'code', vector: null },
          { role: 'lesson', vector: null },
        ],
      });
      const { patternId } = await store.logAttempt(attempt, alone);
      const owner = { ownerKind: 'pattern', ownerId: patternId };
      const pending = await store.pendingEmbeddings(10);
      expect(pending).toEqual([
        { vectorId: 1, ownerKind: 'chunk', ownerId: 1, role: 'text', sourceText: 'one ' },
        { vectorId: 3, ...owner, role: 'prompt', sourceText: attempt.inputPrompt },
        { vectorId: 4, ...owner, role: 'code', sourceText: attempt.generatedCode },
        { vectorId: 5, ...owner, role: 'lesson', sourceText: lesson },
      ]);
      expect(await store.pendingEmbeddings(2)).toEqual(pending.slice(0, 2));
      expect((await store.status()).pendingVectors).toBe(4);
    });

    test('fill what is pending and leave alone what is not', async () => {
      const { store } = await open();
      const texts = ['one ', 'two ', 'three '];
      await store.storeResource(newResource({ texts, vectorOf: (_, i) => (i === 2 ? unitVector(3) : null) }));
      const fill = [1, 3, 99].map((vectorId) => ({ vectorId, vector: vectorOfText('filled') }));
      expect(await store.fillEmbeddings(fill, otherModelHash)).toBe(1);
      expect(await store.fillEmbeddings(fill, otherModelHash)).toBe(0);
      expect((await store.pendingEmbeddings(10)).map((row) => row.vectorId)).toEqual([2]);
      const cosines = async (modelHashes: string[]) => {
        const input = query({ vector: vectorOfText('filled'), modelHashes });
        return (await store.searchChunks(input, { scope: 'all' })).hits.map((hit) => [
          hit.chunkId,
          (hit.cosine ?? 0) > 0.99,
        ]);
      };
      expect(await cosines([otherModelHash])).toEqual([[1, true]]);
      expect(await cosines([modelHash])).toEqual([[3, false]]);
    });

    test('rows without vectors are found by word at once', async () => {
      const { store } = await open();
      await store.storeResource(newResource({ texts: ['kiwi '], vectorOf: () => null }));
      const { hits } = await store.searchChunks(query({ words: ['kiwi'], vector: unitVector(1) }), {
        scope: 'all',
      });
      expect(hits).toMatchObject([{ chunkId: 1, cosine: null }]);
    });
  });

  describe('projects', () => {
    test('are named by use, most used first', async () => {
      const { store } = await open();
      expect(await store.projects(10)).toEqual([]);
      const use = async (project: string | null, times: number) => {
        for (let i = 0; i < times; i++) {
          await store.storeResource(newResource({ project, texts: [`${project} ${i}`] }));
        }
      };
      await use('atlas', 1);
      await use(null, 4);
      await use('borealis', 3);
      await store.logAttempt(newAttempt({ project: 'cosmos' }), alone);
      expect(await store.projects(10)).toEqual(['borealis', 'cosmos', 'atlas']);
      expect(await store.projects(1)).toEqual(['borealis']);
    });
  });

  describe('status and maskKey', () => {
    test('count the rows', async () => {
      const { store } = await open();
      await store.storeResource(newResource({ texts: ['one ', 'two '], vectorOf: () => null }));
      await store.logAttempt(newAttempt(), alone);
      const status = await store.status();
      expect(status.counts).toEqual({ memories: 1, chunks: 2, messages: 0, todos: 0, patterns: 1, links: 0 });
      expect(status).toMatchObject({ nextVectorId: 5, pendingVectors: 2, lastBackup: null });
      expect(status.databaseBytes).toBeGreaterThan(0);
      expect(status.storeId).toMatch(/^[0-9a-f-]{36}$/);
    });

    test('the mask key is 32 bytes of the database, another one in each', async () => {
      const { store } = await open();
      const key = await store.maskKey();
      expect(key).toHaveLength(32);
      expect(await store.maskKey()).toEqual(key);
      const other = await open();
      expect(await other.store.maskKey()).not.toEqual(key);
      expect((await other.store.status()).storeId).not.toBe((await store.status()).storeId);
    });
  });

  describe('closing and opening again', () => {
    test('gives the same answers', async () => {
      const { store, reopen } = await open();
      await store.storeResource(newResource({ texts: ['kiwi one', ' kiwi two'], tags: ['t'] }));
      await store.logAttempt(newAttempt({ inputPrompt: 'kiwi' }), alone);
      const everything = async (opened: typeof store) => ({
        memory: await opened.getMemory(1),
        chunks: await opened.searchChunks(query({ words: ['kiwi'], vector: unitVector(1) }), {
          scope: 'all',
        }),
        patterns: await opened.searchPatterns(query({ words: ['kiwi'], vector: unitVector(1) }), {
          scope: 'all',
        }),
        maskKey: await opened.maskKey(),
        counts: (await opened.status()).counts,
      });
      const before = await everything(store);
      const reopened = await reopen();
      expect(await everything(reopened)).toEqual(before);
      expect((await reopened.storeResource(newResource({ fileName: 'b.md' }))).vectorIds.first).toBe(5);
    });

    test('a closed store refuses with database_unreachable', async () => {
      const { store } = await open();
      await store.close();
      await store.close();
      await expect(store.status()).rejects.toMatchObject({ code: 'database_unreachable' });
      await expect(store.storeResource(newResource({}))).rejects.toMatchObject({
        code: 'database_unreachable',
      });
    });
  });
}
