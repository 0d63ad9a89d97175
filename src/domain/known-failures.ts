import { codeKey } from './code-identity.ts';
import type { CodePatterns } from './code-patterns.ts';
import type { PatternRecord, ReadScope, Store } from './ports.ts';
import { assertWellFormed } from './well-formed.ts';

export interface CheckInput {
  scope: ReadScope;
  /** Code about to be written, or a plan in words. */
  proposal: string;
  functionName?: string;
  fileName?: string;
  moduleName?: string;
  topK: number;
}

export interface KnownFailure {
  /**
   * `same_code`: this very code failed and never passed: a warning. `same_task`: attempts at what seems the same
   * task failed: information, since being alike says nothing about failing.
   */
  match: 'same_code' | 'same_task';
  record: PatternRecord;
  failedTimes: number;
  lastFailedAtMs: number | null;
  fixedBy?: { patternId: number; basis: string };
}

/** Failures to know of before acting. Being similar alone never warns; code that passed is silent. */
export class KnownFailures {
  readonly #store: Store;
  readonly #codePatterns: CodePatterns;

  constructor(store: Store, codePatterns: CodePatterns) {
    this.#store = store;
    this.#codePatterns = codePatterns;
  }

  async check(input: CheckInput): Promise<KnownFailure[]> {
    assertWellFormed('proposal', input.proposal);
    const same = await this.#store.attemptsWithCode(codeKey(input.proposal), input.scope);
    if (same.some((record) => record.result === 'pass')) return [];
    const failed = same.filter(isFailureOfCode);
    if (failed.length > 0) return [failure('same_code', failed)];
    return this.#sameTask(input);
  }

  async #sameTask({ proposal, ...input }: CheckInput): Promise<KnownFailure[]> {
    const { patterns } = await this.#codePatterns.find({
      ...input,
      query: proposal,
      result: 'fail',
      detail: 'brief',
      maxTokens: Number.MAX_SAFE_INTEGER,
      includeWeak: false,
      explain: false,
    });
    return patterns
      .map(({ record }) => record)
      .filter(isFailureOfCode)
      .map((record) => failure('same_task', [record]));
  }
}

/** Failures of the environment and timeouts say nothing about the code. */
function isFailureOfCode({ result, errorKind }: PatternRecord): boolean {
  return result === 'fail' && (errorKind === null || errorKind === 'code');
}

/** `failed`: the newest first. */
function failure(match: KnownFailure['match'], failed: readonly PatternRecord[]): KnownFailure {
  const newest = failed[0] as PatternRecord;
  const fixedBy = failed.find((record) => record.fixedBy !== null)?.fixedBy;
  return {
    match,
    record: newest,
    failedTimes: failed.length,
    lastFailedAtMs: newest.createdAt.ms,
    ...(fixedBy ? { fixedBy } : {}),
  };
}
