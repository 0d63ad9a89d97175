import type { LtmcError } from '../errors.ts';
import type { LoadedModel, WorkerAnswer, WorkerRequest } from './worker-protocol.ts';

/** Smaller goes first. Counting tokens is short and stands before a write, so it only lets queries pass. */
export const callRanks = { query: 0, tokens: 1, write: 2, bulk: 3 } as const;
export type CallRank = (typeof callRanks)[keyof typeof callRanks];

/** One call on the embedder: work that is handed to the worker piece by piece, so that others can overtake. */
export abstract class ThreadCall<Result> {
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

  /** Whether there is a piece of work that was not begun. */
  abstract hasWork(): boolean;
  /** Begins the next piece; only after hasWork. */
  abstract begin(): WorkerRequest;
  /** The answer to the piece that was begun last. */
  abstract accept(answer: WorkerAnswer, model: LoadedModel | null): void;

  reject(error: LtmcError): void {
    this.#isSettled = true;
    this.#reject(error);
  }

  protected resolve(result: Result): void {
    this.#isSettled = true;
    this.#resolve(result);
  }
}
