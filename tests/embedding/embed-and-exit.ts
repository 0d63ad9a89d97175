/** A program that loads the model, embeds one text after the other, and ends so many milliseconds after it has begun. */
import { OnnxEmbedder } from '../../src/embedding/onnx-embedder.ts';
import { realWorker } from './worker-files.ts';

const embedder = new OnnxEmbedder({ workerFile: realWorker });
setTimeout(() => process.exit(7), Number(process.argv[2]));
for (let count = 0; ; count++) {
  await embedder.embed([`text ${count} ${'and more of it '.repeat(40)}`], { priority: 'query' });
}
