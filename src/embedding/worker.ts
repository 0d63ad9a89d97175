/**
 * The worker that holds the model, because loading and running it block the thread they are on: a thread of the
 * server's process, or a process of its own. It answers one request after the other and never writes to stdout.
 */
import './stdout-to-stderr.ts';
import { lowerPriority } from './lower-priority.ts';
import { ModelInWorker } from './model-in-worker.ts';
import { ModelLoadError } from './model-load-error.ts';
import { tokenMap } from './token-map.ts';
import { workerChannel } from './worker-channel.ts';
import type { WorkerAnswer, WorkerRequest } from './worker-protocol.ts';

const channel = workerChannel();
if (channel.settings.isForLoads) lowerPriority();
const model = new ModelInWorker(channel.settings);

channel.listen((request) => {
  if (request.kind === 'end') {
    channel.native.during(() => model.release()).finally(() => channel.close());
    return;
  }
  answer(request).then(
    (answered) => channel.answer(answered, transferred(answered)),
    (thrown: unknown) => channel.answer(failed(thrown)),
  );
});

async function answer(request: Exclude<WorkerRequest, { kind: 'end' }>): Promise<WorkerAnswer> {
  switch (request.kind) {
    case 'load':
      if (request.what === 'model') {
        return { kind: 'loaded', model: await channel.native.during(() => model.loadModel()) };
      }
      model.loadTokenizer();
      return { kind: 'loaded', model: null };
    case 'embed': {
      const begunMs = performance.now();
      const vector = await channel.native.during(() => model.embed(request.text));
      return { kind: 'vector', vector, embeddingMs: performance.now() - begunMs };
    }
    case 'map':
      return { kind: 'map', map: tokenMap(request.text, model.loadTokenizer()) };
    case 'count': {
      const tokenizer = model.loadTokenizer();
      return { kind: 'counts', counts: request.texts.map((text) => tokenizer.count(text)) };
    }
  }
}

function transferred(answered: WorkerAnswer): ArrayBuffer[] {
  if (answered.kind === 'vector') return [answered.vector.buffer as ArrayBuffer];
  if (answered.kind === 'map') {
    return [answered.map.ends.buffer as ArrayBuffer, answered.map.tokens.buffer as ArrayBuffer];
  }
  return [];
}

function failed(thrown: unknown): WorkerAnswer {
  if (thrown instanceof ModelLoadError) {
    return { kind: 'failed', message: thrown.message, hint: thrown.hint, detail: thrown.detail };
  }
  return {
    kind: 'failed',
    message: 'Expected the embedding model to work, got an error inside.',
    hint: 'Try again; if it stays, run `ltmc doctor`.',
    detail: thrown instanceof Error ? thrown.message : String(thrown),
  };
}
