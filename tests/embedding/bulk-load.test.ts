import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bulkWorkerCount } from '../../src/embedding/bulk-worker-count.ts';
import type { Golden } from '../../src/embedding/golden-check.ts';
import { limits } from '../../src/limits.ts';
import {
  exited,
  faultWorker,
  isProcess,
  modelsDir,
  openEmbedder,
  temporaryFolder,
  workersStartedBy,
} from './embedder-fixture.ts';
import { ManualTimers } from './manual-timers.ts';

const bulk = { priority: 'bulk' } as const;
const query = { priority: 'query' } as const;
const unavailable = { code: 'model_unavailable' };
const load = Array.from({ length: limits.bulkLoadTextsMin }, (_, index) => `text ${index} of a load`);

test('a few texts start one thread; a load starts as many processes as it may', async () => {
  const few = openEmbedder({ workerFile: faultWorker, bulkWorkers: 2 });
  const threads = await workersStartedBy(() => few.embed(load.slice(1), bulk));
  expect(threads.map(isProcess)).toEqual([false]);
  const many = openEmbedder({ workerFile: faultWorker, bulkWorkers: 2 });
  const processes = await workersStartedBy(() => many.embed(load, bulk));
  expect(processes.map(isProcess)).toEqual([true, true]);
});

test('many writes that wait are a load too', async () => {
  const embedder = openEmbedder({ workerFile: faultWorker, bulkWorkers: 1 });
  await embedder.embed(['loads the first thread'], query);
  const writes = () =>
    Promise.all([...load, 'begun at once'].map((text) => embedder.embed([text], { priority: 'write' })));
  expect(await workersStartedBy(writes)).toHaveLength(1);
});

test('a query does not wait for a load: it has a thread and a model of its own', async () => {
  const embedder = openEmbedder({ workerFile: faultWorker, bulkWorkers: 1 });
  // The only bulk worker hangs in the first text.
  const hanging = embedder.embed(['hang', ...load], bulk).catch((thrown: unknown) => thrown);
  const { vectors } = await embedder.embed(['a query'], query);
  expect(vectors[0]!.indexOf(1)).toBe('a query'.length);
  expect(await embedder.countTokens(['abc'])).toEqual([3]);
  await embedder.close();
  expect(await hanging).toMatchObject(unavailable);
});

test('what was loaded for a load goes soon after it, and the first thread stays', async () => {
  const timers = new ManualTimers();
  const embedder = openEmbedder({ workerFile: faultWorker, bulkWorkers: 1, timers });
  const started = await workersStartedBy(() => embedder.embed(load, bulk));
  expect(started).toHaveLength(1);
  expect(await workersStartedBy(() => embedder.countTokens(['starts the first thread']))).toHaveLength(1);
  timers.advance(limits.bulkWorkerIdleMs);
  await Promise.all(started.map(exited));
  expect(await workersStartedBy(() => embedder.embed(['after it'], bulk))).toEqual([]);
});

test('where a second model cannot be loaded, the first worker does the work', async () => {
  const modelDir = join(temporaryFolder(), 'loads-once');
  mkdirSync(modelDir);
  const embedder = openEmbedder({ workerFile: faultWorker, modelDir, bulkWorkers: 1 });
  await embedder.embed(['loads the first thread'], query);
  const { vectors } = await embedder.embed(load, bulk);
  expect(vectors.map((vector) => vector!.indexOf(1))).toEqual(load.map((text) => text.length));
  expect(embedder.status()).toMatchObject({ state: 'ready', textsEmbedded: load.length + 1 });
});

test('where one of the processes for a load cannot load its model, the other does the work', async () => {
  const modelDir = join(temporaryFolder(), 'loads-once');
  mkdirSync(modelDir);
  const embedder = openEmbedder({ workerFile: faultWorker, modelDir, bulkWorkers: 2 });
  const { vectors } = await embedder.embed(load, bulk);
  expect(vectors.map((vector) => vector!.indexOf(1))).toEqual(load.map((text) => text.length));
});

test('a crash in a load rejects its call, and the next load is done', async () => {
  const embedder = openEmbedder({ workerFile: faultWorker, bulkWorkers: 2 });
  await expect(embedder.embed([...load, 'crash'], bulk)).rejects.toMatchObject(unavailable);
  const { vectors } = await embedder.embed(load, bulk);
  expect(vectors.every((vector) => vector !== null)).toBe(true);
});

test('closing in the middle of a load rejects it and ends every worker', async () => {
  const embedder = openEmbedder({ bulkWorkers: 2 });
  const started = await workersStartedBy(async () => {
    await embedder.embed(load, bulk);
    const others = load.map((text) => `another ${text}`);
    const rejected = embedder.embed(others, bulk).catch((thrown: unknown) => thrown);
    await embedder.close();
    expect(await rejected).toMatchObject(unavailable);
  });
  await Promise.all(started.map(exited));
});

test('a vector is the same to the bit, alone and in a load, from any worker', async () => {
  const golden = JSON.parse(readFileSync(join(modelsDir, 'golden.json'), 'utf8')) as Golden;
  const texts = golden.cases.map(({ text }) => text);
  const loading = openEmbedder({ bulkWorkers: 2 });
  const inLoad = await loading.embed(texts, bulk);
  const alone = openEmbedder();
  for (const [index, text] of texts.entries()) {
    const { vectors, modelHash } = await alone.embed([text], query);
    expect(inLoad.vectors[index]).toEqual(vectors[0]);
    expect(inLoad.modelHash).toBe(modelHash);
  }
});

test('equal texts are embedded once, in one call and in a later one, and none can spoil another', async () => {
  const embedder = openEmbedder({ workerFile: faultWorker });
  const { vectors } = await embedder.embed(['a', 'bb', 'a', 'a'], bulk);
  expect(vectors.map((vector) => vector!.indexOf(1))).toEqual([1, 2, 1, 1]);
  vectors[0]!.fill(0);
  expect(vectors[2]!.indexOf(1)).toBe(1);
  const again = await embedder.embed(['bb', 'a'], { priority: 'write' });
  expect(again.vectors.map((vector) => vector!.indexOf(1))).toEqual([2, 1]);
  expect(embedder.status().textsEmbedded).toBe(2);
});

test('vectors of written texts are remembered up to a bound, and push no query out', async () => {
  const embedder = openEmbedder({ workerFile: faultWorker });
  await embedder.embed(['asked'], query);
  const texts = Array.from({ length: limits.textVectorsKeptMax + 1 }, (_, index) => `text ${index}`);
  await embedder.embed(texts, bulk);
  const before = embedder.status().textsEmbedded;
  await embedder.embed(['asked'], query);
  await embedder.embed([texts.at(-1)!], bulk);
  expect(embedder.status().textsEmbedded).toBe(before);
  await embedder.embed([texts[0]!], bulk);
  expect(embedder.status().textsEmbedded).toBe(before + 1);
});

test.each([
  [null, 1, 1],
  [null, 2, 1],
  [null, 8, 4],
  [null, 64, limits.bulkWorkersDefaultMax],
  ['all', 6, 6],
  ['all', 1_000, limits.bulkWorkersMax],
  [3, 2, 3],
] as const)('asked for %s on %d cores: %d processes', (asked, cores, workers) => {
  expect(bulkWorkerCount(asked, cores)).toBe(workers);
});

test('a process for a load stands back behind the others', async () => {
  const embedder = openEmbedder({ bulkWorkers: 1 });
  const [worker] = await workersStartedBy(() => embedder.embed(load, bulk));
  const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = constants.priority;
  const expected =
    process.platform === 'win32' ? PRIORITY_BELOW_NORMAL : Math.min(PRIORITY_LOW, getPriority() + 5);
  expect(getPriority((worker as ChildProcess).pid)).toBe(expected);
});
