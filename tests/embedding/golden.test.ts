import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Golden } from '../../src/embedding/golden-check.ts';
import { shippedModel } from '../../src/embedding/model-files.ts';
import { TextTokenizer } from '../../src/embedding/text-tokenizer.ts';
import { modelsDir, openEmbedder } from './embedder-fixture.ts';

const golden = JSON.parse(readFileSync(join(modelsDir, 'golden.json'), 'utf8')) as Golden;
const tokenizerJson = JSON.parse(readFileSync(join(modelsDir, 'tokenizer.json'), 'utf8')) as object;

test('every golden text has the token ids of the original tokenizer', () => {
  const tokenizer = new TextTokenizer(tokenizerJson);
  expect(golden.cases).toHaveLength(48);
  for (const { text, tokenIds } of golden.cases)
    expect(tokenizer.encode(text), text.slice(0, 80)).toEqual(tokenIds);
});

test('every golden text has the vector of the original model within the tolerance', async () => {
  const embedder = openEmbedder();
  const { vectors, modelHash } = await embedder.embed(
    golden.cases.map(({ text }) => text),
    { priority: 'bulk' },
  );
  const cosines = vectors.map((vector, index) => dot(vector!, golden.cases[index]!.vector));

  expect(modelHash).toBe(shippedModel.onnx.sha256);
  expect(Math.min(...cosines)).toBeGreaterThanOrEqual(golden.cosineMin);
  expect(cosines.reduce((sum, cosine) => sum + cosine) / cosines.length).toBeGreaterThanOrEqual(
    golden.cosineMeanMin,
  );
  for (const vector of vectors) {
    expect(vector).toHaveLength(384);
    expect(Math.sqrt(dot(vector!, [...vector!]))).toBeCloseTo(1, 4);
  }
});

test('status tells what was loaded and done', async () => {
  const embedder = openEmbedder();
  expect(embedder.status()).toEqual({ state: 'idle', textsEmbedded: 0, embeddingMs: 0 });

  await embedder.embed(['one', 'two'], { priority: 'write' });

  expect(embedder.status()).toMatchObject({
    state: 'ready',
    modelHash: shippedModel.onnx.sha256,
    compatibleModelHashes: [shippedModel.onnx.sha256],
    textsEmbedded: 2,
  });
  expect(embedder.status().embeddingMs).toBeGreaterThan(0);
});

function dot(a: Float32Array, b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * b[index]!, 0);
}
