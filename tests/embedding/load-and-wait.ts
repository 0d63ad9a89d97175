/**
 * A program that embeds a load, prints the ids of the processes that did it, and stays, or, told to `end`, has
 * nothing left to do.
 */
import type { ChildProcess } from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import { OnnxEmbedder } from '../../src/embedding/onnx-embedder.ts';
import { limits } from '../../src/limits.ts';
import { faultWorker } from './worker-files.ts';

const processes: ChildProcess[] = [];
subscribe('child_process', (message) => {
  processes.push((message as { process: ChildProcess }).process);
});
const embedder = new OnnxEmbedder({ workerFile: faultWorker, bulkWorkers: 2 });
const texts = Array.from({ length: limits.bulkLoadTextsMin }, (_, index) => `${index}`);
await embedder.embed(['print', ...texts], { priority: 'bulk' });
process.stdout.write(`${JSON.stringify(processes.map(({ pid }) => pid))}\n`);
if (process.argv[2] !== 'end') process.stdin.resume();
