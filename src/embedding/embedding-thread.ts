import { Worker } from 'node:worker_threads';
import type { LtmcError } from '../errors.ts';
import { log } from '../log.ts';
import { CallQueue } from './call-queue.ts';
import { embedderClosed, modelUnavailable } from './model-unavailable.ts';
import type { ThreadCall } from './thread-call.ts';
import type { Timers } from './timers.ts';
import type { LoadedModel, WorkerAnswer, WorkerRequest, WorkerSettings } from './worker-protocol.ts';

export interface ThreadOptions {
  workerFile: string | URL;
  settings: WorkerSettings;
  timers: Timers;
  idleMs: number;
  retryMs: number;
  answerMsMax: number;
  endMsMax: number;
}

type Part = 'tokenizer' | 'model';

interface Failure {
  error: LtmcError;
  retryAtMs: number;
}

/** `call` is null while a part is loaded. */
interface InFlight {
  call: ThreadCall<unknown> | null;
  part: Part;
}

/**
 * The worker thread seen from the main one: started when there is work, ended when there was none for a
 * while. Invariants: at most one request is in flight, so a call of a better rank waits for one request at
 * most; the worker keeps the process alive only while one is; whatever ends the worker also settles what was
 * in flight; a part that did not load is tried again after `retryMs` at the earliest.
 */
export class EmbeddingThread {
  readonly #options: ThreadOptions;
  readonly #queue = new CallQueue();
  readonly #failures = new Map<Part, Failure>();
  readonly #endings = new Map<Worker, Promise<void>>();
  #worker: Worker | null = null;
  #hasTokenizer = false;
  #model: LoadedModel | null = null;
  #lastModel: LoadedModel | null = null;
  #textsEmbedded = 0;
  #embeddingMs = 0;
  #inFlight: InFlight | null = null;
  #isClosed = false;
  #callOffWatchdog: () => void = () => {};
  #callOffIdle: () => void = () => {};

  constructor(options: ThreadOptions) {
    this.#options = options;
  }

  get state(): 'idle' | 'loading' | 'ready' | 'unavailable' {
    if (this.#isClosed) return 'unavailable';
    if (this.#model !== null) return 'ready';
    if (this.#inFlight?.call === null && this.#inFlight.part === 'model') return 'loading';
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

  /** Queues a call; its promise is rejected at once where the last try to load is too recent. */
  submit(call: ThreadCall<unknown>): void {
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
      this.#inFlight?.call?.reject(embedderClosed());
      for (const call of this.#queue.remove(() => true)) if (!call.isSettled) call.reject(embedderClosed());
      this.#end();
    }
    // Awaited by the caller, so a thread must hold the process until it is gone.
    for (const worker of this.#endings.keys()) worker.ref();
    await Promise.all(this.#endings.values());
  }

  #pump(): void {
    if (this.#inFlight !== null || this.#isClosed) return;
    const call = this.#queue.next();
    if (call === null) {
      this.#rest();
      return;
    }
    this.#callOffIdle();
    const part = partOf(call);
    const isLoaded = part === 'model' ? this.#model !== null : this.#hasTokenizer;
    if (isLoaded) this.#send(call.begin(), { call, part });
    else this.#load(part);
  }

  #load(part: Part): void {
    try {
      this.#send({ kind: 'load', what: part }, { call: null, part });
    } catch (thrown) {
      // The system has no thread or no memory for one. What asks for the other part is told the same, in turn.
      log.warn('embedding worker gone', { what: 'it could not be started', loading: true });
      if (thrown instanceof Error) log.debug('embedding worker failed', { detail: thrown.message });
      this.#failed(part, workerGone('it could not be started'));
      this.#pump();
    }
  }

  #rest(): void {
    this.#worker?.unref();
    this.#callOffIdle();
    if (this.#worker !== null)
      this.#callOffIdle = this.#options.timers.after(this.#options.idleMs, () => this.#end());
  }

  #send(request: WorkerRequest, inFlight: InFlight): void {
    const worker = this.#worker ?? this.#start();
    this.#inFlight = inFlight;
    worker.ref();
    this.#callOffWatchdog = this.#options.timers.after(this.#options.answerMsMax, () => {
      void worker.terminate();
      this.#gone(worker, 'it did not answer in time');
    });
    worker.postMessage(request);
  }

  #start(): Worker {
    // Node flags of the program are not for the worker.
    const worker = new Worker(this.#options.workerFile, {
      name: 'embedding',
      workerData: this.#options.settings,
      execArgv: [],
    });
    worker.on('message', (answer: WorkerAnswer) => this.#answered(worker, answer));
    worker.on('error', (thrown: unknown) => this.#gone(worker, 'it failed', thrown));
    worker.on('exit', () => this.#gone(worker, 'it ended'));
    this.#worker = worker;
    return worker;
  }

  #answered(worker: Worker, answer: WorkerAnswer): void {
    if (worker !== this.#worker || this.#inFlight === null) return;
    const { call, part } = this.#inFlight;
    this.#inFlight = null;
    this.#callOffWatchdog();
    if (answer.kind === 'failed') {
      log.debug('embedding worker refused', { reason: answer.message, detail: answer.detail });
      const error = modelUnavailable(answer.message, answer.hint);
      if (call === null) {
        this.#end();
        this.#failed(part, error);
      } else if (!call.isSettled) call.reject(error);
    } else if (answer.kind === 'loaded') {
      this.#hasTokenizer = true;
      this.#failures.delete('tokenizer');
      if (answer.model !== null) {
        this.#model = answer.model;
        this.#lastModel = answer.model;
        this.#failures.delete('model');
      }
    } else {
      if (answer.kind === 'vector') {
        this.#textsEmbedded++;
        this.#embeddingMs += answer.embeddingMs;
      }
      call?.accept(answer, this.#model);
    }
    this.#pump();
  }

  /** The worker went away by itself, or was given up. */
  #gone(worker: Worker, what: string, thrown?: unknown): void {
    if (worker !== this.#worker) return;
    const inFlight = this.#inFlight;
    this.#forgetWorker();
    const error = workerGone(what);
    log.warn('embedding worker gone', { what, loading: inFlight?.call === null });
    if (thrown instanceof Error) log.debug('embedding worker failed', { detail: thrown.message });
    if (inFlight?.call === null) this.#failed(inFlight.part, error);
    else if (inFlight !== null && !inFlight.call.isSettled) inFlight.call.reject(error);
    this.#pump();
  }

  #failed(part: Part, error: LtmcError): void {
    this.#failures.set(part, { error, retryAtMs: this.#options.timers.nowMs() + this.#options.retryMs });
    for (const call of this.#queue.remove((waiting) => partOf(waiting) === part)) {
      if (!call.isSettled) call.reject(error);
    }
  }

  /** Asks the worker to give its memory back and go; what is in flight must be settled. */
  #end(): void {
    const worker = this.#worker;
    if (worker === null) return;
    this.#forgetWorker();
    const ending = new Promise<void>((resolve) => {
      const callOff = this.#options.timers.after(this.#options.endMsMax, () => void worker.terminate());
      worker.once('exit', () => {
        callOff();
        this.#endings.delete(worker);
        resolve();
      });
    });
    this.#endings.set(worker, ending);
    worker.postMessage({ kind: 'end' } satisfies WorkerRequest);
  }

  #forgetWorker(): void {
    this.#worker = null;
    this.#hasTokenizer = false;
    this.#model = null;
    this.#inFlight = null;
    this.#callOffWatchdog();
    this.#callOffIdle();
  }
}

function workerGone(what: string): LtmcError {
  return modelUnavailable(
    `Expected the embedding worker to answer, but ${what}.`,
    'Try again; if it stays, run `ltmc doctor`.',
  );
}

function partOf(call: ThreadCall<unknown>): Part {
  return call.needsModel ? 'model' : 'tokenizer';
}
