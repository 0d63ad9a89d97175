import { join } from 'node:path';
import type { Embedded, Embedder, EmbedderStatus, EmbedOptions, TokenMap } from '../domain/ports.ts';
import { LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';
import { packageRoot } from '../package-root.ts';
import { EmbedCall } from './embed-call.ts';
import { EmbeddingPool } from './embedding-pool.ts';
import { shippedModel } from './model-files.ts';
import { systemTimers, type Timers } from './timers.ts';
import { TokenCountCall, TokenMapCall } from './token-calls.ts';
import { VectorCache } from './vector-cache.ts';
import { callRanks, type WorkerCall } from './worker-call.ts';

export interface OnnxEmbedderOptions {
  /** Folder of the model. Default: the shipped one. Another may hold another export of the same model. */
  modelDir?: string;
  /** Where the shipped model and its golden cases lie. Default: `models` in the package. */
  shippedModelDir?: string;
  /** The worker's program. Default: `dist/embedding-worker.js` in the package. */
  workerFile?: string | URL;
  /** The worker is ended after so long without work. Default: limits.modelIdleMs. */
  idleMs?: number;
  /** After a failed load the next try comes so much later at the earliest. Default: limits.modelRetryMs. */
  retryMs?: number;
  /** A worker silent for longer is given up. Default: limits.modelAnswerMsMax. */
  answerMsMax?: number;
  /** Processes for loads. Default: 1. */
  bulkWorkers?: number;
  timers?: Timers;
}

/**
 * The Embedder on onnxruntime-node, in a worker thread and, for loads, in processes. Making one costs nothing: the
 * thread starts with the first call that needs it, processes with a load; each is given back when it was idle for
 * long enough.
 */
export class OnnxEmbedder implements Embedder {
  readonly modelName = shippedModel.name;
  readonly dimensions = shippedModel.dimensions;
  readonly #pool: EmbeddingPool;
  readonly #timers: Timers;
  /** Apart, so that a load does not push the queries out. */
  readonly #queryVectors = new VectorCache(limits.queryVectorsKeptMax);
  readonly #textVectors = new VectorCache(limits.textVectorsKeptMax);

  constructor(options: OnnxEmbedderOptions = {}) {
    const shippedModelDir = options.shippedModelDir ?? join(packageRoot, 'models');
    this.#timers = options.timers ?? systemTimers;
    this.#pool = new EmbeddingPool({
      workerFile: options.workerFile ?? join(packageRoot, 'dist', 'embedding-worker.js'),
      settings: { modelDir: options.modelDir ?? shippedModelDir, shippedModelDir, isForLoads: false },
      timers: this.#timers,
      idleMs: options.idleMs ?? limits.modelIdleMs,
      bulkWorkers: options.bulkWorkers ?? 1,
      bulkIdleMs: limits.bulkWorkerIdleMs,
      retryMs: options.retryMs ?? limits.modelRetryMs,
      answerMsMax: options.answerMsMax ?? limits.modelAnswerMsMax,
      endMsMax: limits.workerEndMsMax,
    });
  }

  async embed(texts: readonly string[], { priority, budgetMs }: EmbedOptions): Promise<Embedded> {
    if (texts.length === 0) return { vectors: [], modelHash: this.#likelyModelHash() };
    this.#refuseTooMany(texts.length);
    const rank = callRanks[priority];
    const cache = priority === 'query' ? this.#queryVectors : this.#textVectors;
    const call = new EmbedCall(texts, { rank, budgetMs, timers: this.#timers, cache });
    const { vectors, modelHash } = await this.#run(call);
    return { vectors, modelHash: modelHash ?? this.#likelyModelHash() };
  }

  async tokenMap(text: string): Promise<TokenMap> {
    if (text === '') return { ends: new Uint32Array(0), tokens: new Uint32Array(0) };
    return this.#run(new TokenMapCall(text));
  }

  async countTokens(texts: readonly string[]): Promise<number[]> {
    return this.#run(new TokenCountCall(texts));
  }

  status(): EmbedderStatus {
    const { state, failure, lastModel, counters } = this.#pool;
    return {
      state,
      ...(state === 'unavailable' && failure !== null ? { reason: failure.message } : {}),
      ...(lastModel === null ? {} : lastModel),
      ...counters,
    };
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  /** For answers without any vector: there is nothing that it marks. */
  #likelyModelHash(): string {
    return this.#pool.lastModel?.modelHash ?? shippedModel.onnx.sha256;
  }

  #run<Result>(call: WorkerCall<Result>): Promise<Result> {
    if (!call.isSettled) this.#pool.submit(call as WorkerCall<unknown>);
    return call.result;
  }

  #refuseTooMany(texts: number): void {
    const waiting = texts + this.#pool.waitingTexts;
    if (waiting <= limits.embeddingQueueTextsMax) return;
    throw new LtmcError(
      'too_large',
      `Expected at most ${limits.embeddingQueueTextsMax} texts to wait for the model, got ${waiting}.`,
      'Send fewer texts at once, or wait until those before are done.',
    );
  }
}
