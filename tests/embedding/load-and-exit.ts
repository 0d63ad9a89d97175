/** A program that ends so many milliseconds after it has begun to load the model. */
import { OnnxEmbedder } from '../../src/embedding/onnx-embedder.ts';
import { realWorker } from './worker-files.ts';

const embedder = new OnnxEmbedder({ workerFile: realWorker });
embedder.embed(['text'], { priority: 'query' }).catch(() => {});
setTimeout(() => process.exit(7), Number(process.argv[2]));
