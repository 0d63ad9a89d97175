import { expect, test } from 'vitest';
import { PendingVectors } from '../../src/domain/pending-vectors.ts';
import type { Embedder, Store } from '../../src/domain/ports.ts';
import { limits } from '../../src/limits.ts';
import { faultWorker, openEmbedder } from '../embedding/embedder-fixture.ts';
import { openedStore } from '../storage/opened-store.ts';
import { memory, missingModel, openedMemories, question, realEmbedder } from './opened-memories.ts';

const texts = Array.from(
  { length: 2 * limits.pendingBatchTextsMax + 3 },
  (_, n) => `Note ${n}: the service listens on port ${4_000 + n}.`,
);

/** A database whose notes were stored without a model. */
async function storeWithPending(): Promise<{ store: Store; path: string }> {
  const { memories, store, path } = await openedMemories(missingModel());
  for (const [n, text] of texts.entries()) await memories.store(memory(text, { fileName: `note-${n}.md` }));
  expect((await store.status()).pendingVectors).toBe(texts.length);
  return { store, path };
}

async function filled(store: Store, embedder: Embedder): Promise<number> {
  const pending = new PendingVectors(store, embedder);
  pending.nudge((thrown) => {
    throw thrown;
  });
  await pending.idle();
  return (await store.status()).pendingVectors;
}

test('fills in everything, in batches, so that meaning finds it', async () => {
  const { store, path } = await storeWithPending();
  const embedder = realEmbedder();
  expect(await filled(store, embedder)).toBe(0);
  expect(embedder.status().textsEmbedded).toBe(texts.length);
  const { memories } = await openedMemories(embedder, path);
  const { chunks } = await memories.retrieve(question('Where does the daemon of note 7 accept connections?'));
  expect(chunks[0]!.similarity).toBeGreaterThan(0.3);
});

test('ends quietly without a model, and the next nudge tries again', async () => {
  const { store } = await storeWithPending();
  expect(await filled(store, missingModel())).toBe(texts.length);
  expect(await filled(store, realEmbedder())).toBe(0);
});

test('runs once at a time; a nudge while it runs is not lost', async () => {
  const { store, path } = await storeWithPending();
  const embedder = realEmbedder();
  const pending = new PendingVectors(store, embedder);
  for (let n = 0; n < 5; n++) pending.nudge();
  const { memories: withoutModel } = await openedMemories(missingModel(), path);
  await withoutModel.store(memory('Written while it was running.', { fileName: 'late.md' }));
  pending.nudge();
  await pending.idle();
  expect((await store.status()).pendingVectors).toBe(0);
  expect(embedder.status().textsEmbedded).toBe(texts.length + 1);
});

test('two at once on one database leave nothing pending and fill nothing twice', async () => {
  const { store, path } = await storeWithPending();
  const second = await openedStore({ path });
  await Promise.all([filled(store, realEmbedder()), filled(second, realEmbedder())]);
  expect(await filled(store, realEmbedder())).toBe(0);
  expect((await store.status()).counts.chunks).toBe(texts.length);
});

test('close ends it after the batch under way; nothing runs after that', async () => {
  const { store } = await storeWithPending();
  const pending = new PendingVectors(store, realEmbedder());
  pending.nudge();
  await pending.close();
  const left = (await store.status()).pendingVectors;
  expect(left).toBeGreaterThanOrEqual(texts.length - limits.pendingBatchTextsMax);
  pending.nudge();
  await pending.idle();
  expect((await store.status()).pendingVectors).toBe(left);
});

test('a failure that is not the model reaches whoever nudged', async () => {
  const { store } = await storeWithPending();
  const pending = new PendingVectors(store, realEmbedder());
  await store.close();
  const failures: unknown[] = [];
  pending.nudge((thrown) => failures.push(thrown));
  await pending.idle();
  expect(failures).toHaveLength(1);
});

test('a text that the model fails on stays pending alone, and is not tried again and again', async () => {
  const { memories, store } = await openedMemories(missingModel());
  for (const text of ['one', 'refuse', 'two', 'crash', 'three'])
    await memories.store(memory(text, { fileName: `${text}.md` }));
  const embedder = openEmbedder({ workerFile: faultWorker });
  const pending = new PendingVectors(store, embedder);
  pending.nudge();
  await pending.idle();
  const left = await store.pendingEmbeddings(10);
  expect(left.map(({ sourceText }) => sourceText)).toEqual(['refuse', 'crash']);

  await memories.store(memory('written later', { fileName: 'later.md' }));
  const before = embedder.status().textsEmbedded;
  pending.nudge();
  await pending.idle();
  expect(embedder.status().textsEmbedded).toBe(before + 1);
  expect((await store.status()).pendingVectors).toBe(2);
});
