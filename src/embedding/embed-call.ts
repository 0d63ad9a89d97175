import type { LtmcError } from '../errors.ts';
import { modelUnavailable } from './model-unavailable.ts';
import type { Timers } from './timers.ts';
import { textKey, type VectorCache } from './vector-cache.ts';
import { type CallRank, type Piece, WorkerCall } from './worker-call.ts';
import type { LoadedModel, WorkerAnswer } from './worker-protocol.ts';

export interface EmbedResult {
  /** null where the budget ran out before the text was begun. */
  vectors: (Float32Array | null)[];
  /** null when there is no vector. */
  modelHash: string | null;
}

export interface EmbedCallOptions {
  rank: CallRank;
  budgetMs: number | undefined;
  timers: Timers;
  /** Where vectors of earlier texts are looked up, and these are kept. */
  cache: VectorCache;
}

/**
 * Texts that become vectors, each on its own, until they are done or the budget is. A text that was embedded
 * lately, or occurs twice, costs nothing.
 */
export class EmbedCall extends WorkerCall<EmbedResult> {
  readonly needsModel = true;
  readonly #texts: readonly string[];
  readonly #vectors: (Float32Array | null)[];
  readonly #cache: VectorCache;
  readonly #timers: Timers;
  readonly #deadlineMs: number;
  readonly #callOffDeadline: () => void;
  /** Texts that are with a worker: their places by their key. */
  readonly #running = new Map<string, number[]>();
  #nextKey = '';
  #begun = 0;
  /** Counts the beginnings; answers to an earlier one are too late. */
  #round = 0;
  #modelHash: string | null = null;

  constructor(texts: readonly string[], { rank, budgetMs, timers, cache }: EmbedCallOptions) {
    super(rank);
    this.#texts = texts;
    this.#vectors = texts.map(() => null);
    this.#cache = cache;
    this.#timers = timers;
    this.#deadlineMs = budgetMs === undefined ? Number.POSITIVE_INFINITY : timers.nowMs() + budgetMs;
    // Also while the model loads or another call's text is slow: the caller gets what there is.
    this.#callOffDeadline =
      budgetMs === undefined ? () => {} : timers.after(budgetMs, () => this.#resolveIfNothingRuns());
  }

  override get waitingTexts(): number {
    return this.isSettled ? 0 : this.#texts.length - this.#begun;
  }

  hasWork(): boolean {
    if (this.isSettled) return false;
    this.#takeKnown();
    if (this.#begun < this.#texts.length && this.#timers.nowMs() < this.#deadlineMs) return true;
    this.#resolveIfNothingRuns();
    return false;
  }

  begin(): Piece {
    const key = this.#nextKey;
    const text = this.#texts[this.#begun]!;
    this.#running.set(key, [this.#begun]);
    this.#begun++;
    this.#nextKey = '';
    const round = this.#round;
    return {
      request: { kind: 'embed', text },
      accept: (answer, model) => {
        if (round === this.#round) this.#accept(key, answer, model);
      },
    };
  }

  override reject(error: LtmcError): void {
    this.#callOffDeadline();
    super.reject(error);
  }

  /** Passes over the texts that need no worker. */
  #takeKnown(): void {
    while (this.#begun < this.#texts.length && this.#nextKey === '') {
      const key = textKey(this.#texts[this.#begun]!);
      const known = this.#cache.get(key);
      const running = this.#running.get(key);
      if (known !== null && (this.#modelHash ?? this.#cache.modelHash) === this.#cache.modelHash) {
        this.#modelHash = this.#cache.modelHash;
        this.#vectors[this.#begun] = known;
      } else if (running !== undefined) {
        running.push(this.#begun);
      } else {
        this.#nextKey = key;
        return;
      }
      this.#begun++;
    }
  }

  #accept(key: string, answer: WorkerAnswer, model: LoadedModel | null): void {
    const places = this.#running.get(key);
    if (this.isSettled || places === undefined || answer.kind !== 'vector' || model === null) return;
    this.#running.delete(key);
    this.#cache.set(key, answer.vector, model.modelHash);
    if (this.#modelHash !== null && this.#modelHash !== model.modelHash) {
      this.#beginAnew();
      return;
    }
    this.#modelHash = model.modelHash;
    for (const place of places) this.#vectors[place] = answer.vector.slice();
    const isOver = this.#begun === this.#texts.length || this.#timers.nowMs() >= this.#deadlineMs;
    if (isOver) this.#resolveIfNothingRuns();
  }

  /** The file was exchanged: vectors of two models are never mixed in one answer. */
  #beginAnew(): void {
    if (this.#round > 0) {
      this.reject(
        modelUnavailable(
          'Expected one model for all texts of a call, got another model file again and again.',
          'Try again when nothing writes to the model folder any more.',
        ),
      );
      return;
    }
    this.#round++;
    this.#begun = 0;
    this.#nextKey = '';
    this.#modelHash = null;
    this.#running.clear();
    this.#vectors.fill(null);
  }

  #resolveIfNothingRuns(): void {
    if (this.isSettled || this.#running.size > 0) return;
    this.#callOffDeadline();
    this.resolve({ vectors: this.#vectors, modelHash: this.#modelHash });
  }
}
