import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach } from 'vitest';
import { OnnxEmbedder, type OnnxEmbedderOptions } from '../../src/embedding/onnx-embedder.ts';
import { setLogLevel } from '../../src/log.ts';
import { packageRoot } from '../../src/package-root.ts';
import { realWorker } from './worker-files.ts';

export const modelsDir = join(packageRoot, 'models');
export { faultWorker } from './worker-files.ts';

// Faults are what these tests are about.
setLogLevel('silent');

const opened: OnnxEmbedder[] = [];
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((embedder) => embedder.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** An embedder on the real worker from its source, closed after the test. */
export function openEmbedder(options: OnnxEmbedderOptions = {}): OnnxEmbedder {
  const embedder = new OnnxEmbedder({ workerFile: realWorker, ...options });
  opened.push(embedder);
  return embedder;
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ltmc-embedding-'));
  folders.push(folder);
  return folder;
}

/** A copy of the shipped model's files that a test may damage. */
export function copyOfModel(): string {
  const folder = temporaryFolder();
  for (const name of ['all-MiniLM-L6-v2.int8.onnx', 'tokenizer.json', 'golden.json']) {
    cpSync(join(modelsDir, name), join(folder, name));
  }
  return folder;
}

export type StartedWorker = Worker | ChildProcess;

/** The workers, threads and processes, that are started while `run` runs. */
export async function workersStartedBy(run: () => Promise<unknown>): Promise<StartedWorker[]> {
  const workers: StartedWorker[] = [];
  const collectThread = (worker: Worker) => workers.push(worker);
  const collectProcess = (message: unknown) => workers.push((message as { process: ChildProcess }).process);
  process.on('worker', collectThread);
  subscribe('child_process', collectProcess);
  try {
    await run();
  } finally {
    process.off('worker', collectThread);
    unsubscribe('child_process', collectProcess);
  }
  return workers;
}

export function isProcess(worker: StartedWorker): worker is ChildProcess {
  return !(worker instanceof Worker);
}

export async function exited(worker: StartedWorker): Promise<void> {
  // A thread that is gone has the id -1.
  const isGone = isProcess(worker)
    ? worker.exitCode !== null || worker.signalCode !== null
    : worker.threadId === -1;
  if (!isGone) await once(worker, 'exit');
}
