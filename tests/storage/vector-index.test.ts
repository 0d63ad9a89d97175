import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { MemoryFilters, Store } from '../../src/domain/ports.ts';
import { limits } from '../../src/limits.ts';
import { modelHash, newResource, query } from './made-rows.ts';
import { dot, randomFrom, unitVector, vectorAt, vectorOfText } from './made-vectors.ts';
import { memoriesOf } from './memories-of.ts';
import { newStore, openedStore } from './opened-store.ts';
import { storeUser } from './store-user.ts';

interface Known {
  chunkId: number;
  project: string | null;
  resourceType: string;
  vector: Float32Array;
}

/** Vectors in clusters, as those of real texts lie: near one of a few dozen directions. */
async function clusteredStore(store: Store, count: number): Promise<Known[]> {
  const random = randomFrom(20_260_102);
  const centres = Array.from({ length: 40 }, (_, i) => unitVector(1_000_000 + i));
  const known: Known[] = [];
  const perResource = 500;
  for (let first = 0; first < count; first += perResource) {
    const vectors = Array.from({ length: perResource }, (_, i) => {
      const centre = centres[Math.floor(random() * centres.length)] as Float32Array;
      return vectorAt(0.75 + 0.24 * random(), centre, first + i);
    });
    const project = [null, 'atlas', 'borealis'][(first / perResource) % 3] ?? null;
    const resourceType = (first / perResource) % 2 === 0 ? 'document' : 'code';
    const { resourceId } = await store.storeResource(
      newResource({
        project,
        resourceType,
        fileName: `${first}`,
        texts: vectors.map((_, i) => `${first + i} `),
        vectorOf: (_, i) => vectors[i] ?? null,
      }),
    );
    const chunks = (await store.getMemory(resourceId))?.chunks ?? [];
    chunks.forEach(({ chunkId }, i) => {
      known.push({ chunkId, project, resourceType, vector: vectors[i] as Float32Array });
    });
  }
  return known;
}

/** The ten nearest by comparing every vector in full. */
function nearestTen(known: readonly Known[], asked: Float32Array): number[] {
  const scored = known.map(({ chunkId, vector }) => ({ chunkId, cosine: dot(asked, vector) }));
  return scored
    .toSorted((a, b) => b.cosine - a.cosine)
    .slice(0, 10)
    .map(({ chunkId }) => chunkId);
}

async function foundTen(store: Store, asked: Float32Array, filters: MemoryFilters): Promise<number[]> {
  const { hits } = await store.searchChunks(query({ vector: asked }), filters);
  const scored = hits.toSorted((a, b) => (b.cosine ?? -2) - (a.cosine ?? -2));
  return scored.slice(0, 10).map((hit) => hit.chunkId);
}

const everything: MemoryFilters = { scope: 'all' };

describe('the vectors in memory', () => {
  test('find what comparing every vector in full finds, under any filter', async () => {
    const { store } = await newStore();
    const known = await clusteredStore(store, 6000);
    expect(known).toHaveLength(6000);
    const filters: [MemoryFilters, (row: Known) => boolean][] = [
      [everything, () => true],
      [{ scope: { project: 'atlas' } }, (row) => row.project === null || row.project === 'atlas'],
      [{ scope: { project: null } }, (row) => row.project === null],
      [{ scope: 'all', resourceType: 'code' }, (row) => row.resourceType === 'code'],
      [
        { scope: { project: 'borealis' }, resourceType: 'document' },
        (row) => row.project !== 'atlas' && row.resourceType === 'document',
      ],
      [{ scope: 'all', fileName: '4000' }, (row) => row.chunkId > 4000 && row.chunkId <= 4500],
    ];
    for (let i = 0; i < 24; i++) {
      const near = known[(i * 251) % known.length] as Known;
      const asked = i % 3 === 0 ? unitVector(2_000_000 + i) : vectorAt(0.8, near.vector, 3_000_000 + i);
      const [filter, lets] = filters[i % filters.length] as (typeof filters)[number];
      const expected = nearestTen(known.filter(lets), asked);
      expect(await foundTen(store, asked, filter), `query ${i}`).toEqual(expected);
    }
  });

  test('give at most as many candidates as the limit says, however many are equally near', async () => {
    const { store } = await newStore();
    const asked = unitVector(1);
    const count = limits.chunkCandidatesMax * 5;
    const texts = Array.from({ length: count }, (_, i) => `${i} `);
    const vectorOf = (_: string, i: number) => (i === count - 1 ? asked : vectorAt(0.9, asked, 7));
    await store.storeResource(newResource({ texts, vectorOf }));
    const { hits, searchedRows } = await store.searchChunks(query({ vector: asked }), everything);
    expect(hits).toHaveLength(limits.chunkCandidatesMax);
    expect(hits.at(-1)?.chunkId).toBe(count);
    expect(searchedRows).toBe(count);
  });
});

describe('the vectors in the memory of several processes', () => {
  test('what one writes another finds at its next search', async () => {
    const { store, path } = await newStore();
    const other = storeUser(path);
    expect(await other.tell('open')).toEqual({ value: null });
    expect(await other.tell('search')).toEqual({ value: 0 });
    for (let i = 1; i <= 5; i++) {
      const { resourceId } = await store.storeResource(
        newResource({ fileName: `${i}`, texts: [`ours ${i}`] }),
      );
      expect(await other.tell('search')).toEqual({ value: 2 * i - 1 });
      await other.tell(`store theirs-${i}`);
      const asked = vectorOfText(`kiwi theirs-${i}`);
      const { hits } = await store.searchChunks(query({ vector: asked }), everything);
      expect(hits).toHaveLength(2 * i);
      expect((await memoriesOf(store, hits)).at(-1)).toBe(resourceId + 1);
      expect(hits.at(-1)?.cosine).toBeCloseTo(1, 5);
    }
  });

  test('what one supersedes or fills in changes at once for another', async () => {
    const { store, path } = await newStore();
    const other = await openedStore({ path });
    await store.storeResource(
      newResource({ texts: ['one ', 'two'], vectorOf: (_, i) => (i === 0 ? null : unitVector(2)) }),
    );
    const found = async () => {
      const { hits } = await other.searchChunks(query({ vector: unitVector(1) }), everything);
      return hits.map((hit) => [hit.chunkId, Number(hit.cosine?.toFixed(3))]);
    };
    const cosine = (vector: Float32Array) => Number(dot(unitVector(1), vector).toFixed(3));
    expect(await found()).toEqual([[2, cosine(unitVector(2))]]);
    await store.fillEmbeddings([{ vectorId: 1, vector: unitVector(3) }], modelHash);
    expect(await found()).toEqual([
      [1, cosine(unitVector(3))],
      [2, cosine(unitVector(2))],
    ]);
    await store.storeResource(
      newResource({ texts: ['three'], vectorOf: () => unitVector(4), replace: true }),
    );
    expect(await found()).toEqual([[3, cosine(unitVector(4))]]);
    await store.remove([{ kind: 'memory', id: 2 }], { dryRun: false });
    expect(await found()).toEqual([]);
  });

  test('another store id drops everything that was held', async () => {
    const { store, path } = await newStore();
    await store.storeResource(newResource({ texts: ['one'], vectorOf: () => unitVector(1) }));
    const cosine = async () => {
      const { hits } = await store.searchChunks(query({ vector: unitVector(1) }), everything);
      return hits.map((hit) => hit.cosine?.toFixed(3));
    };
    expect(await cosine()).toEqual(['1.000']);
    const searched = async () => {
      const { searchedRows } = await store.searchChunks(query({ vector: unitVector(1) }), everything);
      return searchedRows;
    };
    // Other rows under the numbers that are known already: only the store id tells.
    const restored = new Sqlite(path);
    restored.exec('BEGIN; UPDATE Embeddings SET visible = 0; DELETE FROM ChunkWords;');
    restored.exec(
      "UPDATE ResourceChunks SET archived = 1; UPDATE StoreInfo SET store_id = 'another'; COMMIT",
    );
    restored.close();
    expect(await searched()).toBe(0);
    await store.storeResource(
      newResource({ fileName: 'b.md', texts: ['two'], vectorOf: () => unitVector(1) }),
    );
    expect(await cosine()).toEqual(['1.000']);
    expect(await searched()).toBe(1);
  });

  test('any order of stores, replacements, fillings and removals leaves both with the same, which is right', async () => {
    const seed = 4711;
    const random = randomFrom(seed);
    const { store, path } = await newStore();
    const stores = [store, await openedStore({ path })];
    /** Every vector that may be found, by its chunk. */
    const model = new Map<number, Float32Array>();
    const resources = new Map<string, { resourceId: number; chunkIds: number[] }>();
    const forget = (name: string) => {
      for (const chunkId of resources.get(name)?.chunkIds ?? []) model.delete(chunkId);
      resources.delete(name);
    };
    for (let step = 0; step < 120; step++) {
      const writer = stores[Math.floor(random() * 2)] as Store;
      const name = `file ${Math.floor(random() * 12)}`;
      const kind = random();
      if (kind < 0.55) {
        const count = 1 + Math.floor(random() * 4);
        const vectors = Array.from({ length: count }, (_, i) =>
          random() < 0.3 ? null : unitVector(step * 10 + i),
        );
        const texts = vectors.map((_, i) => `${step} ${i} `);
        const vectorOf = (_: string, i: number) => vectors[i] ?? null;
        const { resourceId } = await writer.storeResource(
          newResource({ fileName: name, texts, vectorOf, replace: true }),
        );
        forget(name);
        const chunkIds = ((await writer.getMemory(resourceId))?.chunks ?? []).map((chunk) => chunk.chunkId);
        resources.set(name, { resourceId, chunkIds });
        vectors.forEach((vector, i) => {
          if (vector !== null) model.set(chunkIds[i] as number, vector);
        });
      } else if (kind < 0.8) {
        const pending = await writer.pendingEmbeddings(2);
        const filled = pending.map(({ vectorId }) => ({ vectorId, vector: unitVector(100_000 + vectorId) }));
        await writer.fillEmbeddings(filled, modelHash);
        for (const { ownerId, vectorId } of pending) {
          const visible = [...resources.values()].some(({ chunkIds }) => chunkIds.includes(ownerId));
          if (visible) model.set(ownerId, unitVector(100_000 + vectorId));
        }
      } else {
        const resource = resources.get(name);
        if (resource !== undefined)
          await writer.remove([{ kind: 'memory', id: resource.resourceId }], { dryRun: false });
        forget(name);
      }
      const asked = unitVector(900_000 + step);
      const expected = [...model]
        .map(([chunkId, vector]) => [chunkId, dot(asked, vector).toFixed(4)])
        .toSorted((a, b) => Number(a[0]) - Number(b[0]));
      const reader = stores[step % 2] as Store;
      const { hits } = await reader.searchChunks(query({ vector: asked }), everything);
      const found = hits.map((hit) => [hit.chunkId, hit.cosine?.toFixed(4)]);
      expect(found, `step ${step}`).toEqual(expected);
    }
    expect(model.size).toBeGreaterThan(3);
  });
});
