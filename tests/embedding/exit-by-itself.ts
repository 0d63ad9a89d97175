/** A process that embeds one text and then has nothing left to do. Prints what it got, and no worker may print. */
import type { Worker } from 'node:worker_threads';
import { OnnxEmbedder } from '../../src/embedding/onnx-embedder.ts';
import { faultWorker, realWorker } from './worker-files.ts';

const how = process.argv[2];
if (how === 'given back') {
  // Waiting for the thread's end holds the process; the idle timer must not.
  process.on('worker', (worker: Worker) => {
    const hold = setInterval(() => {}, 1_000);
    worker.once('exit', () => clearInterval(hold));
  });
}

const embedder = new OnnxEmbedder({
  workerFile: how === 'printing' ? faultWorker : realWorker,
  ...(how === 'given back' ? { idleMs: 1 } : {}),
});
const { vectors } = await embedder.embed(['print'], { priority: 'query' });
process.stdout.write(`${JSON.stringify(vectors.map((vector) => vector !== null))}\n`);
if (how === 'closed') await embedder.close();
