import { dirname } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { graphWithMappedWeights } from './mapped-weights.ts';
import { shippedModel } from './model-files.ts';
import { ModelLoadError } from './model-load-error.ts';

type Runtime = typeof import('onnxruntime-node');

/** How far a vector's length may be from 1; the graph normalises in float32. */
const unitLengthTolerance = 1e-3;

/**
 * Fixed by measurement: level `all` may fuse a slow operator back in; one thread, because throughput in one
 * session does not grow with more. Severity 3 leaves only errors on stderr.
 */
const sessionOptions: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'basic',
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  logSeverityLevel: 3,
};

/** The encoder: ids in, one unit vector out. One text a run, never padded: the graph has no attention mask. */
export class OnnxSession {
  readonly #runtime: Runtime;
  readonly #session: InferenceSession;
  /** Written by each run, which is a thirtieth faster than a new one from the runtime. */
  readonly #output: Tensor;

  private constructor(runtime: Runtime, session: InferenceSession) {
    this.#runtime = runtime;
    this.#session = session;
    const { dimensions } = shippedModel;
    this.#output = new runtime.Tensor('float32', new Float32Array(dimensions), [1, dimensions]);
  }

  /** @param isInPlace It is the shipped file, byte for byte, in LTMC's own folder. */
  static async load(path: string, isInPlace: boolean, hint: string): Promise<OnnxSession> {
    const runtime = await importRuntime();
    let session: InferenceSession;
    try {
      session =
        (isInPlace && mayMap ? await mappedSession(runtime, path) : null) ??
        (await copiedSession(runtime, path));
    } catch (thrown) {
      throw new ModelLoadError(
        'Expected onnxruntime-node to load the model file, got an error.',
        hint,
        thrown,
      );
    }
    const opened = new OnnxSession(runtime, session);
    if (session.inputNames.join() !== 'input_ids' || !session.outputNames.includes('sentence_embedding')) {
      await opened.release();
      throw new ModelLoadError(
        'Expected a model with the input input_ids and the output sentence_embedding, got other names.',
        hint,
      );
    }
    return opened;
  }

  /** One at a time. */
  async embed(ids: readonly number[]): Promise<Float32Array> {
    const input = new this.#runtime.Tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]);
    await this.#session.run({ input_ids: input }, { sentence_embedding: this.#output });
    // A copy: the next run writes over it.
    const vector = Float32Array.from(this.#output.data as Float32Array);
    assertUnitVector(vector);
    return vector;
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

/**
 * A file that is mapped must stay as it is. Users may write over theirs, in their own folder; and Windows would let
 * nobody replace it, an update neither.
 */
const mayMap = process.platform !== 'win32';

/** null where the system or the file system cannot map it: the weights are copied then, as ever. */
async function mappedSession(runtime: Runtime, path: string): Promise<InferenceSession | null> {
  try {
    return await runtime.InferenceSession.create(graphWithMappedWeights(path), {
      ...sessionOptions,
      extra: { session: { model_external_initializers_file_folder_path: dirname(path) } },
    });
  } catch {
    return null;
  }
}

function copiedSession(runtime: Runtime, path: string): Promise<InferenceSession> {
  return runtime.InferenceSession.create(path, sessionOptions);
}

async function importRuntime(): Promise<Runtime> {
  try {
    const runtime = await import('onnxruntime-node');
    runtime.env.logLevel = 'error';
    return runtime;
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? 'an error';
    throw new ModelLoadError(
      `Expected the package onnxruntime-node to load on ${process.platform}-${process.arch}, got ${code}.`,
      // On linux-x64 its install script downloads CUDA, and npm leaves an optional package out whose script fails.
      'Reinstall LTMC with its optional packages and without their scripts (npm install --include=optional --ignore-scripts ltmc); there is no build of onnxruntime-node for darwin-x64.',
      thrown,
    );
  }
}

/** What leaves here is stored for good, so it is looked at: right size, finite, of length 1. */
export function assertUnitVector(vector: Float32Array): void {
  let squares = 0;
  for (const value of vector) squares += value * value;
  // Not finite fails the comparison too.
  if (vector.length === shippedModel.dimensions && Math.abs(Math.sqrt(squares) - 1) <= unitLengthTolerance) {
    return;
  }
  throw new Error(
    `Expected a finite vector of ${shippedModel.dimensions} numbers and length 1, got ${vector.length} numbers and length ${Math.sqrt(squares)}.`,
  );
}
