import type { LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';
import { CallQueue } from './call-queue.ts';
import { embedderClosed } from './model-unavailable.ts';
import { type CallRank, callRanks, type WorkerCall } from './worker-call.ts';
import { startWorkerProcess, startWorkerThread } from './worker-handle.ts';
import type { LoadedModel } from './worker-protocol.ts';
import { type Part, partOf, type SupervisorOptions, WorkerSupervisor } from './worker-supervisor.ts';

export interface PoolOptions extends Omit<SupervisorOptions, 'startWorker'> {
  /** Processes that are started for a load. */
  bulkWorkers: number;
  bulkIdleMs: number;
  retryMs: number;
}

interface Failure {
  error: LtmcError;
  retryAtMs: number;
}

/**
 * The queue of calls and the workers on it. The first one, a thread of this process, does everything, until many
 * texts wait: then processes are started for writing and for bulk, each with a model of its own, and the first
 * worker is there for queries and for counting tokens alone, so that a query never waits for a load. They end
 * soon after it, and their memory with them. A part that the first worker could not load is tried again after
 * `retryMs` at the earliest; where a bulk worker cannot load it, the first one does the work.
 */
export class EmbeddingPool {
  readonly #options: PoolOptions;
  readonly #queue = new CallQueue();
  readonly #failures = new Map<Part, Failure>();
  readonly #first: WorkerSupervisor;
  readonly #bulk: WorkerSupervisor[];
  #bulkRetryAtMs = 0;
  #lastModel: LoadedModel | null = null;
  #textsEmbedded = 0;
  #embeddingMs = 0;
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    const embedded = (embeddingMs: number) => {
      this.#textsEmbedded++;
      this.#embeddingMs += embeddingMs;
    };
    this.#first = new WorkerSupervisor(
      { ...options, startWorker: startWorkerThread },
      {
        next: () => this.#queue.next((rank) => rank <= callRanks.tokens || this.#firstHelps()),
        loaded: (model) => {
          this.#failures.delete('tokenizer');
          if (model === null) return;
          this.#lastModel = model;
          this.#failures.delete('model');
        },
        loadFailed: (part, error) => this.#failed(part, error),
        embedded,
      },
    );
    this.#bulk = Array.from({ length: options.bulkWorkers }, () => this.#bulkWorker(embedded));
  }

  get state(): 'idle' | 'loading' | 'ready' | 'unavailable' {
    if (this.#isClosed) return 'unavailable';
    if (this.#first.hasModel || this.#hasBulkModel()) return 'ready';
    if (this.#first.isLoadingModel || this.#bulk.some((worker) => worker.isLoadingModel)) return 'loading';
    return this.failure === null ? 'idle' : 'unavailable';
  }

  get failure(): LtmcError | null {
    if (this.#isClosed) return embedderClosed();
    return (this.#failures.get('model') ?? this.#failures.get('tokenizer'))?.error ?? null;
  }

  /** The model that was loaded last, also when it was given back since. */
  get lastModel(): LoadedModel | null {
    return this.#lastModel;
  }

  /** Since this process began. */
  get counters(): { textsEmbedded: number; embeddingMs: number } {
    return { textsEmbedded: this.#textsEmbedded, embeddingMs: this.#embeddingMs };
  }

  /** Texts to embed that nobody has begun. */
  get waitingTexts(): number {
    return this.#queue.waitingTexts();
  }

  /** Queues a call; its promise is rejected at once where the last try to load is too recent. */
  submit(call: WorkerCall<unknown>): void {
    const failure = this.#failures.get(partOf(call));
    if (this.#isClosed) {
      call.reject(embedderClosed());
    } else if (failure !== undefined && this.#options.timers.nowMs() < failure.retryAtMs) {
      call.reject(failure.error);
    } else {
      this.#queue.add(call);
      this.#pump();
    }
  }

  async close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      for (const call of this.#queue.remove(() => true)) if (!call.isSettled) call.reject(embedderClosed());
    }
    await Promise.all([this.#first, ...this.#bulk].map((worker) => worker.close()));
  }

  #bulkWorker(embedded: (embeddingMs: number) => void): WorkerSupervisor {
    const settings = { ...this.#options.settings, isForLoads: true };
    const worker: WorkerSupervisor = new WorkerSupervisor(
      { ...this.#options, startWorker: startWorkerProcess, settings, idleMs: this.#options.bulkIdleMs },
      {
        // One that has its model goes on, also where another could not load one.
        next: () =>
          worker.hasModel || this.#bulkMayLoad() ? this.#queue.next((rank) => this.#isBulkWork(rank)) : null,
        loaded: (model) => {
          this.#lastModel = model ?? this.#lastModel;
        },
        loadFailed: () => {
          this.#bulkRetryAtMs = this.#options.timers.nowMs() + this.#options.retryMs;
          this.#first.pump();
        },
        embedded,
      },
    );
    return worker;
  }

  #pump(): void {
    const waiting = this.#queue.waitingTexts((rank) => rank >= callRanks.write);
    const isLoad = waiting >= limits.bulkLoadTextsMin;
    for (const worker of this.#bulk) if (isLoad || worker.isStarted) worker.pump();
    this.#first.pump();
  }

  /** It also writes while there is no load, and if it can, until a bulk worker has loaded its model. */
  #firstHelps(): boolean {
    if (!this.#bulk.some((worker) => worker.isAtWork)) return true;
    return this.#first.hasModel && !this.#hasBulkModel();
  }

  #hasBulkModel(): boolean {
    return this.#bulk.some((worker) => worker.hasModel);
  }

  #bulkMayLoad(): boolean {
    return !this.#failures.has('model') && this.#options.timers.nowMs() >= this.#bulkRetryAtMs;
  }

  /** A query is bulk's work only as long as the first worker could not take it at once. */
  #isBulkWork(rank: CallRank): boolean {
    return rank >= callRanks.write || (rank === callRanks.query && !this.#first.hasModel);
  }

  #failed(part: Part, error: LtmcError): void {
    this.#failures.set(part, { error, retryAtMs: this.#options.timers.nowMs() + this.#options.retryMs });
    for (const call of this.#queue.remove((waiting) => partOf(waiting) === part)) {
      if (!call.isSettled) call.reject(error);
    }
  }
}
