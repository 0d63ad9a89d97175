import { expect, test } from 'vitest';
import { makeServices } from '../../src/domain/make-services.ts';
import { Metrics } from '../../src/domain/metrics.ts';
import type { Ref } from '../../src/ids.ts';
import { limits } from '../../src/limits.ts';
import { newStore } from '../storage/opened-store.ts';
import { memory, missingModel, now } from './opened-memories.ts';
import { loggedAttempt } from './opened-patterns.ts';

async function opened() {
  const { store } = await newStore();
  return { store, services: makeServices(store, missingModel(), () => now, new Metrics()) };
}

function tagsNamed(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index}`);
}

test('added tags do not grow without end; a list that is too long can still be made shorter', async () => {
  const { store, services } = await opened();
  const { resourceId } = await services.memories.store(
    memory('A note.', { tags: tagsNamed('a', limits.tagsMax) }),
  );
  const ref: Ref = { kind: 'memory', id: resourceId };
  await expect(services.updates.update({ ref, addTags: ['one more'] })).rejects.toMatchObject({
    code: 'too_large',
    message: `Expected at most ${limits.tagsMax} tags on memory-${resourceId}, got ${limits.tagsMax + 1}. Nothing was changed.`,
  });
  await services.updates.update({ ref, addTags: ['one more', 'a-2'], removeTags: ['a-1'] });
  expect((await store.getMemory(resourceId))?.tags).toHaveLength(limits.tagsMax);

  const change = { tags: tagsNamed('old', limits.tagsMax + 5), changedAt: { text: '', ms: now } };
  await store.changeMemory(resourceId, change, (text) => text);
  await services.updates.update({ ref, removeTags: ['old-1'] });
  expect((await store.getMemory(resourceId))?.tags).toHaveLength(limits.tagsMax + 4);
});

test('the same lesson again changes nothing and leaves nothing pending', async () => {
  const { store, services } = await opened();
  const { patternId } = await services.codePatterns.log(loggedAttempt({ lesson: 'Split first.' }));
  const ref: Ref = { kind: 'pattern', id: patternId };
  const lesson = 'Split the text into number and unit first.';
  expect(await services.updates.update({ ref, lesson })).toEqual({ pendingVectors: 1, masked: [] });
  const { nextVectorId } = await store.status();
  expect(await services.updates.update({ ref, lesson })).toEqual({ pendingVectors: 0, masked: [] });
  expect((await store.status()).nextVectorId).toBe(nextVectorId);
});
