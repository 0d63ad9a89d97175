import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type RelevanceScale,
  rankPatterns,
  relevanceOf,
  relevanceScale,
  similarityOf,
} from '../../src/domain/pattern-ranking.ts';
import type { PatternHit } from '../../src/domain/ports.ts';
import { walkedFamilies } from '../../src/domain/walked-families.ts';
import { limits } from '../../src/limits.ts';

function hit(patternId: number, more: Partial<PatternHit> = {}): PatternHit {
  return {
    patternId,
    familyId: 1,
    result: 'fail',
    errorKind: null,
    codeKey: `code ${patternId}`,
    createdAtMs: null,
    bm25: 0,
    bm25Apart: 0,
    promptCosine: 0.5,
    codeCosine: 0.4,
    lessonCosine: null,
    ...more,
  };
}

function familiesMet(hits: PatternHit[], scale: RelevanceScale, first?: number[]): Promise<number[]> {
  const familyOf = new Map(hits.map(({ patternId, familyId }) => [patternId, familyId]));
  return walkedFamilies({ familiesOf: async () => familyOf }, hits, scale, first);
}

const order = async (hits: PatternHit[], first: number[] = []) => {
  const scale = relevanceScale(hits, true);
  const families = await familiesMet(hits, scale);
  return rankPatterns(families, hits, scale, first).map((ranked) => ranked.hit.patternId);
};

describe('relevance', () => {
  const scale = relevanceScale([hit(1, { bm25: 20 }), hit(2, { bm25: 10 })], true);

  test('words and meaning by their weights; the best of prompt, code and lesson', () => {
    expect(relevanceOf(hit(1, { bm25: 10 }), scale)).toBeCloseTo(0.25 * 0.5 + 1.4 * 0.5);
    expect(relevanceOf(hit(1, { codeCosine: 0.9 }), scale)).toBeCloseTo(1.4 * 0.9);
    expect(relevanceOf(hit(1, { lessonCosine: 0.95 }), scale)).toBeCloseTo(1.4 * 0.95);
    expect(similarityOf(hit(1, { promptCosine: null, codeCosine: null }))).toBeNull();
  });

  test('a prompt that holds the query word for word counts more', () => {
    const quoted = { ...scale, quoting: new Set([1]) };
    expect(relevanceOf(hit(1), quoted) - relevanceOf(hit(2), quoted)).toBeCloseTo(0.3);
  });

  test('an attempt counts more the more of the pieces of code in the query it holds', () => {
    const held = { ...scale, pieces: new Map([[1, 0.5]]) };
    expect(relevanceOf(hit(1), held) - relevanceOf(hit(2), held)).toBeCloseTo(0.1);
  });

  test('an attempt counts more the more of its wording its prompt shares with the query', () => {
    const shared = { ...scale, wording: new Map([[1, 0.5]]) };
    expect(relevanceOf(hit(1), shared) - relevanceOf(hit(2), shared)).toBeCloseTo(0.1);
  });

  test('an attempt at a function that the query names counts more', () => {
    const named = relevanceScale([], true, new Set([1]));
    expect(relevanceOf(hit(1), named) - relevanceOf(hit(2), named)).toBeCloseTo(0.1);
  });

  test('words that speak of attempts count only where no other word is found', () => {
    const talk = hit(1, { bm25: 9, bm25Apart: 9 });
    const task = hit(2, { bm25: 6, bm25Apart: 4 });
    const told = relevanceScale([talk, task], false);
    expect([relevanceOf(talk, told), relevanceOf(task, told)]).toEqual([0, 1]);
    expect(relevanceOf(talk, relevanceScale([talk], false))).toBe(1);
  });

  test('by words alone where the query has no vector', () => {
    expect(relevanceOf(hit(1, { bm25: 10 }), relevanceScale([hit(2, { bm25: 20 })], false))).toBe(0.5);
    expect(relevanceOf(hit(1), relevanceScale([], false))).toBe(0);
  });
});

describe('order', () => {
  test('inside a family: passed first, then the closer one, then the newer one', async () => {
    expect(
      await order([
        hit(1, { promptCosine: 0.9 }),
        hit(2, { result: 'pass', promptCosine: 0.4 }),
        hit(3),
        hit(4),
      ]),
    ).toEqual([2, 1, 4, 3]);
  });

  test('two of the first family, the best of each of the next three, then the rest', async () => {
    const family = (familyId: number, ids: number[], promptCosine: number) =>
      ids.map((id) => hit(id, { familyId, promptCosine }));
    const hits = [
      ...family(1, [13, 12, 11], 0.9),
      ...family(2, [22, 21], 0.8),
      ...family(3, [32, 31], 0.7),
      ...family(4, [42, 41], 0.6),
      ...family(5, [52, 51], 0.55),
    ];
    expect(await order(hits)).toEqual([13, 12, 22, 32, 42, 11, 21, 31, 41, 52, 51]);
  });

  test('identical code stands once, by its newest attempt, and by one that passed where there is one', () => {
    const scale = relevanceScale([], true);
    const [same, flaky] = rankPatterns(
      [1],
      [
        hit(1, { codeKey: 'x', result: 'pass' }),
        hit(3, { codeKey: 'x', result: 'pass' }),
        hit(4, { codeKey: 'x' }),
        hit(5, { codeKey: 'y' }),
        hit(6, { codeKey: 'y' }),
      ],
      scale,
    );
    expect([same?.hit.patternId, same?.sameCodeIds]).toEqual([3, [1, 4]]);
    expect([flaky?.hit.patternId, flaky?.sameCodeIds]).toEqual([6, [5]]);
  });

  test('identical code that never passed is shown by a failure of the code, not of the environment', () => {
    const same = { codeKey: 'x', familyId: 1 };
    const hits = [hit(1, same), hit(2, same), hit(3, { ...same, errorKind: 'environment' })];
    const [shown] = rankPatterns([1], hits, relevanceScale([], true));
    expect([shown?.hit.patternId, shown?.sameCodeIds]).toEqual([2, [1, 3]]);
  });

  test('identical code of two families stands twice, and unknown code is like no other', async () => {
    const twoFamilies = [hit(1, { codeKey: 'x' }), hit(2, { codeKey: 'x', familyId: 2 })];
    expect((await order(twoFamilies)).sort()).toEqual([1, 2]);
    expect((await order([hit(1, { codeKey: '' }), hit(2, { codeKey: '' })])).sort()).toEqual([1, 2]);
  });

  test('a family stands at the rank of its best member, and is met with all of them', async () => {
    expect(
      await order([
        hit(1, { familyId: 1, promptCosine: 0.1 }),
        hit(2, { familyId: 2, promptCosine: 0.7 }),
        hit(3, { familyId: 1, promptCosine: 0.8 }),
      ]),
    ).toEqual([3, 1, 2]);
  });

  test('the walk ends after so many candidates and so many families', async () => {
    const hits = Array.from({ length: 300 }, (_, index) =>
      hit(index + 1, { familyId: index + 1, promptCosine: 1 - index / 1000 }),
    );
    const scale = relevanceScale(hits, true);
    expect(await familiesMet(hits, scale)).toHaveLength(limits.familiesMetMax);
    const oneBig = hits.map((member, index) =>
      index < limits.candidatesWalkedMax ? { ...member, familyId: 1 } : member,
    );
    expect(await familiesMet(oneBig, scale)).toEqual([1]);
    expect((await familiesMet(hits, scale, [250, 3])).slice(0, 3)).toEqual([250, 3, 1]);
  });

  test('what is pinned comes first at full score, by the row that stands for its code', () => {
    const hits = [hit(1, { codeKey: 'x' }), hit(2, { codeKey: 'x' }), hit(3, { result: 'pass' })];
    const scale = relevanceScale(hits, true);
    const ranked = rankPatterns([1], hits, scale, [1]);
    expect(ranked.map((entry) => [entry.hit.patternId, entry.score === 1])).toEqual([
      [2, true],
      [3, false],
    ]);
  });
});

const anyHits = fc
  .uniqueArray(
    fc.record({
      patternId: fc.integer({ min: 1, max: 500 }),
      familyId: fc.integer({ min: 1, max: 15 }),
      result: fc.constantFrom('pass', 'fail', 'partial', null),
      errorKind: fc.constantFrom(null, 'code', 'environment'),
      codeKey: fc.constantFrom('', 'a', 'b', 'c', 'd'),
      nameKey: fc.constantFrom(null, 'render', 'validate'),
      createdAtMs: fc.constant(null),
      bm25: fc.integer({ min: 0, max: 5 }),
      bm25Apart: fc.constantFrom(0, 1, 4),
      promptCosine: fc.constantFrom(null, -0.2, 0.3, 0.6),
      codeCosine: fc.constantFrom(null, 0.2, 0.7),
      lessonCosine: fc.constantFrom(null, 0.9),
    }),
    { selector: (member) => member.patternId, maxLength: 60 },
  )
  .map((hits): PatternHit[] => hits.map((hit) => ({ ...hit, bm25Apart: Math.min(hit.bm25, hit.bm25Apart) })));

describe('properties', () => {
  test('every member of a met family occurs exactly once, itself or as a same code', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyHits,
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 3 }),
        async (hits, hasMeaning, pinned) => {
          const scale = relevanceScale(hits, hasMeaning);
          const families = await familiesMet(hits, scale);
          const shown = rankPatterns(families, hits, scale, pinned).flatMap((entry) => [
            entry.hit.patternId,
            ...entry.sameCodeIds,
          ]);
          const members = hits
            .filter((member) => families.includes(member.familyId))
            .map((member) => member.patternId);
          expect(shown.toSorted()).toEqual(members.toSorted());
        },
      ),
    );
  });

  test('the score never rises down the list and stays within 0..1', async () => {
    await fc.assert(
      fc.asyncProperty(anyHits, fc.boolean(), async (hits, hasMeaning) => {
        const scale = relevanceScale(hits, hasMeaning);
        let above = 1;
        for (const { score } of rankPatterns(await familiesMet(hits, scale), hits, scale)) {
          expect(score).toBeLessThanOrEqual(above);
          expect(score).toBeGreaterThanOrEqual(0);
          above = score;
        }
      }),
    );
  });

  test('a pass never ranks below an equally similar failure of its family', async () => {
    await fc.assert(
      fc.asyncProperty(anyHits, fc.boolean(), async (hits, hasMeaning) => {
        const scale = relevanceScale(hits, hasMeaning);
        const ranked = rankPatterns(await familiesMet(hits, scale), hits, scale);
        const rankOf = new Map(
          ranked.flatMap((entry, rank) =>
            [entry.hit.patternId, ...entry.sameCodeIds].map((id) => [id, rank]),
          ),
        );
        // A failure behind a pass of the same code is shown by that pass.
        const shown = new Set(ranked.map((entry) => entry.hit.patternId));
        for (const passed of hits.filter((member) => member.result === 'pass')) {
          for (const failed of hits.filter(
            (member) => member.result === 'fail' && member.familyId === passed.familyId,
          )) {
            if (!shown.has(failed.patternId) || !rankOf.has(passed.patternId)) continue;
            if (relevanceOf(failed, scale) > relevanceOf(passed, scale)) continue;
            expect(rankOf.get(passed.patternId)).toBeLessThanOrEqual(rankOf.get(failed.patternId)!);
          }
        }
      }),
    );
  });

  test('the order does not depend on the order of the candidates', async () => {
    await fc.assert(
      fc.asyncProperty(anyHits, async (hits) => {
        expect(await order(hits.toReversed())).toEqual(await order(hits));
      }),
    );
  });
});
