import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
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

/** The worker threads that are started while `run` runs. */
export async function workersStartedBy(run: () => Promise<unknown>): Promise<Worker[]> {
  const workers: Worker[] = [];
  const collect = (worker: Worker) => workers.push(worker);
  process.on('worker', collect);
  try {
    await run();
  } finally {
    process.off('worker', collect);
  }
  return workers;
}

export async function exited(worker: Worker): Promise<void> {
  // A thread that is gone has the id -1.
  if (worker.threadId !== -1) await once(worker, 'exit');
}
