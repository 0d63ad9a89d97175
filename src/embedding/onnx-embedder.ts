import { join } from 'node:path';
import type { Embedded, Embedder, EmbedderStatus, EmbedOptions, TokenMap } from '../domain/ports.ts';
import { LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';
import { packageRoot } from '../package-root.ts';
import { EmbedCall } from './embed-call.ts';
import { EmbeddingThread } from './embedding-thread.ts';
import { shippedModel } from './model-files.ts';
import { QueryCache } from './query-cache.ts';
import { callRanks, type ThreadCall } from './thread-call.ts';
import { systemTimers, type Timers } from './timers.ts';
import { TokenCountCall, TokenMapCall } from './token-calls.ts';

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
  timers?: Timers;
}

/**
 * The Embedder on onnxruntime-node in a worker thread. Making one costs nothing: the thread starts with the
 * first call that needs it and is given back when it was idle for long enough.
 */
export class OnnxEmbedder implements Embedder {
  readonly modelName = shippedModel.name;
  readonly dimensions = shippedModel.dimensions;
  readonly #thread: EmbeddingThread;
  readonly #timers: Timers;
  readonly #queryCache = new QueryCache();
  readonly #waiting = new Set<EmbedCall>();

  constructor(options: OnnxEmbedderOptions = {}) {
    const shippedModelDir = options.shippedModelDir ?? join(packageRoot, 'models');
    this.#timers = options.timers ?? systemTimers;
    this.#thread = new EmbeddingThread({
      workerFile: options.workerFile ?? join(packageRoot, 'dist', 'embedding-worker.js'),
      settings: { modelDir: options.modelDir ?? shippedModelDir, shippedModelDir },
      timers: this.#timers,
      idleMs: options.idleMs ?? limits.modelIdleMs,
      retryMs: options.retryMs ?? limits.modelRetryMs,
      answerMsMax: options.answerMsMax ?? limits.modelAnswerMsMax,
      endMsMax: limits.workerEndMsMax,
    });
  }

  async embed(texts: readonly string[], options: EmbedOptions): Promise<Embedded> {
    if (options.priority !== 'query') return this.#embedAll(texts, options);

    const known = texts.map((text) => this.#queryCache.get(text));
    const missing = texts.filter((_, index) => known[index] === null);
    const { vectors, modelHash } = await this.#embedAll(missing, options);
    for (const [index, vector] of vectors.entries()) {
      if (vector !== null) this.#queryCache.set(missing[index]!, vector, modelHash);
    }
    // The file may have been another one than that of the cached vectors: then none of them counts.
    const isStale = known.some((entry) => entry !== null && entry.modelHash !== modelHash);
    if (isStale) return this.#embedAll(texts, options);
    let nextMissing = 0;
    return { vectors: known.map((entry) => entry?.vector ?? vectors[nextMissing++]!), modelHash };
  }

  async tokenMap(text: string): Promise<TokenMap> {
    if (text === '') return { ends: new Uint32Array(0), tokens: new Uint32Array(0) };
    return this.#run(new TokenMapCall(text));
  }

  async countTokens(texts: readonly string[]): Promise<number[]> {
    return this.#run(new TokenCountCall(texts));
  }

  status(): EmbedderStatus {
    const { state, failure, lastModel, counters } = this.#thread;
    return {
      state,
      ...(state === 'unavailable' && failure !== null ? { reason: failure.message } : {}),
      ...(lastModel === null ? {} : lastModel),
      ...counters,
    };
  }

  close(): Promise<void> {
    return this.#thread.close();
  }

  async #embedAll(texts: readonly string[], options: EmbedOptions): Promise<Embedded> {
    if (texts.length === 0) return { vectors: [], modelHash: this.#likelyModelHash() };
    this.#refuseTooMany(texts.length);
    const call = new EmbedCall(texts, callRanks[options.priority], options.budgetMs, this.#timers);
    this.#waiting.add(call);
    try {
      const { vectors, modelHash } = await this.#run(call);
      return { vectors, modelHash: modelHash ?? this.#likelyModelHash() };
    } finally {
      this.#waiting.delete(call);
    }
  }

  /** For answers without any vector: there is nothing that it marks. */
  #likelyModelHash(): string {
    return this.#thread.lastModel?.modelHash ?? shippedModel.onnx.sha256;
  }

  #run<Result>(call: ThreadCall<Result>): Promise<Result> {
    if (!call.isSettled) this.#thread.submit(call as ThreadCall<unknown>);
    return call.result;
  }

  #refuseTooMany(texts: number): void {
    let waiting = texts;
    for (const call of this.#waiting) waiting += call.waitingTexts;
    if (waiting <= limits.embeddingQueueTextsMax) return;
    throw new LtmcError(
      'too_large',
      `Expected at most ${limits.embeddingQueueTextsMax} texts to wait for the model, got ${waiting}.`,
      'Send fewer texts at once, or wait until those before are done.',
    );
  }
}
