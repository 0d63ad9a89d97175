import {
  appendFileSync,
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { ModelFolder, shippedModel } from '../../src/embedding/model-files.ts';
import { assertUnitVector } from '../../src/embedding/onnx-session.ts';
import { packageRoot } from '../../src/package-root.ts';
import { copyOfModel, modelsDir, openEmbedder, temporaryFolder } from './embedder-fixture.ts';
import { realWorker } from './worker-files.ts';

const onnx = shippedModel.onnx.name;
const query = { priority: 'query' } as const;

/** What embedding and counting tokens say with these folders; null where it worked. */
async function outcome(modelDir: string, shippedModelDir = modelDir) {
  const embedder = openEmbedder({ modelDir, shippedModelDir });
  const said = (thrown: unknown) => thrown as { code: string; message: string; hint: string };
  const model = await embedder.embed(['a text'], query).then(() => null, said);
  const tokenizer = await embedder.countTokens(['a text']).then(() => null, said);
  for (const error of [model, tokenizer]) {
    if (error === null) continue;
    expect(error.code).toBe('model_unavailable');
    expect(error.hint).not.toBe('');
    expect(`${error.message} ${error.hint}`).not.toContain(modelDir);
  }
  return { model: model?.message ?? null, tokenizer: tokenizer?.message ?? null, status: embedder.status() };
}

/** Another file with the same model: a field of text at its end, which ONNX keeps for people. */
function otherExport(folder: string): void {
  const docString = Buffer.from('another export');
  appendFileSync(join(folder, onnx), Buffer.concat([Buffer.of(0x32, docString.length), docString]));
}

function damageWeights(folder: string): void {
  const path = join(folder, onnx);
  const bytes = readFileSync(path);
  bytes.fill(3, 6_000_000, 9_000_000);
  writeFileSync(path, bytes);
}

test('a missing model is said so, and the tokenizer still works', async () => {
  const folder = copyOfModel();
  rmSync(join(folder, onnx));
  const { model, tokenizer, status } = await outcome(folder);
  expect(model).toBe(`Expected the model file ${onnx} in LTMC's folder models, got no such file.`);
  expect(tokenizer).toBeNull();
  expect(status).toMatchObject({ state: 'unavailable', reason: model });
});

test.each([
  ['one bit is another', (path: string) => flipBit(path)],
  ['it is cut short', (path: string) => truncateSync(path, 1_000_000)],
  ['it is empty', (path: string) => truncateSync(path, 0)],
  ['it is something else', (path: string) => writeFileSync(path, 'not a model')],
])('a damaged model in the shipped folder is refused: %s', async (_, damage) => {
  const folder = copyOfModel();
  damage(join(folder, onnx));
  const { model } = await outcome(folder);
  expect(model).toContain(`Expected the model file ${onnx} to be the one that LTMC ships`);
});

test('another export of the model in the shipped folder is refused all the same', async () => {
  const folder = copyOfModel();
  otherExport(folder);
  expect((await outcome(folder)).model).toContain('SHA-256');
});

test('a damaged tokenizer takes the model with it', async () => {
  const folder = copyOfModel();
  flipBit(join(folder, 'tokenizer.json'));
  const { model, tokenizer } = await outcome(folder);
  expect(tokenizer).toContain('tokenizer.json');
  expect(model).toBe(tokenizer);
});

test('a model that is repaired is found at the next try', async () => {
  const folder = copyOfModel();
  rmSync(join(folder, onnx));
  const embedder = openEmbedder({ modelDir: folder, shippedModelDir: folder, retryMs: 0 });
  await expect(embedder.embed(['a text'], query)).rejects.toMatchObject({ code: 'model_unavailable' });
  copyFileSync(join(modelsDir, onnx), join(folder, onnx));
  await expect(embedder.embed(['a text'], query)).resolves.toBeDefined();
  expect(embedder.status().state).toBe('ready');
});

test('a copy of the shipped model elsewhere is the shipped model', async () => {
  const { model, status } = await outcome(copyOfModel(), modelsDir);
  expect(model).toBeNull();
  expect(status.modelHash).toBe(shippedModel.onnx.sha256);
  expect(status.compatibleModelHashes).toEqual([shippedModel.onnx.sha256]);
});

test('another export elsewhere is taken when it passes the golden check, under its own hash', async () => {
  const folder = copyOfModel();
  otherExport(folder);
  renameSync(join(folder, onnx), join(folder, 'model.onnx'));
  const tokenizerPath = join(folder, 'tokenizer.json');
  writeFileSync(tokenizerPath, JSON.stringify(JSON.parse(readFileSync(tokenizerPath, 'utf8')), null, 1));
  const { model, tokenizer, status } = await outcome(folder, modelsDir);
  expect([model, tokenizer]).toEqual([null, null]);
  expect(status.modelHash).toMatch(/^[0-9a-f]{64}$/);
  expect(status.modelHash).not.toBe(shippedModel.onnx.sha256);
  expect(status.compatibleModelHashes).toEqual([status.modelHash, shippedModel.onnx.sha256]);
});

test('a model elsewhere with other vectors is refused', async () => {
  const folder = copyOfModel();
  damageWeights(folder);
  expect((await outcome(folder, modelsDir)).model).toContain('cosine at least 0.99');
});

test('a file elsewhere that is no model is refused', async () => {
  const folder = copyOfModel();
  writeFileSync(join(folder, onnx), 'not a model');
  expect((await outcome(folder, modelsDir)).model).toContain('onnxruntime-node to load the model file');
});

test('a tokenizer elsewhere with other ids is refused', async () => {
  const folder = copyOfModel();
  const path = join(folder, 'tokenizer.json');
  const json = JSON.parse(readFileSync(path, 'utf8')) as { normalizer: { lowercase: boolean } };
  json.normalizer.lowercase = false;
  writeFileSync(path, JSON.stringify(json));
  expect((await outcome(folder, modelsDir)).tokenizer).toContain('to give the token ids of all-MiniLM-L6-v2');
  writeFileSync(path, '{"not": "a tokenizer"}');
  expect((await outcome(folder, modelsDir)).tokenizer).toContain('to describe a tokenizer');
});

test('a folder elsewhere must hold one model', async () => {
  const folder = copyOfModel();
  renameSync(join(folder, onnx), join(folder, 'a.onnx'));
  copyFileSync(join(folder, 'a.onnx'), join(folder, 'b.onnx'));
  expect((await outcome(folder, modelsDir)).model).toContain('got 2 .onnx files');
  expect((await outcome(join(folder, 'nowhere'), modelsDir)).model).toContain('got no such file');
});

test('golden cases that were changed vouch for nothing', async () => {
  const shipped = copyOfModel();
  writeFileSync(join(shipped, 'golden.json'), '{"cosineMin": -1, "cosineMeanMin": -1, "cases": []}');
  const folder = copyOfModel();
  otherExport(folder);
  expect((await outcome(folder, shipped)).model).toContain('golden.json');
});

test.each([
  ['written over', (path: string) => appendFileSync(path, 'x')],
  [
    'exchanged for the same content',
    (path: string) => {
      copyFileSync(path, `${path}.new`);
      renameSync(`${path}.new`, path);
    },
  ],
])('a model that is %s while it is loaded is refused', async (_, exchange) => {
  const folder = copyOfModel();
  const load = new ModelFolder(folder, folder).loadOnnx(async (path) => exchange(path));
  await expect(load).rejects.toThrow('it was exchanged');
});

test('without onnxruntime-node the error says so, and the tokenizer works from the bundle', async () => {
  // A bundle as the package ships it, in a folder that has no packages.
  const folder = temporaryFolder();
  const workerFile = join(folder, 'worker.mjs');
  await build({
    entryPoints: [realWorker],
    absWorkingDir: packageRoot,
    outfile: workerFile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['onnxruntime-node'],
    logLevel: 'silent',
  });
  const embedder = openEmbedder({ workerFile });
  await expect(embedder.embed(['a text'], query)).rejects.toMatchObject({
    code: 'model_unavailable',
    message: expect.stringContaining('Expected the package onnxruntime-node to load'),
    hint: expect.stringContaining('--include=optional --ignore-scripts'),
  });
  expect(await embedder.countTokens(['a text'])).toEqual([2]);
});

test('only finite vectors of length 1 and 384 numbers leave the worker', () => {
  const unit = new Float32Array(384).fill(1 / Math.sqrt(384));
  expect(() => assertUnitVector(unit)).not.toThrow();
  expect(() => assertUnitVector(new Float32Array(384))).toThrow('length 0');
  expect(() => assertUnitVector(new Float32Array(384).fill(1))).toThrow();
  expect(() => assertUnitVector(unit.subarray(1))).toThrow('383 numbers');
  expect(() => assertUnitVector(unit.with(5, Number.NaN))).toThrow();
  expect(() => assertUnitVector(unit.with(5, Number.POSITIVE_INFINITY))).toThrow();
});

function flipBit(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path, bytes);
}
