import type { LtmcError } from '../errors.ts';
import type { LoadedModel, WorkerAnswer, WorkerRequest } from './worker-protocol.ts';

/** Smaller goes first. Counting tokens is short and stands before a write, so it only lets queries pass. */
export const callRanks = { query: 0, tokens: 1, write: 2, bulk: 3 } as const;
export type CallRank = (typeof callRanks)[keyof typeof callRanks];

/** One request to a worker, and what its answer does to the call. */
export interface Piece {
  request: WorkerRequest;
  accept(answer: WorkerAnswer, model: LoadedModel | null): void;
}

/**
 * One call on the embedder: work that is handed out piece by piece, so that others can overtake. Several pieces
 * of one call may be with as many workers, and are answered in any order.
 */
export abstract class WorkerCall<Result> {
  abstract readonly needsModel: boolean;
  readonly rank: CallRank;
  readonly result: Promise<Result>;
  #resolve!: (result: Result) => void;
  #reject!: (error: LtmcError) => void;
  #isSettled = false;

  constructor(rank: CallRank) {
    this.rank = rank;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Texts to embed that nobody has begun. */
  get waitingTexts(): number {
    return 0;
  }

  /** Whether there is a piece of work that was not begun. May settle the call. */
  abstract hasWork(): boolean;
  /** Begins the next piece; only right after hasWork said yes. */
  abstract begin(): Piece;

  reject(error: LtmcError): void {
    this.#isSettled = true;
    this.#reject(error);
  }

  protected resolve(result: Result): void {
    this.#isSettled = true;
    this.#resolve(result);
  }
}
