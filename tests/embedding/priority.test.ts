import { expect, test } from 'vitest';
import { limits } from '../../src/limits.ts';
import { faultWorker, openEmbedder } from './embedder-fixture.ts';
import { ManualTimers } from './manual-timers.ts';

test('what waits is answered by priority, and in order within one', async () => {
  const embedder = openEmbedder();
  const order: string[] = [];
  const embed = (name: string, priority: 'query' | 'write' | 'bulk') =>
    embedder.embed([name], { priority }).then(() => order.push(name));

  await Promise.all([
    embed('bulk 1', 'bulk'),
    embed('bulk 2', 'bulk'),
    embed('write 1', 'write'),
    embed('query 1', 'query'),
    embed('write 2', 'write'),
    embed('query 2', 'query'),
  ]);

  expect(order).toEqual(['query 1', 'query 2', 'write 1', 'write 2', 'bulk 1', 'bulk 2']);
});

test('a query overtakes a bulk call that has begun and waits for one text of it', async () => {
  const embedder = openEmbedder();
  const order: string[] = [];
  await embedder.embed(['begins'], { priority: 'bulk' });
  const bulk = embedder.embed(
    Array.from({ length: 12 }, (_, index) => `text ${index} of the bulk`),
    { priority: 'bulk' },
  );

  await embedder.embed(['query'], { priority: 'query' }).then(() => order.push('query'));
  expect(order).toEqual(['query']);
  // The first, the one of the bulk that was being embedded, and the query.
  expect(embedder.status().textsEmbedded).toBe(3);

  const { vectors } = await bulk;
  expect(vectors.filter((vector) => vector === null)).toEqual([]);
  expect(embedder.status().textsEmbedded).toBe(14);
});

test('counting tokens stands between queries and writes', async () => {
  const embedder = openEmbedder({ workerFile: faultWorker });
  const order: string[] = [];
  await Promise.all([
    embedder.embed(['w'], { priority: 'write' }).then(() => order.push('write')),
    embedder.countTokens(['t']).then(() => order.push('tokens')),
    embedder.embed(['q'], { priority: 'query' }).then(() => order.push('query')),
  ]);
  expect(order).toEqual(['query', 'tokens', 'write']);
});

test('texts not begun when the budget ran out are null', async () => {
  const timers = new ManualTimers();
  const embedder = openEmbedder({ workerFile: faultWorker, timers });
  // The worker must first answer to "before"; then the budget runs out with one text in the worker's hands.
  const before = embedder.embed(['before'], { priority: 'write' });
  const limited = embedder.embed(['one', 'two', 'three'], { priority: 'write', budgetMs: 100 });
  await before;
  timers.advance(100);

  const { vectors } = await limited;
  expect(vectors.map((vector) => vector !== null)).toEqual([true, false, false]);
});

test('the budget also ends the wait for a model that loads, and for other texts', async () => {
  const timers = new ManualTimers();
  const embedder = openEmbedder({ workerFile: faultWorker, modelDir: '/load-hangs', timers });
  const waiting = embedder.embed(['one', 'two'], { priority: 'write', budgetMs: 100 });
  expect(embedder.status().state).toBe('loading');
  timers.advance(100);
  expect((await waiting).vectors).toEqual([null, null]);

  const closed = embedder.close();
  timers.advance(limits.workerEndMsMax);
  await closed;
});

test('a budget of nothing embeds nothing', async () => {
  const embedder = openEmbedder({ workerFile: '/no/such/worker.js' });
  expect((await embedder.embed(['one'], { priority: 'write', budgetMs: 0 })).vectors).toEqual([null]);
});

test('no texts are no vectors', async () => {
  const embedder = openEmbedder({ workerFile: '/no/such/worker.js' });
  expect((await embedder.embed([], { priority: 'bulk' })).vectors).toEqual([]);
});

test('vectors come back in the order of the texts', async () => {
  const embedder = openEmbedder({ workerFile: faultWorker });
  const { vectors } = await embedder.embed(['a', 'bb', 'ccc'], { priority: 'bulk' });
  expect(vectors.map((vector) => vector!.indexOf(1))).toEqual([1, 2, 3]);
});

test('a query that was asked before is answered from memory, and its vector cannot be spoilt', async () => {
  const embedder = openEmbedder({ workerFile: faultWorker });
  const first = await embedder.embed(['a query'], { priority: 'query' });
  first.vectors[0]!.fill(0);
  const second = await embedder.embed(['a query', 'another'], { priority: 'query' });

  expect(second.vectors.map((vector) => vector!.indexOf(1))).toEqual([7, 7]);
  expect(embedder.status().textsEmbedded).toBe(2);
});

test('the cache of queries is bounded and keeps those used last', async () => {
  const embedder = openEmbedder({ workerFile: faultWorker });
  const ask = (text: string) => embedder.embed([text], { priority: 'query' });
  await ask('kept');
  for (let index = 0; index < limits.queryVectorsKeptMax; index++) {
    await ask(`query ${index}`);
    await ask('kept');
  }
  const before = embedder.status().textsEmbedded;
  await ask('kept');
  expect(embedder.status().textsEmbedded).toBe(before);
  await ask('query 0');
  expect(embedder.status().textsEmbedded).toBe(before + 1);
});

test('more texts than the queue may hold are refused', async () => {
  const embedder = openEmbedder({ workerFile: faultWorker });
  const texts = new Array<string>(limits.embeddingQueueTextsMax + 1).fill('text');
  await expect(embedder.embed(texts, { priority: 'bulk' })).rejects.toMatchObject({ code: 'too_large' });
});

test('the event loop turns while texts are embedded', async () => {
  const embedder = openEmbedder();
  await embedder.embed(['warm'], { priority: 'bulk' });
  const texts = Array.from({ length: 10 }, (_, index) => `${index} `.repeat(120));
  let turns = 0;
  let isDone = false;
  const turn = () => {
    turns++;
    if (!isDone) setImmediate(turn);
  };
  setImmediate(turn);
  await embedder.embed(texts, { priority: 'bulk' });
  isDone = true;
  // On the main thread it would turn about once a text; beside a worker it turns thousands of times.
  expect(turns).toBeGreaterThan(texts.length * 10);
});
