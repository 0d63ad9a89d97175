import { expect, test } from 'vitest';
import { EmbedCall } from '../../src/embedding/embed-call.ts';
import { textKey, VectorCache } from '../../src/embedding/vector-cache.ts';
import { callRanks, type Piece } from '../../src/embedding/worker-call.ts';
import { ManualTimers } from './manual-timers.ts';

function embedCall(texts: string[], cache = new VectorCache(10)): EmbedCall {
  return new EmbedCall(texts, {
    rank: callRanks.bulk,
    budgetMs: undefined,
    timers: new ManualTimers(),
    cache,
  });
}

function begun(call: EmbedCall): Piece {
  expect(call.hasWork()).toBe(true);
  return call.begin();
}

function answer(piece: Piece, value: number, modelHash: string): void {
  const vector = Float32Array.of(value);
  piece.accept({ kind: 'vector', vector, embeddingMs: 1 }, { modelHash, compatibleModelHashes: [modelHash] });
}

test('answers may come in any order', async () => {
  const call = embedCall(['a', 'b', 'c']);
  const pieces = [begun(call), begun(call), begun(call)];
  expect(call.hasWork()).toBe(false);
  for (const index of [2, 0, 1]) answer(pieces[index]!, index, 'm');
  const { vectors, modelHash } = await call.result;
  expect(vectors).toEqual([0, 1, 2].map((value) => Float32Array.of(value)));
  expect(modelHash).toBe('m');
});

test('a call whose model was exchanged under way begins anew, so that no answer mixes two models', async () => {
  const call = embedCall(['a', 'b']);
  const [first, late] = [begun(call), begun(call)];
  answer(first, 1, 'old');
  answer(late, 2, 'new');
  expect(call.isSettled).toBe(false);
  // What was begun before does not count any more; the newest vector is remembered.
  const again = begun(call);
  expect(again.request).toEqual({ kind: 'embed', text: 'a' });
  answer(again, 3, 'new');
  expect(call.hasWork()).toBe(false);
  expect(await call.result).toEqual({
    vectors: [Float32Array.of(3), Float32Array.of(2)],
    modelHash: 'new',
  });
});

test('remembered vectors of another model do not count either', async () => {
  const cache = new VectorCache(10);
  cache.set(textKey('a'), Float32Array.of(1), 'old');
  const call = embedCall(['a', 'b'], cache);
  answer(begun(call), 2, 'new');
  answer(begun(call), 3, 'new');
  expect(call.hasWork()).toBe(false);
  expect(await call.result).toEqual({
    vectors: [Float32Array.of(3), Float32Array.of(2)],
    modelHash: 'new',
  });
});

test('a model that is exchanged again and again fails the call', async () => {
  const call = embedCall(['a', 'b', 'c', 'd']);
  const pieces = [begun(call), begun(call)];
  answer(pieces[0]!, 1, 'first');
  answer(pieces[1]!, 2, 'second');
  const more = [begun(call), begun(call)];
  answer(more[0]!, 3, 'third');
  answer(more[1]!, 4, 'fourth');
  await expect(call.result).rejects.toMatchObject({ code: 'model_unavailable' });
});

test('texts are told apart, also those that UTF-8 could not tell apart', () => {
  expect(textKey('\ud800')).not.toBe(textKey('\ufffd'));
  expect(textKey('a')).toBe(textKey('a'));
});
