/** Embeds one text and says how many numbers its vector has. */
import { OnnxEmbedder } from '../../src/embedding/onnx-embedder.ts';

const embedder = new OnnxEmbedder({});
const { vectors } = await embedder.embed(['a text'], { priority: 'query' });
await embedder.close();
console.log(vectors[0]?.length);
