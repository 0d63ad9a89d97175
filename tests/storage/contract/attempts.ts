import { describe, expect, test } from 'vitest';
import type { AttemptContext, NewAttempt, Store } from '../../../src/domain/ports.ts';
import { limits } from '../../../src/limits.ts';
import { alone, madeAtMs, newAttempt } from '../made-rows.ts';
import { unitVector, vectorAt } from '../made-vectors.ts';
import type { OpenStore } from '../store-contract.ts';

/** Logs an attempt and returns what its placement was shown. */
async function contextOf(store: Store, attempt: NewAttempt): Promise<AttemptContext> {
  let shown: AttemptContext | undefined;
  await store.logAttempt(attempt, (context) => {
    shown = context;
    return alone();
  });
  if (shown === undefined) throw new Error('The placement was not asked.');
  return shown;
}

export function attemptContract(open: OpenStore): void {
  describe('logAttempt and getPatterns', () => {
    test('keep every field', async () => {
      const { store } = await open();
      const attempt = newAttempt({
        project: 'atlas',
        functionName: 'reverseWords',
        fileName: 'src/words.ts',
        moduleName: 'words',
        result: 'fail',
        executionTimeMs: 42,
        errorMessage: "TypeError: s.split is not a function\n  at 'x'",
        errorKind: 'code',
        errorSignature: 'TypeError: s.split is not a function',
        lesson: 'the argument may be undefined',
        testCommand: 'npm test',
        commit: 'abc123',
        tags: ['strings', 'típo'],
        createdAt: { text: '2026-01-01', ms: madeAtMs },
        language: 'typescript',
      });
      const stored = await store.logAttempt(attempt, alone);
      expect(stored).toMatchObject({ vectorId: 1, links: [], pendingVectors: 0 });
      const [record] = await store.getPatterns([stored.patternId]);
      expect(record).toEqual({
        patternId: stored.patternId,
        project: 'atlas',
        functionName: 'reverseWords',
        fileName: 'src/words.ts',
        moduleName: 'words',
        inputPrompt: attempt.inputPrompt,
        generatedCode: attempt.generatedCode,
        result: 'fail',
        executionTimeMs: 42,
        errorMessage: attempt.errorMessage,
        errorKind: 'code',
        errorSignature: attempt.errorSignature,
        lesson: attempt.lesson,
        testCommand: 'npm test',
        commit: 'abc123',
        tags: attempt.tags,
        origin: 'agent',
        createdAt: attempt.createdAt,
        archived: false,
        vectorId: 1,
        familyId: stored.familyId,
        fixedBy: null,
      });
      expect(await store.getPatterns([999, stored.patternId])).toHaveLength(1);
    });

    test('give each text of an attempt a vector id, the prompt first', async () => {
      const { store } = await open();
      const pending = newAttempt({
        lesson: 'l',
        embeddings: [
          { role: 'prompt', vector: null },
          { role: 'code', vector: unitVector(1) },
          { role: 'lesson', vector: null },
        ],
      });
      expect(await store.logAttempt(newAttempt(), alone)).toMatchObject({ vectorId: 1 });
      expect(await store.logAttempt(pending, alone)).toMatchObject({ vectorId: 3, pendingVectors: 2 });
      expect((await store.status()).nextVectorId).toBe(6);
    });
  });

  describe('the placement of an attempt', () => {
    test('is shown nothing in an empty store', async () => {
      const { store } = await open();
      expect(await contextOf(store, newAttempt())).toEqual({ related: [], filesOfName: 0 });
    });

    const sharing: [string, Partial<NewAttempt>][] = [
      ['the same prompt', {}],
      ['the same function name', { functionName: 'reverse', inputPrompt: 'p' }],
      ['the same file', { fileName: 'a.ts', inputPrompt: 'p' }],
      ['the same module', { moduleName: 'words', inputPrompt: 'p' }],
      ['the same test command', { testCommand: 'npm test', inputPrompt: 'p' }],
    ];
    test.each(sharing)('is shown the earlier attempts with %s, of its project alone', async (_, shared) => {
      const { store } = await open();
      const { inputPrompt, ...keys } = shared;
      const other = inputPrompt === undefined ? {} : { inputPrompt: 'something else' };
      const earlier = await store.logAttempt(newAttempt({ project: 'atlas', ...keys, ...other }), alone);
      await store.logAttempt(newAttempt({ project: 'borealis', ...keys, ...other }), alone);
      await store.logAttempt(newAttempt({ project: null, ...keys, ...other }), alone);
      await store.logAttempt(newAttempt({ project: 'atlas', inputPrompt: 'unrelated' }), alone);
      const { related } = await contextOf(store, newAttempt({ project: 'atlas', ...shared }));
      expect(related.map((attempt) => attempt.patternId)).toEqual([earlier.patternId]);
      expect(related[0]).toMatchObject({ sameProject: true, isRepresentative: true, familySize: 1 });
    });

    test('is shown what an attempt is and how near its prompt lies', async () => {
      const { store } = await open();
      const prompt = unitVector(5);
      const earlier = await store.logAttempt(
        newAttempt({
          functionName: 'Reverse',
          fileName: 'a.ts',
          result: 'fail',
          errorKind: 'timeout',
          errorSignature: 'slow',
          language: 'typescript',
          embeddings: [
            { role: 'prompt', vector: vectorAt(0.7, prompt, 1) },
            { role: 'code', vector: unitVector(9) },
          ],
        }),
        alone,
      );
      const pending = await store.logAttempt(
        newAttempt({
          embeddings: [
            { role: 'prompt', vector: null },
            { role: 'code', vector: null },
          ],
        }),
        alone,
      );
      const { related } = await contextOf(
        store,
        newAttempt({
          embeddings: [
            { role: 'prompt', vector: prompt },
            { role: 'code', vector: null },
          ],
        }),
      );
      const byId = new Map(related.map((attempt) => [attempt.patternId, attempt]));
      expect(byId.get(earlier.patternId)).toMatchObject({
        familyId: earlier.familyId,
        fileName: 'a.ts',
        moduleName: null,
        result: 'fail',
        errorKind: 'timeout',
        errorSignature: 'slow',
        nameKey: 'reverse',
        language: 'typescript',
        createdAtMs: madeAtMs,
        repaired: false,
      });
      expect(byId.get(earlier.patternId)?.promptCosine).toBeCloseTo(0.7, 5);
      expect(byId.get(pending.patternId)?.promptCosine).toBeNull();
    });

    test('is shown the representative of a family and its size', async () => {
      const { store } = await open();
      const first = await store.logAttempt(newAttempt({ inputPrompt: 'the first wording' }), alone);
      const inFamily = () => ({ familyId: first.familyId, links: [] });
      const second = await store.logAttempt(newAttempt({ inputPrompt: 'a second wording' }), inFamily);
      expect(second.familyId).toBe(first.familyId);
      const { related } = await contextOf(store, newAttempt({ inputPrompt: 'a second wording' }));
      expect(
        related.map((attempt) => [attempt.patternId, attempt.isRepresentative, attempt.familySize]),
      ).toEqual(
        expect.arrayContaining([
          [first.patternId, true, 2],
          [second.patternId, false, 2],
        ]),
      );
    });

    test('is shown attempts that it names, whatever their project', async () => {
      const { store } = await open();
      const used = await store.logAttempt(newAttempt({ project: 'borealis', inputPrompt: 'a' }), alone);
      const failed = await store.logAttempt(newAttempt({ project: 'atlas', inputPrompt: 'b' }), alone);
      const naming = { usedPatternIds: [used.patternId, 999], fixesPatternId: failed.patternId };
      const { related } = await contextOf(
        store,
        newAttempt({ project: 'atlas', inputPrompt: 'c', ...naming }),
      );
      expect(related.map((attempt) => [attempt.patternId, attempt.sameProject])).toEqual([
        [used.patternId, false],
        [failed.patternId, true],
      ]);
    });

    test('is told in how many files of the project a function of its name was seen', async () => {
      const { store } = await open();
      const named = (fileName: string | null, project = 'atlas') =>
        newAttempt({ project, functionName: 'main', fileName });
      for (const file of ['a.ts', 'b.ts', 'a.ts', null]) await store.logAttempt(named(file), alone);
      await store.logAttempt(named('z.ts', 'borealis'), alone);
      expect((await contextOf(store, named('b.ts'))).filesOfName).toBe(2);
      for (const file of ['c.ts', 'd.ts', 'e.ts', 'f.ts']) await store.logAttempt(named(file), alone);
      expect((await contextOf(store, named('g.ts'))).filesOfName).toBeGreaterThan(
        limits.functionNameFilesMax,
      );
    });
  });

  describe('the links of an attempt', () => {
    test('come back, and a fix marks what it repaired', async () => {
      const { store } = await open();
      const failed = await store.logAttempt(newAttempt({ result: 'fail' }), alone);
      const fixing = await store.logAttempt(newAttempt(), () => ({
        familyId: failed.familyId,
        links: [
          { patternId: failed.patternId, contextType: 'fixes', similarityScore: 0.8, basis: 'same_task' },
          { patternId: failed.patternId, contextType: 'similar_function', similarityScore: 0.5 },
        ],
      }));
      expect(fixing.links.map((link) => link.contextType)).toEqual(['fixes', 'similar_function']);
      const [repaired, repair] = await store.getPatterns([failed.patternId, fixing.patternId]);
      expect(repaired?.fixedBy).toEqual({ patternId: fixing.patternId, basis: 'same_task' });
      expect(repair?.fixedBy).toBeNull();
      const { related } = await contextOf(store, newAttempt());
      expect(related.find((attempt) => attempt.patternId === failed.patternId)?.repaired).toBe(true);
    });

    test('the newest fix counts', async () => {
      const { store } = await open();
      const failed = await store.logAttempt(newAttempt({ result: 'fail' }), alone);
      const fix = (basis: string) =>
        store.logAttempt(newAttempt(), () => ({
          familyId: failed.familyId,
          links: [{ patternId: failed.patternId, contextType: 'fixes', similarityScore: null, basis }],
        }));
      await fix('first');
      const second = await fix('second');
      const [record] = await store.getPatterns([failed.patternId]);
      expect(record?.fixedBy).toEqual({ patternId: second.patternId, basis: 'second' });
    });
  });

  describe('familyCounts', () => {
    test('counts the attempts of each family by result', async () => {
      const { store } = await open();
      const first = await store.logAttempt(newAttempt({ result: 'fail' }), alone);
      const into = (familyId: number) => () => ({ familyId, links: [] });
      for (const result of ['fail', 'partial', 'pass'] as const) {
        await store.logAttempt(newAttempt({ result }), into(first.familyId));
      }
      const other = await store.logAttempt(newAttempt({ result: 'pass' }), alone);
      const counts = await store.familyCounts([first.familyId, other.familyId, 999]);
      expect(Object.fromEntries(counts)).toEqual({
        [first.familyId]: { pass: 1, fail: 2, partial: 1 },
        [other.familyId]: { pass: 1, fail: 0, partial: 0 },
      });
    });
  });
}
