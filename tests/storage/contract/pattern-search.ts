import { expect, test } from 'vitest';
import type { PatternCandidate, PatternFilters, Store } from '../../../src/domain/ports.ts';
import { limits } from '../../../src/limits.ts';
import { alone, newAttempt, otherModelHash, query } from '../made-rows.ts';
import { unitVector, vectorAt, vectorOfText } from '../made-vectors.ts';
import type { OpenStore } from '../store-contract.ts';

const crowd = limits.candidatesByMeaningMax + 20;
const asked = unitVector(1);

/** Many attempts that answer better than the rare one; more of them without the query's word. */
async function crowdedStore(store: Store): Promise<number> {
  for (let i = 0; i < crowd; i++) {
    await store.logAttempt(
      newAttempt({
        project: 'atlas',
        inputPrompt: `kiwi ${i}`,
        functionName: 'common',
        fileName: 'common.ts',
        moduleName: 'common',
        tags: ['common'],
        embeddings: [
          { role: 'prompt', vector: vectorAt(0.9, asked, i) },
          { role: 'code', vector: null },
        ],
      }),
      alone,
    );
  }
  const rare = await store.logAttempt(
    newAttempt({
      project: 'borealis',
      inputPrompt: 'a long task on this and that in which the kiwi is named',
      result: 'partial',
      functionName: 'rare',
      fileName: 'rare.ts',
      moduleName: 'rare',
      tags: ['common', 'rare'],
      embeddings: [
        { role: 'prompt', vector: vectorAt(0.1, asked, 5_555) },
        { role: 'code', vector: null },
      ],
    }),
    alone,
  );
  return rare.patternId;
}

const rareFilters: [string, PatternFilters][] = [
  ['project', { scope: { project: 'borealis' } }],
  ['result', { scope: 'all', result: 'partial' }],
  ['function', { scope: 'all', functionName: 'rare' }],
  ['file', { scope: 'all', fileName: 'rare.ts' }],
  ['module', { scope: 'all', moduleName: 'rare' }],
  ['tags', { scope: 'all', tags: ['common', 'rare'] }],
];

export function patternSearchContract(open: OpenStore): void {
  test('what some words contribute to a score is told apart, the score stays what it is', async () => {
    const { store } = await open();
    const attempt = (inputPrompt: string) =>
      store.logAttempt(newAttempt({ inputPrompt, functionName: 'getUser' }), alone);
    const { patternId, familyId } = await attempt('kiwi failed');
    await attempt('kiwi');
    for (const text of ['plum', 'pear', 'fig', 'date']) await attempt(text);
    const whole = query({ words: ['kiwi', 'failed'] });
    const told = { ...whole, wordsApart: ['failed'] };
    const filters = { scope: 'all' } as const;
    const scoresOf = (hits: PatternCandidate[]) => hits.map(({ patternId: id, bm25 }) => [id, bm25]);

    const { hits } = await store.searchPatterns(told, filters);
    expect(scoresOf(hits)).toEqual(scoresOf((await store.searchPatterns(whole, filters)).hits));
    const kiwi = (await store.searchPatterns(query({ words: ['kiwi'] }), filters)).hits;
    const own = (found: PatternCandidate[]) => found.find((hit) => hit.patternId === patternId)!;
    expect(own(hits).bm25 - own(hits).bm25Apart).toBeCloseTo(own(kiwi).bm25, 9);
    expect(hits.filter((hit) => hit.patternId !== patternId).map((hit) => hit.bm25Apart)).toEqual([0]);
    const [member] = await store.familyMembers([familyId], told, filters);
    expect(member).toMatchObject(own(hits));
    expect([...(await store.attemptsAt(['getuser'], 'all'))].sort()).toContain(patternId);
    expect(await store.attemptsAt(['another'], 'all')).toEqual(new Set());
  });

  test('searchPatterns filters before it ranks, so that one rare attempt is found', async () => {
    const { store } = await open();
    const rare = await crowdedStore(store);
    for (const [name, filters] of rareFilters) {
      for (const input of [{ words: ['kiwi'] }, { vector: asked }, { words: ['kiwi'], vector: asked }]) {
        const found = await store.searchPatterns(query(input), filters);
        const ids = found.hits.map((hit) => hit.patternId);
        expect(ids, `${name}, by ${Object.keys(input).join(' and ')}`).toEqual([rare]);
        expect(found.searchedRows, name).toBe(1);
      }
    }
    const none = await store.searchPatterns(query({ vector: asked }), { scope: 'all', functionName: 'Rare' });
    expect(none.hits).toEqual([]);
  });

  test('searchPatterns gives the cosine of each text of an attempt and counts the attempt once', async () => {
    const { store } = await open();
    const { patternId } = await store.logAttempt(
      newAttempt({
        lesson: 'mind the gap',
        embeddings: [
          { role: 'prompt', vector: vectorAt(0.5, asked, 1) },
          { role: 'code', vector: vectorAt(0.8, asked, 2) },
          { role: 'lesson', vector: vectorAt(-0.3, asked, 3) },
        ],
      }),
      alone,
    );
    const pending = await store.logAttempt(
      newAttempt({
        inputPrompt: 'zebra',
        embeddings: [
          { role: 'prompt', vector: null },
          { role: 'code', vector: null },
        ],
      }),
      alone,
    );
    const { hits, searchedRows } = await store.searchPatterns(query({ words: ['zebra'], vector: asked }), {
      scope: 'all',
    });
    expect(hits[0]).toMatchObject({ patternId, bm25: 0 });
    expect(hits[0]?.promptCosine).toBeCloseTo(0.5, 5);
    expect(hits[0]?.codeCosine).toBeCloseTo(0.8, 5);
    expect(hits[0]?.lessonCosine).toBeCloseTo(-0.3, 5);
    expect(hits[1]).toMatchObject({ patternId: pending.patternId, promptCosine: null, codeCosine: null });
    expect(hits[1]?.bm25).toBeGreaterThan(0);
    expect(searchedRows).toBeLessThanOrEqual(2);
  });

  test('searchPatterns finds an attempt by its code alone', async () => {
    const { store } = await open();
    const code = 'export const sum = (a, b) => a + b;';
    const { patternId } = await store.logAttempt(newAttempt({ generatedCode: code }), alone);
    for (let i = 0; i < limits.candidatesByMeaningMax; i++) {
      const inputPrompt = `task ${i}`;
      await store.logAttempt(newAttempt({ inputPrompt, generatedCode: `code ${i}` }), alone);
    }
    const { hits } = await store.searchPatterns(query({ vector: vectorOfText(code) }), { scope: 'all' });
    const best = hits.toSorted((a, b) => (b.codeCosine ?? -1) - (a.codeCosine ?? -1))[0];
    expect(best?.patternId).toBe(patternId);
    expect(best?.codeCosine).toBeCloseTo(1, 5);
  });

  test('searchPatterns compares only vectors of model files that fit', async () => {
    const { store } = await open();
    await store.logAttempt(newAttempt({ modelHash: otherModelHash }), alone);
    const search = (modelHashes: string[]) =>
      store.searchPatterns(query({ vector: asked, modelHashes }), { scope: 'all' });
    expect((await search([otherModelHash])).hits).toHaveLength(1);
    expect((await search(['0'.repeat(64)])).hits).toEqual([]);
  });

  test('familiesOf leaves out attempts that are archived or not there', async () => {
    const { store } = await open();
    const first = await store.logAttempt(newAttempt({ inputPrompt: 'kiwi' }), alone);
    const second = await store.logAttempt(newAttempt({ inputPrompt: 'zebra' }), alone);
    await store.changeAttempt(second.patternId, { archived: true, searchText: '' });
    const found = await store.familiesOf([second.patternId, 999, first.patternId]);
    expect(found).toEqual(new Map([[first.patternId, first.familyId]]));
  });

  test('familyMembers gives every member that the filters let through, hit or not', async () => {
    const { store } = await open();
    const first = await store.logAttempt(newAttempt({ inputPrompt: 'kiwi', result: 'fail' }), alone);
    const into = () => ({ familyId: first.familyId, links: [] });
    const second = await store.logAttempt(newAttempt({ inputPrompt: 'far away' }), into);
    await store.logAttempt(newAttempt({ inputPrompt: 'another family' }), alone);
    const input = query({ words: ['kiwi'], vector: vectorOfText('kiwi') });
    const members = await store.familyMembers([first.familyId], input, { scope: 'all' });
    expect(members.map((hit) => hit.patternId)).toEqual([first.patternId, second.patternId]);
    expect(members[0]?.bm25).toBeGreaterThan(0);
    expect(members[0]?.promptCosine).toBeCloseTo(1, 5);
    expect(members[1]).toMatchObject({ bm25: 0, familyId: first.familyId });
    const found = await store.searchPatterns(input, { scope: 'all' });
    const ofFamily = found.hits.filter(({ patternId }) => members.some((hit) => hit.patternId === patternId));
    expect(members).toEqual(ofFamily.map((candidate) => expect.objectContaining(candidate)));

    const passed = await store.familyMembers([first.familyId], input, { scope: 'all', result: 'pass' });
    expect(passed.map((hit) => hit.patternId)).toEqual([second.patternId]);
    expect(await store.familyMembers([], input, { scope: 'all' })).toEqual([]);
  });
}
