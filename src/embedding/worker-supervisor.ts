import type { LtmcError } from '../errors.ts';
import { log } from '../log.ts';
import { embedderClosed, modelUnavailable } from './model-unavailable.ts';
import type { Timers } from './timers.ts';
import type { Piece, WorkerCall } from './worker-call.ts';
import type { StartWorker, WorkerHandle } from './worker-handle.ts';
import type { LoadedModel, WorkerAnswer, WorkerRequest, WorkerSettings } from './worker-protocol.ts';

export interface SupervisorOptions {
  startWorker: StartWorker;
  workerFile: string | URL;
  settings: WorkerSettings;
  timers: Timers;
  idleMs: number;
  answerMsMax: number;
  endMsMax: number;
}

/** What a worker loads; each can be there without the model, or fail, on its own. */
export type Part = 'tokenizer' | 'model';

/** Where a worker gets its work from, and whom it tells what it met. */
export interface WorkSource {
  /** The call whose next piece this worker is to do; null: it may rest. */
  next(): WorkerCall<unknown> | null;
  loaded(model: LoadedModel | null): void;
  /** It could not load what its next call needs; until the source has settled that, `next` gives no such call. */
  loadFailed(part: Part, error: LtmcError): void;
  embedded(embeddingMs: number): void;
}

/** `call` and `piece` are null while a part is loaded. */
interface InFlight {
  call: WorkerCall<unknown> | null;
  piece: Piece | null;
  part: Part;
}

/**
 * One worker seen from the main thread: started when there is work, ended when there was none for a while.
 * Invariants: at most one request is in flight, so a call of a better rank waits for one request at most; the
 * worker keeps the process alive only while one is; whatever ends the worker also settles what was in flight.
 */
export class WorkerSupervisor {
  readonly #options: SupervisorOptions;
  readonly #source: WorkSource;
  /** Workers that were asked to end, and what is called when they have. */
  readonly #endings = new Map<WorkerHandle, { promise: Promise<void>; resolve: () => void }>();
  #worker: WorkerHandle | null = null;
  #hasTokenizer = false;
  #model: LoadedModel | null = null;
  #inFlight: InFlight | null = null;
  #isClosed = false;
  #callOffWatchdog: () => void = () => {};
  #callOffIdle: () => void = () => {};

  constructor(options: SupervisorOptions, source: WorkSource) {
    this.#options = options;
    this.#source = source;
  }

  get hasModel(): boolean {
    return this.#model !== null;
  }

  get isLoadingModel(): boolean {
    return this.#inFlight?.call === null && this.#inFlight.part === 'model';
  }

  get isStarted(): boolean {
    return this.#worker !== null;
  }

  get isAtWork(): boolean {
    return this.#inFlight !== null;
  }

  /** Takes up work, if it has none in hand. */
  pump(): void {
    if (this.#inFlight !== null || this.#isClosed) return;
    const call = this.#source.next();
    if (call === null) {
      this.#rest();
      return;
    }
    this.#callOffIdle();
    const part = partOf(call);
    const isLoaded = part === 'model' ? this.#model !== null : this.#hasTokenizer;
    if (!isLoaded) {
      this.#load(part);
      return;
    }
    const piece = call.begin();
    this.#send(piece.request, { call, piece, part });
  }

  /** Settles what is in flight and ends the worker. */
  async close(): Promise<void> {
    if (!this.#isClosed) {
      this.#isClosed = true;
      const call = this.#inFlight?.call ?? null;
      if (call !== null && !call.isSettled) call.reject(embedderClosed());
      this.#end();
    }
    // Awaited by the caller, so a worker must hold the process until it is gone.
    for (const worker of this.#endings.keys()) worker.hold();
    await Promise.all([...this.#endings.values()].map(({ promise }) => promise));
  }

  #load(part: Part): void {
    try {
      this.#send({ kind: 'load', what: part }, { call: null, piece: null, part });
    } catch (thrown) {
      // The system has no thread, no process or no memory for one. What asks for the other part is told the same, in turn.
      logGone('it could not be started', true, detailOf(thrown));
      this.#source.loadFailed(part, workerGone('it could not be started'));
      this.pump();
    }
  }

  #rest(): void {
    this.#worker?.letGo();
    this.#callOffIdle();
    if (this.#worker !== null)
      this.#callOffIdle = this.#options.timers.after(this.#options.idleMs, () => this.#end());
  }

  #send(request: WorkerRequest, inFlight: InFlight): void {
    const worker = this.#worker ?? this.#start();
    this.#inFlight = inFlight;
    worker.hold();
    this.#callOffWatchdog = this.#options.timers.after(this.#options.answerMsMax, () => {
      worker.kill();
      this.#gone(worker, 'it did not answer in time');
    });
    worker.send(request);
  }

  #start(): WorkerHandle {
    const { startWorker, workerFile, settings } = this.#options;
    const worker = startWorker(workerFile, settings, {
      answered: (answer) => this.#answered(worker, answer),
      failed: (thrown) => this.#gone(worker, 'it failed', detailOf(thrown)),
      ended: (how, lastWords) => {
        this.#gone(worker, `it ended (${how})`, lastWords);
        this.#endings.get(worker)?.resolve();
      },
    });
    this.#worker = worker;
    return worker;
  }

  #answered(worker: WorkerHandle, answer: WorkerAnswer): void {
    if (worker !== this.#worker || this.#inFlight === null) return;
    const { call, piece, part } = this.#inFlight;
    this.#inFlight = null;
    this.#callOffWatchdog();
    if (answer.kind === 'failed') {
      log.debug('embedding worker refused', { reason: answer.message, detail: answer.detail });
      const error = modelUnavailable(answer.message, answer.hint);
      if (call === null) {
        this.#end();
        this.#source.loadFailed(part, error);
      } else if (!call.isSettled) call.reject(error);
    } else if (answer.kind === 'loaded') {
      this.#hasTokenizer = true;
      if (answer.model !== null) this.#model = answer.model;
      this.#source.loaded(answer.model);
    } else {
      if (answer.kind === 'vector') this.#source.embedded(answer.embeddingMs);
      piece?.accept(answer, this.#model);
    }
    this.pump();
  }

  /** The worker went away by itself, or was given up. */
  #gone(worker: WorkerHandle, what: string, detail = ''): void {
    if (worker !== this.#worker) return;
    const inFlight = this.#inFlight;
    this.#forgetWorker();
    const error = workerGone(what);
    logGone(what, inFlight?.call === null, detail);
    if (inFlight?.call === null) this.#source.loadFailed(inFlight.part, error);
    else if (inFlight !== null && !inFlight.call.isSettled) inFlight.call.reject(error);
    this.pump();
  }

  /** Asks the worker to give its memory back and go; what is in flight must be settled. */
  #end(): void {
    const worker = this.#worker;
    if (worker === null) return;
    this.#forgetWorker();
    const callOff = this.#options.timers.after(this.#options.endMsMax, () => worker.kill());
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#endings.set(worker, {
      promise,
      resolve: () => {
        callOff();
        this.#endings.delete(worker);
        resolve();
      },
    });
    worker.send({ kind: 'end' });
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

export function partOf(call: WorkerCall<unknown>): Part {
  return call.needsModel ? 'model' : 'tokenizer';
}

function workerGone(what: string): LtmcError {
  return modelUnavailable(
    `Expected the embedding worker to answer, but ${what}.`,
    'Try again; if it stays, run `ltmc doctor`.',
  );
}

/** The detail may hold paths. */
function logGone(what: string, isLoading: boolean, detail: string): void {
  log.warn('embedding worker gone', { what, loading: isLoading });
  if (detail !== '') log.debug('embedding worker failed', { detail });
}

function detailOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : '';
}
