import { describe, expect, test } from 'vitest';
import { alone, madeAtMs, modelHash, newAttempt, query } from '../made-rows.ts';
import { vectorOfText } from '../made-vectors.ts';
import type { OpenStore } from '../store-contract.ts';

const everything = { scope: 'all' } as const;

export function attemptChangeContract(open: OpenStore): void {
  describe('changeAttempt', () => {
    test('changes what is given, and a lesson gets a vector to be filled in', async () => {
      const { store } = await open();
      const { patternId } = await store.logAttempt(newAttempt({ tags: ['a'] }), alone);
      const [before] = await store.getPatterns([patternId]);
      const searchText = 'reverse mango';
      expect(await store.changeAttempt(patternId, { lesson: 'l1', result: 'partial', searchText })).toBe(
        true,
      );
      expect(await store.getPatterns([patternId])).toEqual([{ ...before, lesson: 'l1', result: 'partial' }]);
      expect(await store.pendingEmbeddings(5)).toEqual([
        { vectorId: 3, ownerKind: 'pattern', ownerId: patternId, role: 'lesson', sourceText: 'l1' },
      ]);
      await store.fillEmbeddings([{ vectorId: 3, vector: vectorOfText('l1') }], modelHash);
      await store.changeAttempt(patternId, { lesson: 'l2', tags: ['b'], searchText });
      expect(await store.pendingEmbeddings(5)).toMatchObject([{ vectorId: 4, sourceText: 'l2' }]);
      const { hits } = await store.searchPatterns(
        query({ words: ['mango'], vector: vectorOfText('l1') }),
        everything,
      );
      expect(hits).toMatchObject([{ patternId, lessonCosine: null }]);
      expect(hits[0]?.bm25).toBeGreaterThan(0);
      expect((await store.status()).nextVectorId).toBe(5);
      expect(await store.changeAttempt(99, { searchText })).toBe(false);
    });

    test('never gives a lesson the vector of the one before it', async () => {
      const { store } = await open();
      const { patternId } = await store.logAttempt(newAttempt(), alone);
      const searchText = 'reverse';
      await store.changeAttempt(patternId, { lesson: 'first', searchText });
      const pending = await store.pendingEmbeddings(5);
      // While the first is being embedded.
      await store.changeAttempt(patternId, { lesson: 'second', searchText });
      const filled = pending.map(({ vectorId, sourceText }) => ({
        vectorId,
        vector: vectorOfText(sourceText),
      }));
      expect(await store.fillEmbeddings(filled, modelHash)).toBe(0);
      expect(await store.pendingEmbeddings(5)).toMatchObject([{ role: 'lesson', sourceText: 'second' }]);
    });

    test('takes an attempt out of the answers and back', async () => {
      const { store } = await open();
      const { patternId, familyId } = await store.logAttempt(newAttempt(), alone);
      const input = query({ words: ['reverse'], vector: vectorOfText('x') });
      const searchText = 'reverse';
      for (const archived of [true, false, true]) {
        await store.changeAttempt(patternId, { archived, searchText });
        const expected = archived ? [] : [patternId];
        const { hits } = await store.searchPatterns(input, everything);
        expect(hits.map((hit) => hit.patternId)).toEqual(expected);
        const members = await store.familyMembers([familyId], input, everything);
        expect(members.map((hit) => hit.patternId)).toEqual(expected);
        expect((await store.familyCounts([familyId])).size).toBe(expected.length);
        expect(await store.newestAttempts(5)).toEqual(expected);
        expect(await store.getPatterns([patternId])).toMatchObject([{ archived }]);
      }
    });
  });

  describe('attemptFacts and attemptsWithCode', () => {
    test('give what statistics need page by page, the last made first, from a moment on', async () => {
      const { store } = await open();
      for (let i = 0; i < 4; i++) {
        const createdAt = { text: `${i}`, ms: madeAtMs + i };
        await store.logAttempt(
          newAttempt({ createdAt, functionName: `f${i % 2}`, executionTimeMs: i }),
          alone,
        );
      }
      await store.logAttempt(newAttempt({ createdAt: { text: 'unreadable', ms: null } }), alone);
      const facts = await store.attemptFacts(everything, madeAtMs + 1, { after: null, limit: 9 });
      expect(facts.map((fact) => fact.patternId)).toEqual([4, 3, 2]);
      const first = await store.attemptFacts(everything, madeAtMs + 1, { after: null, limit: 2 });
      const second = await store.attemptFacts(everything, madeAtMs + 1, { after: first[1]!, limit: 2 });
      expect([...first, ...second]).toEqual(facts);
      expect(facts[2]).toMatchObject({
        result: 'pass',
        executionTimeMs: 1,
        functionName: 'f1',
        repaired: false,
        tags: [],
      });
      const named = await store.attemptFacts({ scope: 'all', functionName: 'f0' }, 0, {
        after: null,
        limit: 9,
      });
      expect(named.map((fact) => fact.patternId)).toEqual([3, 1]);
    });

    test('find the attempts of the same code in the scope, newest first', async () => {
      const { store } = await open();
      for (const project of ['atlas', 'borealis', null]) {
        await store.logAttempt(newAttempt({ project, codeKey: 'same' }), alone);
      }
      await store.logAttempt(newAttempt({ codeKey: 'other' }), alone);
      const ids = async (project: string) =>
        (await store.attemptsWithCode('same', { project })).map((record) => record.patternId);
      expect(await ids('atlas')).toEqual([3, 1]);
      await store.changeAttempt(3, { archived: true, searchText: '' });
      expect(await ids('atlas')).toEqual([1]);
    });
  });
}
