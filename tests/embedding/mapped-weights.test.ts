import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { graphWithMappedWeights } from '../../src/embedding/mapped-weights.ts';
import { shippedModel } from '../../src/embedding/model-files.ts';
import { copyOfModel, modelsDir, openEmbedder } from './embedder-fixture.ts';

test('nearly all of the model stays in its file', () => {
  const path = join(modelsDir, shippedModel.onnx.name);
  expect(graphWithMappedWeights(path).length).toBeLessThan(statSync(path).size / 50);
});

test('the vectors are those of the model that was copied into memory, to the bit', async () => {
  const texts = ['one', 'where is the index opened?', 'a text of many words '.repeat(100)];
  const mapped = await openEmbedder().embed(texts, { priority: 'bulk' });
  if (process.platform === 'linux') {
    expect(readFileSync('/proc/self/maps', 'utf8')).toContain(shippedModel.onnx.name);
  }
  // One that lies elsewhere is never mapped.
  const copied = await openEmbedder({ modelDir: copyOfModel() }).embed(texts, { priority: 'bulk' });
  expect(mapped).toEqual(copied);
});
