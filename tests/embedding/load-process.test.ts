import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { limits } from '../../src/limits.ts';
import { setLogLevel } from '../../src/log.ts';
import { exited, faultWorker, isProcess, openEmbedder, workersStartedBy } from './embedder-fixture.ts';
import { ManualTimers } from './manual-timers.ts';

const bulk = { priority: 'bulk' } as const;
const unavailable = { code: 'model_unavailable' };
const load = Array.from({ length: limits.bulkLoadTextsMin }, (_, index) => `text ${index} of a load`);
const loadingProgram = join(import.meta.dirname, 'load-and-wait.ts');

test('after a load nothing of its processes is left', async () => {
  const timers = new ManualTimers();
  const embedder = openEmbedder({ bulkWorkers: 2, timers });
  const started = (await workersStartedBy(() => embedder.embed(load, bulk))) as ChildProcess[];
  expect(started).toHaveLength(2);
  // One of them may have loaded its model only to find that the other had done all the work.
  await vi.waitFor(() => expect(timers.dueIn(limits.bulkWorkerIdleMs)).toBe(2), 20_000);
  timers.advance(limits.bulkWorkerIdleMs);
  await Promise.all(started.map(exited));
  expect(started.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
});

test('a process that is killed in a load rejects its call, and the texts can be embedded again', async () => {
  const embedder = openEmbedder({ workerFile: faultWorker, bulkWorkers: 1 });
  const [worker] = (await workersStartedBy(() => embedder.embed(load, bulk))) as ChildProcess[];
  const others = load.map((text) => `another ${text}`);
  const interrupted = expect(embedder.embed(['hang', ...others], bulk)).rejects.toMatchObject(unavailable);
  worker!.kill('SIGKILL');
  await interrupted;
  const { vectors } = await embedder.embed(others, bulk);
  expect(vectors.map((vector) => vector!.indexOf(1))).toEqual(others.map((text) => text.length));
});

test('a process that crashes in a load leaves its exit code and its last words in the log', async () => {
  const embedder = openEmbedder({ workerFile: faultWorker, bulkWorkers: 1 });
  await embedder.embed(load, bulk);
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  setLogLevel('debug');
  try {
    await expect(embedder.embed(['crash', ...load], bulk)).rejects.toMatchObject(unavailable);
  } finally {
    setLogLevel('silent');
  }
  const lines = written.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
  written.mockRestore();
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'warn', what: 'it ended (exit code 1)', loading: false }),
  );
  expect(lines).toContainEqual(
    expect.objectContaining({
      level: 'debug',
      detail: expect.stringContaining('This worker was told to crash.'),
    }),
  );
});

test('a process that hangs is given up and killed', async () => {
  const timers = new ManualTimers();
  const embedder = openEmbedder({ workerFile: faultWorker, bulkWorkers: 1, timers });
  const [worker] = await workersStartedBy(() => embedder.embed(load, bulk));
  const hanging = expect(embedder.embed(['hang', ...load], bulk)).rejects.toMatchObject(unavailable);
  timers.advance(limits.modelAnswerMsMax);
  await hanging;
  await exited(worker!);
});

test.skipIf(process.platform === 'win32')(
  'an interrupt from the terminal leaves the load to its end',
  async () => {
    const embedder = openEmbedder({ workerFile: faultWorker, bulkWorkers: 1 });
    const [worker] = (await workersStartedBy(() => embedder.embed(load, bulk))) as ChildProcess[];
    worker!.kill('SIGINT');
    const others = load.map((text) => `another ${text}`);
    expect(await workersStartedBy(() => embedder.embed(others, bulk))).toEqual([]);
  },
);

test('when the server is killed, its processes for a load end too', async () => {
  const server = spawn(process.execPath, [loadingProgram], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(server.stdout), 'line')) as [string];
  const pids = JSON.parse(line) as number[];
  expect(pids).toHaveLength(2);
  const hasGone = once(server, 'exit');
  server.kill('SIGKILL');
  await hasGone;
  await expect.poll(() => pids.filter(isRunning), { timeout: 30_000 }).toEqual([]);
});

test('a program ends by itself with its processes for a load at rest, and stdout is its own', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [loadingProgram, 'end']);
  expect(stdout).toMatch(/^\[\d+,\d+\]\n$/);
  const pids = JSON.parse(stdout) as number[];
  await expect.poll(() => pids.filter(isRunning), { timeout: 30_000 }).toEqual([]);
});

test('Node options of the server are not for its processes', async () => {
  vi.stubEnv('NODE_OPTIONS', '--no-such-option');
  const embedder = openEmbedder({ workerFile: faultWorker, bulkWorkers: 1 });
  const started = await workersStartedBy(() => embedder.embed(load, bulk));
  vi.unstubAllEnvs();
  // One that could not start would have left the work to a thread.
  expect(started.map(isProcess)).toEqual([true]);
});

test('where no process can be started, the first worker does the work', async () => {
  const program = process.execPath;
  const embedder = openEmbedder({ workerFile: faultWorker, bulkWorkers: 2 });
  await embedder.embed(['loads the first worker'], { priority: 'query' });
  try {
    process.execPath = '/no/such/node';
    const { vectors } = await embedder.embed(load, bulk);
    expect(vectors.map((vector) => vector!.indexOf(1))).toEqual(load.map((text) => text.length));
  } finally {
    process.execPath = program;
  }
});

/** A process that has ended has an id until its new parent asks for its outcome. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat[stat.lastIndexOf(')') + 2] !== 'Z';
  } catch {
    return false;
  }
}
