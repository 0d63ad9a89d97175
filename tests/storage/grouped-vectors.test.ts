import { describe, expect, test } from 'vitest';
import { GroupedVectors } from '../../src/storage/sqlite/grouped-vectors.ts';
import type { VectorGroup } from '../../src/storage/sqlite/vector-groups.ts';
import { dot, randomFrom, unitVector } from './made-vectors.ts';

const chunk: VectorGroup = { ownerKind: 'chunk', role: 'text', project: null, modelHash: 'a' };
const prompt: VectorGroup = { ownerKind: 'pattern', role: 'prompt', project: 'atlas', modelHash: 'a' };
const everyChunk = { ownerKind: 'chunk', scope: 'all', modelHashes: undefined, owners: null } as const;

describe('vectors in groups', () => {
  test('any order of setting and deleting leaves what a plain list has, under every filter', () => {
    const random = randomFrom(99);
    const vectors = new GroupedVectors();
    const list = new Map<number, { ownerId: number; group: VectorGroup; vector: Float32Array }>();
    const groups: VectorGroup[] = [
      chunk,
      { ...chunk, role: 'rest' },
      { ...chunk, project: 'atlas' },
      { ...chunk, project: '' },
      { ...chunk, modelHash: 'b' },
      prompt,
      { ...prompt, role: 'code' },
    ];
    for (let step = 0; step < 3_000; step++) {
      const vectorId = Math.floor(random() * 700) - 100;
      if (random() < 0.3) {
        vectors.delete(vectorId);
        list.delete(vectorId);
      } else {
        const ownerId = Math.floor(random() * 200) - 100;
        const group = groups[Math.floor(random() * groups.length)] as VectorGroup;
        vectors.set(vectorId, ownerId, group, unitVector(step));
        list.set(vectorId, { ownerId, group, vector: unitVector(step) });
      }
    }
    const filters = [
      everyChunk,
      { ...everyChunk, scope: { project: 'atlas' } },
      { ...everyChunk, scope: { project: null } },
      { ...everyChunk, modelHashes: ['b'] },
      { ...everyChunk, ownerKind: 'pattern' as const },
      { ...everyChunk, ownerKind: 'todo' as const },
      { ...everyChunk, owners: new Set([-3, 5, 7, 1000]) },
    ];
    const asked = unitVector(5_000);
    for (const filter of filters) {
      const { scope, owners, modelHashes } = filter;
      const allowed = [...list.values()].filter(
        ({ ownerId, group }) =>
          group.ownerKind === filter.ownerKind &&
          (scope === 'all' || group.project === null || group.project === scope.project) &&
          (modelHashes?.includes(group.modelHash) ?? true) &&
          (owners?.has(ownerId) ?? true),
      );
      const found = vectors.nearest(asked, filter, 1_000);
      const best = new Map<number, number>();
      for (const { ownerId, vector } of allowed) {
        best.set(ownerId, Math.max(dot(asked, vector), best.get(ownerId) ?? -1));
      }
      expect(new Set(found.owners.map(({ ownerId }) => ownerId))).toEqual(new Set(best.keys()));
      for (const { ownerId, cosine } of found.owners) {
        expect(Math.abs(cosine - (best.get(ownerId) as number))).toBeLessThan(0.01);
      }
      const primary = allowed.filter(({ group }) => ['text', 'prompt'].includes(group.role));
      expect(found.searched).toBe(primary.length);
      // Of a sample where there are many: these lie within 0.05 of 0, so that it is off by less than a hundredth.
      const cosines = primary.map(({ vector }) => dot(asked, vector));
      const mean = cosines.reduce((sum, cosine) => sum + cosine, 0) / Math.max(1, cosines.length);
      const variance =
        cosines.reduce((sum, cosine) => sum + (cosine - mean) ** 2, 0) / Math.max(1, cosines.length);
      expect(Math.abs(found.spread.mean - mean)).toBeLessThan(0.01);
      expect(Math.abs(found.spread.deviation - Math.sqrt(variance))).toBeLessThan(0.01);
    }
  });

  test('give the cosine of every vector of the owners that are asked for, by role', () => {
    const vectors = new GroupedVectors();
    vectors.set(1, 7, prompt, unitVector(1));
    vectors.set(2, 7, { ...prompt, role: 'code' }, unitVector(2));
    vectors.set(3, 7, chunk, unitVector(3));
    vectors.set(4, 8, { ...prompt, modelHash: 'b' }, unitVector(4));
    vectors.set(5, 9, prompt, unitVector(5));
    const asked = unitVector(6);
    const filter = { ownerKind: 'pattern', scope: 'all', modelHashes: ['a'] } as const;
    const found = vectors.cosinesOf(asked, filter, [7, 8, 10]);
    expect([...found.keys()]).toEqual([7]);
    const byRole = new Map(found.get(7)?.map(({ role, cosine }) => [role, cosine]));
    expect([...byRole.keys()].sort()).toEqual(['code', 'prompt']);
    expect(byRole.get('prompt')).toBeCloseTo(dot(asked, unitVector(1)), 2);
    expect(byRole.get('code')).toBeCloseTo(dot(asked, unitVector(2)), 2);
  });
});
