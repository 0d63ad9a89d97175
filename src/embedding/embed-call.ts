import type { LtmcError } from '../errors.ts';
import { modelUnavailable } from './model-unavailable.ts';
import { type CallRank, ThreadCall } from './thread-call.ts';
import type { Timers } from './timers.ts';
import type { LoadedModel, WorkerAnswer, WorkerRequest } from './worker-protocol.ts';

export interface EmbedResult {
  /** null where the budget ran out before the text was begun. */
  vectors: (Float32Array | null)[];
  /** null when no text was embedded. */
  modelHash: string | null;
}

/** Texts that become vectors, one at a time, until they are done or the budget is. */
export class EmbedCall extends ThreadCall<EmbedResult> {
  readonly needsModel = true;
  readonly #texts: readonly string[];
  readonly #vectors: (Float32Array | null)[];
  readonly #timers: Timers;
  readonly #deadlineMs: number;
  readonly #callOffDeadline: () => void;
  #begun = 0;
  #answered = 0;
  #modelHash: string | null = null;

  constructor(texts: readonly string[], rank: CallRank, budgetMs: number | undefined, timers: Timers) {
    super(rank);
    this.#texts = texts;
    this.#vectors = texts.map(() => null);
    this.#timers = timers;
    this.#deadlineMs = budgetMs === undefined ? Number.POSITIVE_INFINITY : timers.nowMs() + budgetMs;
    // Also while the model loads or another call's text is slow: the caller gets what there is.
    this.#callOffDeadline =
      budgetMs === undefined ? () => {} : timers.after(budgetMs, () => this.#resolveIfNothingRuns());
  }

  /** Texts that wait; they count against the bound of the queue. */
  get waitingTexts(): number {
    return this.isSettled ? 0 : this.#texts.length - this.#begun;
  }

  hasWork(): boolean {
    if (this.isSettled || this.#begun === this.#texts.length) return false;
    if (this.#timers.nowMs() < this.#deadlineMs) return true;
    this.#resolveIfNothingRuns();
    return false;
  }

  begin(): WorkerRequest {
    const text = this.#texts[this.#begun]!;
    this.#begun++;
    return { kind: 'embed', text };
  }

  accept(answer: WorkerAnswer, model: LoadedModel | null): void {
    if (this.isSettled || answer.kind !== 'vector' || model === null) return;
    if (this.#modelHash !== null && this.#modelHash !== model.modelHash) {
      this.reject(
        modelUnavailable(
          'Expected one model for all texts of a call, got another model file after the worker was restarted.',
          'Try again.',
        ),
      );
      return;
    }
    this.#modelHash = model.modelHash;
    this.#vectors[this.#answered] = answer.vector;
    this.#answered++;
    const isOver = this.#answered === this.#texts.length || this.#timers.nowMs() >= this.#deadlineMs;
    if (isOver) this.#resolveIfNothingRuns();
  }

  override reject(error: LtmcError): void {
    this.#callOffDeadline();
    super.reject(error);
  }

  #resolveIfNothingRuns(): void {
    if (this.isSettled || this.#begun > this.#answered) return;
    this.#callOffDeadline();
    this.resolve({ vectors: this.#vectors, modelHash: this.#modelHash });
  }
}
