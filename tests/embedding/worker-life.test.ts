import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { limits } from '../../src/limits.ts';
import { exited, faultWorker, openEmbedder, workersStartedBy } from './embedder-fixture.ts';
import { ManualTimers } from './manual-timers.ts';

const query = { priority: 'query' } as const;
const unavailable = { code: 'model_unavailable', hint: expect.any(String) };

test('nothing starts before it is needed', async () => {
  const started = await workersStartedBy(async () => {
    const embedder = openEmbedder();
    embedder.status();
    await embedder.close();
  });
  expect(started).toEqual([]);
});

test('after idle minutes the real worker goes, and the next call starts it again', async () => {
  const timers = new ManualTimers();
  const embedder = openEmbedder({ timers });
  const [first] = await workersStartedBy(() => embedder.embed(['one'], query));
  timers.advance(limits.modelIdleMs - 1);
  expect(embedder.status().state).toBe('ready');

  timers.advance(1);
  await exited(first!);
  expect(embedder.status()).toMatchObject({ state: 'idle', textsEmbedded: 1 });

  const [second] = await workersStartedBy(() => embedder.embed(['two'], query));
  expect(second).toBeDefined();
  expect(embedder.status()).toMatchObject({ state: 'ready', textsEmbedded: 2 });
});

test('work puts the idle time off', async () => {
  const timers = new ManualTimers();
  const embedder = openEmbedder({ workerFile: faultWorker, timers });
  await embedder.embed(['one'], query);
  timers.advance(limits.modelIdleMs - 1);
  await embedder.embed(['two'], query);
  timers.advance(limits.modelIdleMs - 1);
  expect(embedder.status().state).toBe('ready');
});

test('a crash rejects what was in flight alone, and a new worker does the rest', async () => {
  const embedder = openEmbedder({ workerFile: faultWorker });
  await embedder.embed(['loads'], query);
  const crashing = expect(embedder.embed(['crash'], query)).rejects.toMatchObject(unavailable);
  const started = await workersStartedBy(async () => {
    const { vectors } = await embedder.embed(['waiting'], { priority: 'bulk' });
    expect(vectors[0]).toBeInstanceOf(Float32Array);
  });
  await crashing;
  expect(started).toHaveLength(1);
  expect(embedder.status().state).toBe('ready');
});

test('a text that the worker refuses rejects its own call alone', async () => {
  const embedder = openEmbedder({ workerFile: faultWorker });
  await expect(embedder.embed(['fine', 'refuse'], query)).rejects.toMatchObject(unavailable);
  await expect(embedder.embed(['fine'], query)).resolves.toBeDefined();
});

test('a worker that hangs is given up', async () => {
  const timers = new ManualTimers();
  const embedder = openEmbedder({ workerFile: faultWorker, timers });
  const [worker] = await workersStartedBy(() => embedder.embed(['loads'], query));
  const hanging = expect(embedder.embed(['hang'], query)).rejects.toMatchObject(unavailable);
  timers.advance(limits.modelAnswerMsMax);
  await hanging;
  await exited(worker!);
  await expect(embedder.embed(['again'], query)).resolves.toBeDefined();
});

test('a failed load fails calls at once and is tried again when its time has come', async () => {
  const timers = new ManualTimers();
  const embedder = openEmbedder({ workerFile: faultWorker, modelDir: '/load-refuses', timers });
  const refused = { ...unavailable, message: 'Expected to load, was told to refuse the model.' };
  await expect(embedder.embed(['one'], query)).rejects.toMatchObject(refused);
  expect(embedder.status()).toMatchObject({ state: 'unavailable', reason: refused.message });

  timers.advance(limits.modelRetryMs - 1);
  const early = await workersStartedBy(() =>
    expect(embedder.embed(['two'], query)).rejects.toMatchObject(refused),
  );
  expect(early).toEqual([]);

  timers.advance(1);
  const late = await workersStartedBy(() =>
    expect(embedder.embed(['three'], query)).rejects.toMatchObject(refused),
  );
  expect(late).toHaveLength(1);
});

test('without a model the tokenizer goes on', async () => {
  const embedder = openEmbedder({ workerFile: faultWorker, modelDir: '/load-crashes' });
  const tokens = embedder.countTokens(['abc']);
  await expect(embedder.embed(['one'], query)).rejects.toMatchObject(unavailable);
  expect(await tokens).toEqual([3]);
  expect(await embedder.countTokens(['abcd'])).toEqual([4]);
  expect(embedder.status().state).toBe('unavailable');
});

test('a missing worker file makes the model unavailable, without its path', async () => {
  const embedder = openEmbedder({ workerFile: '/no/such/folder/worker.js' });
  await expect(embedder.embed(['one'], query)).rejects.toMatchObject(unavailable);
  await expect(embedder.tokenMap('one')).rejects.toMatchObject(unavailable);
  expect(embedder.status()).toMatchObject({ state: 'unavailable' });
  expect(embedder.status().reason).not.toContain('/no/such');
});

test('a thread that cannot even be made fails each call, and leaves none waiting', async () => {
  const timers = new ManualTimers();
  const embedder = openEmbedder({ workerFile: 'no/absolute/path.js', timers });
  await expect(embedder.embed(['one'], query)).rejects.toMatchObject(unavailable);
  await expect(embedder.tokenMap('one')).rejects.toMatchObject(unavailable);
  expect(embedder.status()).toMatchObject({ state: 'unavailable' });
  timers.advance(limits.modelRetryMs);
  await expect(embedder.embed(['again'], query)).rejects.toMatchObject(unavailable);
});

test('closing rejects what is in flight and what waits, ends the worker, and can be done twice', async () => {
  const embedder = openEmbedder();
  const [worker] = await workersStartedBy(() => embedder.embed(['loads'], query));
  const calls = [
    embedder.embed(['in flight'], { priority: 'bulk' }),
    embedder.embed(['waiting'], query),
    embedder.tokenMap('waiting'),
  ].map((call) => expect(call).rejects.toMatchObject(unavailable));
  await Promise.all([embedder.close(), embedder.close()]);
  await Promise.all(calls);
  await exited(worker!);
  await embedder.close();
  await expect(embedder.embed(['late'], query)).rejects.toMatchObject(unavailable);
  await expect(embedder.countTokens(['late'])).rejects.toMatchObject(unavailable);
});

test('closing while the model loads ends the worker', async () => {
  const embedder = openEmbedder();
  const loading = expect(embedder.embed(['one'], query)).rejects.toMatchObject(unavailable);
  await embedder.close();
  await loading;
});

test('closing stops a worker that hangs', async () => {
  const timers = new ManualTimers();
  const embedder = openEmbedder({ workerFile: faultWorker, modelDir: '/load-hangs', timers });
  const hanging = expect(embedder.embed(['one'], query)).rejects.toMatchObject(unavailable);
  const closed = embedder.close();
  timers.advance(limits.workerEndMsMax);
  await closed;
  await hanging;
});

test.each(['open', 'closed', 'given back', 'printing'])(
  'a process with its embedder %s ends by itself, and stdout is its own',
  async (how) => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(import.meta.dirname, 'exit-by-itself.ts'),
      how,
    ]);
    expect(stdout).toBe('[true]\n');
  },
);
