/**
 * A build of the embedding worker that fails on demand; tests alone use it. The text says what happens:
 * `crash`, `hang`, `refuse`, `print`; anything but the first three becomes the unit vector along the dimension that is its length.
 * The name of the model folder does the same for loading: `load-hangs`, `load-refuses`, `load-crashes`;
 * `loads-once` must be a folder that is there, and refuses every worker after the first.
 */
import '../../src/embedding/stdout-to-stderr.ts';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { workerChannel } from '../../src/embedding/worker-channel.ts';
import type { WorkerAnswer, WorkerRequest } from '../../src/embedding/worker-protocol.ts';

const channel = workerChannel();
const { modelDir } = channel.settings;

channel.listen((request) => {
  if (request.kind === 'end') channel.close();
  else channel.answer(answer(request));
});

function answer(request: Exclude<WorkerRequest, { kind: 'end' }>): WorkerAnswer {
  switch (request.kind) {
    case 'load': {
      const isModel = request.what === 'model';
      if (isModel && basename(modelDir) === 'load-hangs') misbehave('hang');
      if (isModel && basename(modelDir) === 'load-crashes') misbehave('crash');
      if (isModel && basename(modelDir) === 'load-refuses') return refusal('the model');
      if (isModel && basename(modelDir) === 'loads-once') {
        try {
          writeFileSync(join(modelDir, 'loaded'), '', { flag: 'wx' });
        } catch {
          return refusal('a second model');
        }
      }
      return {
        kind: 'loaded',
        model: isModel ? { modelHash: 'f'.repeat(64), compatibleModelHashes: [] } : null,
      };
    }
    case 'embed': {
      misbehave(request.text);
      if (request.text === 'print') console.log('This line must not reach the stdout of the process.');
      if (request.text === 'refuse') return refusal('the text');
      const vector = new Float32Array(384);
      vector[request.text.length % 384] = 1;
      return { kind: 'vector', vector, embeddingMs: 1 };
    }
    case 'map':
      return {
        kind: 'map',
        map: { ends: Uint32Array.of(request.text.length), tokens: Uint32Array.of(request.text.length) },
      };
    case 'count':
      return { kind: 'counts', counts: request.texts.map((text) => text.length) };
  }
}

function misbehave(what: string): void {
  if (what === 'crash') throw new Error('This worker was told to crash.');
  if (what === 'hang') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function refusal(what: string): WorkerAnswer {
  return {
    kind: 'failed',
    message: `Expected to load, was told to refuse ${what}.`,
    hint: 'None.',
    detail: '',
  };
}
