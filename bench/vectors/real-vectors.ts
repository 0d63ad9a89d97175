import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { OnnxEmbedder } from '../../src/embedding/onnx-embedder.ts';
import { dimensions } from '../../src/storage/sqlite/scan-kernel.ts';
import { seededRandom } from '../calibration/seeded-random.ts';
import { realText } from '../real-text.ts';

const pieceCharacters = 300;
const batchTexts = 64;

/** What the model makes of pieces of the installed packages' documents and declarations. Kept in the user's cache. */
export async function realVectors(count: number): Promise<Float32Array[]> {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const path = join(cache, 'ltmc-bench', `real-vectors-${count}.f32`);
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, await embedded(count));
  }
  const bytes = readFileSync(path);
  const numbers = new Float32Array(bytes.buffer, bytes.byteOffset, count * dimensions);
  return Array.from({ length: count }, (_, i) => numbers.subarray(i * dimensions, (i + 1) * dimensions));
}

async function embedded(count: number): Promise<Float32Array> {
  const embedder = new OnnxEmbedder({});
  const text = realText(seededRandom(4));
  const numbers = new Float32Array(count * dimensions);
  for (let done = 0; done < count; done += batchTexts) {
    const texts = Array.from({ length: Math.min(batchTexts, count - done) }, () => text(pieceCharacters));
    const { vectors } = await embedder.embed(texts, { priority: 'bulk' });
    vectors.forEach((vector, i) => {
      if (vector !== null) numbers.set(vector, (done + i) * dimensions);
    });
  }
  await embedder.close();
  return numbers;
}
