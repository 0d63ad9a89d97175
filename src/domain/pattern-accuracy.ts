import { limits } from '../limits.ts';
import type { Clock } from './clock.ts';
import type { CodePatterns } from './code-patterns.ts';
import type { AttemptOutcomes, Store } from './ports.ts';

export interface PatternOutcomes {
  all: AttemptOutcomes;
  /** Of the attempts that named the attempts they started from. */
  informed: AttemptOutcomes;
  /** Passed attempts over all of them; null where there are none. */
  successRate: number | null;
  /** The same of the informed ones: how often what was recalled led to code that passed. */
  retrievalAccuracy: number | null;
}

/** How good the Code Pattern Memory is, by its own rows. */
export class PatternAccuracy {
  readonly #store: Store;
  readonly #codePatterns: CodePatterns;
  readonly #clock: Clock;
  #probe: { startedMs: number; share: Promise<number | null> } | undefined;

  constructor(store: Store, codePatterns: CodePatterns, clock: Clock) {
    this.#store = store;
    this.#codePatterns = codePatterns;
    this.#clock = clock;
  }

  async outcomes(): Promise<PatternOutcomes> {
    const { all, informed } = await this.#store.attemptOutcomes();
    return { all, informed, successRate: shareOfPasses(all), retrievalAccuracy: shareOfPasses(informed) };
  }

  /**
   * The share of the newest attempts whose family is found by their own prompt; null where there are none.
   * Asked again before `limits.retrievalProbeMs` have passed, it answers what it found then.
   */
  selfRetrieval(): Promise<number | null> {
    const nowMs = this.#clock();
    if (this.#probe === undefined || nowMs - this.#probe.startedMs >= limits.retrievalProbeMs) {
      this.#probe = { startedMs: nowMs, share: this.#probeNow() };
      // A failure is not kept: the next one who asks tries again.
      this.#probe.share.catch(() => {
        this.#probe = undefined;
      });
    }
    return this.#probe.share;
  }

  async #probeNow(): Promise<number | null> {
    const ids = await this.#store.newestAttempts(limits.retrievalProbeAttempts);
    if (ids.length === 0) return null;
    let found = 0;
    for (const attempt of await this.#store.getPatterns(ids)) {
      const { patterns } = await this.#codePatterns.find({
        scope: attempt.project === null ? 'all' : { project: attempt.project },
        query: attempt.inputPrompt.slice(0, limits.queryCharactersMax),
        topK: limits.retrievalProbeTopK,
        detail: 'brief',
        maxTokens: limits.answerTokensDefault,
        includeWeak: true,
        explain: false,
      });
      if (patterns.some(({ record }) => record.familyId === attempt.familyId)) found++;
    }
    return found / ids.length;
  }
}

function shareOfPasses({ pass, fail, partial }: AttemptOutcomes): number | null {
  const total = pass + fail + partial;
  return total === 0 ? null : pass / total;
}
