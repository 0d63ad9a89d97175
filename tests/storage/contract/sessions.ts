import { describe, expect, test } from 'vitest';
import type { MessageHit, NewMessage, Store } from '../../../src/domain/ports.ts';
import { madeAtMs, modelHash, newMessage, query } from '../made-rows.ts';
import { vectorOfText } from '../made-vectors.ts';
import type { OpenStore } from '../store-contract.ts';

const inSession = { project: 'atlas', conversationId: 's1' };

async function log(store: Store, content: string, given: Partial<NewMessage> = {}): Promise<number> {
  return (await store.logMessage(newMessage({ ...inSession, ...given, content }))).messageId;
}

export function sessionContract(open: OpenStore): void {
  describe('sessions', () => {
    test('end with the last message of the project and conversation, logs of questions aside', async () => {
      const { store } = await open();
      expect(await store.lastMessage('atlas', 's1')).toBeNull();
      await log(store, 'first');
      const second = await log(store, 'second', { role: 'Grace' });
      await log(store, 'of another conversation', { conversationId: 's2' });
      await log(store, 'of another project', { project: 'other' });
      await log(store, 'of no project', { project: null });
      const createdAt = { text: 'now', ms: madeAtMs };
      await store.logQuery({ ...inSession, query: 'asked', chunkIds: [], createdAt });
      expect(await store.lastMessage('atlas', 's1')).toEqual({ messageId: second, text: 'Grace: second' });
    });

    test('give what stands around a candidate', async () => {
      const { store } = await open();
      const asked = await log(store, 'Which kiwi?\n');
      const said = await log(store, 'A green one.', { role: 'Grace' });
      await log(store, 'ripe', { conversationId: 's2' });
      const last = await log(store, 'x'.repeat(1_000));
      const far = await log(store, 'and a melon');
      for (const word of ['x', 'y', 'z', 'v', 'w']) await log(store, word, { conversationId: word });
      const input = query({ words: ['kiwi', 'melon'], vector: vectorOfText('user: green') });
      const { hits } = await store.searchMessages(input, { scope: { project: 'atlas' } });
      const hit = (id: number) => hits.find(({ messageId }) => messageId === id) as MessageHit;
      expect(hit(asked)).toMatchObject({
        role: 'user',
        asks: true,
        followsQuestion: false,
        opensSession: true,
      });
      expect(hit(said)).toMatchObject({
        role: 'Grace',
        asks: false,
        followsQuestion: true,
        opensSession: false,
      });
      expect(hit(said)).toMatchObject({ bm25: 0, bm25InForms: 0, shortText: 'A green one.' });
      expect(hit(last).shortText).toBeNull();
      // Its own word in full, the other one from the far end of the session: less than a third of it.
      expect(hit(asked).bm25Around).toBeGreaterThan(hit(asked).bm25);
      expect(hit(asked).bm25Around).toBeLessThan(1.4 * hit(asked).bm25);
      // Between it and either word lies next to nothing.
      expect(hit(last).bm25Around).toBeGreaterThan(hit(said).bm25Around);
      expect(hit(asked).nextCosine).toBeCloseTo(hit(said).cosine as number, 1);
      expect(hit(far).nextCosine).toBeNull();
      expect(hit(far).session).toBe(hit(asked).session);
    });

    test('give what stands just before and after the best, where it is no candidate by itself', async () => {
      const { store } = await open();
      const at = (ms: number) => ({ createdAt: { text: 'then', ms } });
      await log(store, 'far before', at(1));
      const before = await log(store, 'Did you find one?', at(2));
      const hit = await log(store, 'A kiwi', at(3));
      const after = await log(store, 'a green one', at(4));
      await log(store, 'far behind', at(5));
      for (const word of ['x', 'y', 'z']) await log(store, word, { conversationId: word });
      const scope = { project: 'atlas' };
      const asked = query({ words: ['kiwi'] });
      const found = await store.searchMessages(asked, { scope });
      const ids = (hits: MessageHit[]) => hits.map(({ messageId }) => messageId);
      expect(ids(found.hits)).toEqual([hit]);
      expect(ids(found.beside)).toEqual([before, after]);
      expect(found.beside[1]).toMatchObject({ bm25: 0, cosine: null, opensSession: false, textLength: 11 });
      expect(found.beside[1]?.bm25Around).toBeGreaterThan(0);
      const newer = await store.searchMessages(asked, { scope, createdAfterMs: 3 });
      expect(ids(newer.beside)).toEqual([after]);
      const near = await store.searchMessages(query({ words: ['kiwi'], vector: vectorOfText('kiwi') }), {
        scope,
      });
      expect(near.beside).toEqual([]);
      await store.remove([{ kind: 'message', id: after }], { dryRun: false });
      expect(ids((await store.searchMessages(asked, { scope, createdAfterMs: 3 })).beside)).toHaveLength(1);
    });

    test('count an irregular form of a word as the word', async () => {
      const { store } = await open();
      const said = await log(store, 'I bought a kiwi');
      for (const word of ['x', 'y', 'z', 'v']) await log(store, word, { conversationId: word });
      const otherForms = new Map([['buy', ['bought']]]);
      const input = query({ words: ['buy', 'kiwi'], otherForms });
      const found = await store.searchMessages(input, { scope: { project: 'atlas' } });
      const [hit] = found.hits as [MessageHit];
      expect(found.hits.map(({ messageId }) => messageId)).toEqual([said]);
      expect(hit.bm25InForms).toBeCloseTo(2 * hit.bm25, 5);
      expect(hit.coverageAround).toBeCloseTo(1, 5);
      expect(found.lexical.wordRows).toEqual([
        { word: 'buy', rows: 0 },
        { word: 'kiwi', rows: 1 },
      ]);
    });

    test('tell of half-way words how near they are, however often they stand there', async () => {
      const { store } = await open();
      const first = await log(store, 'kiwi');
      await log(store, `${'x'.repeat(690)} melon melon`);
      for (const word of ['y', 'z', 'v']) await log(store, word, { conversationId: word });
      const { hits } = await store.searchMessages(query({ words: ['kiwi', 'melon'] }), { scope: 'all' });
      const hit = hits.find(({ messageId }) => messageId === first) as MessageHit;
      // Two words of one weight: all of one, and e^-0.702 of the other.
      expect(hit.coverageAround).toBeCloseTo((1 + Math.exp(-0.702)) / 2, 5);
    });

    test('a message without a conversation stands alone', async () => {
      const { store } = await open();
      const given = { conversationId: null as unknown as string };
      await log(store, 'Which kiwi?', given);
      const id = await log(store, 'A green one.', given);
      await log(store, 'x');
      await log(store, 'green of another project', { project: 'other' });
      await log(store, 'green here', { conversationId: 's2' });
      await log(store, 'green there', { conversationId: 's2', project: 'other' });
      await log(store, 'one more', given);
      for (const word of ['x', 'y', 'z', 'v', 'w']) await log(store, word, { conversationId: word });
      const found = await store.searchMessages(query({ words: ['green', 'one'] }), { scope: 'all' });
      expect(found.hits.find(({ messageId }) => messageId === id)).toMatchObject({ followsQuestion: false });
      expect(found.hits).toHaveLength(5);
      expect(new Set(found.hits.map(({ session }) => session)).size).toBe(5);
    });
  });

  describe('a vector made with the message before', () => {
    test('is kept where that is still the last one, and else pending with what it now follows', async () => {
      const { store } = await open();
      const first = await log(store, 'first', { precedingId: null });
      expect(
        (await store.logMessage(newMessage({ ...inSession, content: 'second', precedingId: first })))
          .pendingVectors,
      ).toBe(0);
      const late = await store.logMessage(newMessage({ ...inSession, content: 'late', precedingId: first }));
      expect(late.pendingVectors).toBe(1);
      expect(await store.pendingEmbeddings(5)).toMatchObject([
        { ownerId: late.messageId, sourceText: 'user: late', precedingText: 'user: second' },
      ]);
    });

    test('does not outlive that message', async () => {
      const { store } = await open();
      const first = await log(store, 'first');
      const secret = await log(store, 'secret');
      const third = await log(store, 'third');
      await store.remove([{ kind: 'message', id: secret }], { dryRun: false });
      const pending = await store.pendingEmbeddings(5);
      expect(pending).toMatchObject([{ ownerId: third, precedingText: 'user: first' }]);
      const near = async () => {
        const input = query({ words: [], vector: vectorOfText('third') });
        return (await store.searchMessages(input, { scope: 'all' })).hits.map(({ messageId }) => messageId);
      };
      expect(await near()).toEqual([first]);
      const filled = pending.map(({ vectorId }) => ({ vectorId, vector: vectorOfText('third') }));
      await store.fillEmbeddings(filled, modelHash);
      expect((await near()).toSorted()).toEqual([first, third]);
    });

    test('does not come back where it was being made when that message went', async () => {
      const { store } = await open();
      const secret = await log(store, 'secret');
      const next = await log(store, 'next', { vector: null });
      const underWay = await store.pendingEmbeddings(5);
      expect(underWay).toMatchObject([{ ownerId: next, precedingText: 'user: secret' }]);
      await store.remove([{ kind: 'message', id: secret }], { dryRun: false });
      const made = underWay.map(({ vectorId }) => ({ vectorId, vector: vectorOfText('secret next') }));
      expect(await store.fillEmbeddings(made, modelHash)).toBe(0);
      expect(await store.pendingEmbeddings(5)).toMatchObject([{ ownerId: next }]);
      expect((await store.pendingEmbeddings(5))[0]).not.toHaveProperty('precedingText');
    });
  });
}
