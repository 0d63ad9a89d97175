import { expect, test } from 'vitest';
import { Chats } from '../../src/domain/chats.ts';
import { PendingVectors } from '../../src/domain/pending-vectors.ts';
import type { Embedder, Store } from '../../src/domain/ports.ts';
import { Recall } from '../../src/domain/recall.ts';
import { openedStore } from '../storage/opened-store.ts';
import { temporaryFolder } from '../storage/temporary-folder.ts';
import { missingModel, now, realEmbedder } from './opened-memories.ts';

const scope = { project: 'shop' };

async function said(chats: Chats, role: string, content: string, conversationId = 's1'): Promise<number> {
  const message = { project: 'shop', conversationId, role, content, agentName: null, sourceTool: null };
  return (await chats.log({ ...message, metadata: null, origin: 'agent' })).messageId;
}

/** How near a message's vector is to that of a text. */
async function nearness(store: Store, embedder: Embedder, messageId: number, text: string): Promise<number> {
  const { vectors } = await embedder.embed([text], { priority: 'query' });
  const { hits } = await store.searchMessages({ words: [], vector: vectors[0] ?? null }, { scope });
  return hits.find((hit) => hit.messageId === messageId)?.cosine ?? 0;
}

async function filled(store: Store, embedder: Embedder): Promise<void> {
  const pending = new PendingVectors(store, embedder);
  pending.nudge((thrown) => {
    throw thrown;
  });
  await pending.idle();
}

test('a reply is found by what it replies to', async () => {
  const store = await openedStore({ path: `${temporaryFolder()}/ltmc.db` });
  const embedder = realEmbedder();
  const chats = new Chats(store, embedder, () => now);
  await said(chats, 'user', 'Which queue shall the mail worker read from?');
  const reply = await said(chats, 'assistant', 'The blue one, it has the dead letters.');
  for (const [i, other] of [
    'Lunch at noon?',
    'The build is green.',
    'Rename the folder to pages.',
  ].entries()) {
    await said(chats, 'user', other, `other ${i}`);
  }
  const recall = new Recall(store, embedder);
  const asked = { scope, query: 'From which queue does the mail worker read?', type: 'chat', topK: 3 };
  const { documents } = await recall.find({ ...asked, includeWeak: true });
  expect(documents.slice(0, 2).map(({ ref }) => ref)).toContain(`message-${reply}`);
  const scores = documents.map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
});

test('asked in German, messages answer by the words they share with the question', async () => {
  const store = await openedStore({ path: `${temporaryFolder()}/ltmc.db` });
  const embedder = realEmbedder();
  const chats = new Chats(store, embedder, () => now);
  const told = await said(chats, 'user', 'Die Rechnungen gehen nachts als CSV an die Buchhaltung.');
  await said(chats, 'assistant', 'Gut, dann stelle ich den Export auf zwei Uhr.');
  const recall = new Recall(store, embedder);
  const ask = (query: string) => recall.find({ scope, query, type: 'chat', topK: 3, includeWeak: false });
  const found = await ask('Wohin gehen die Rechnungen?');
  expect(found.documents.map(({ ref }) => ref)).toContain(`message-${told}`);
  expect(await ask('Wie koche ich Spaghetti?')).toMatchObject({ documents: [], confidence: 'none' });
});

test('without a model too, an irregular form is found as its word, and a reply beside what it replies to', async () => {
  const store = await openedStore({ path: `${temporaryFolder()}/ltmc.db` });
  const chats = new Chats(store, missingModel(), () => now);
  const bought = await said(chats, 'Ada', 'At the kiosk I bought it.');
  const sold = await said(chats, 'Ada', 'At the kiosk I sold it.', 's2');
  const reply = await said(chats, 'Grace', 'For whom?', 's2');
  for (const other of ['Lunch?', 'The build is green.', 'Rename it.', 'No.', 'Yes.'])
    await said(chats, 'user', other, other);
  const recall = new Recall(store, missingModel());
  const asked = { scope, query: 'What did she buy at the kiosk?', type: 'chat', topK: 5, includeWeak: true };
  const { documents } = await recall.find(asked);
  expect(documents.map(({ ref }) => ref)).toEqual([bought, sold, reply].map((id) => `message-${id}`));
});

test('a vector that was pending is the one that would have been made at once', async () => {
  const path = `${temporaryFolder()}/ltmc.db`;
  const store = await openedStore({ path });
  const without = new Chats(store, missingModel(), () => now);
  await said(without, 'user', 'Shall we ship on Friday?');
  const reply = await said(without, 'assistant', 'Yes, before noon.');
  const embedder = realEmbedder();
  await filled(store, embedder);
  const text = 'user: Shall we ship on Friday?\nassistant: Yes, before noon.';
  expect(await nearness(store, embedder, reply, text)).toBeCloseTo(1, 4);
  const next = await said(new Chats(store, embedder, () => now), 'user', 'Fine.');
  expect(await nearness(store, embedder, next, 'assistant: Yes, before noon.\nuser: Fine.')).toBeCloseTo(
    1,
    4,
  );
});

test('of a message that is removed nothing stays in the vector of the next', async () => {
  const store = await openedStore({ path: `${temporaryFolder()}/ltmc.db` });
  const embedder = realEmbedder();
  const chats = new Chats(store, embedder, () => now);
  const secret = await said(chats, 'user', 'My door code is four seven eleven.');
  const reply = await said(chats, 'assistant', 'Noted.');
  await store.remove([{ kind: 'message', id: secret }], { dryRun: false });
  await filled(store, embedder);
  expect(await nearness(store, embedder, reply, 'assistant: Noted.')).toBeCloseTo(1, 4);
});
