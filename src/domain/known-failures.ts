import { codeKey } from './code-identity.ts';
import type { CodePatterns, FoundPattern } from './code-patterns.ts';
import { FieldMasks } from './field-masks.ts';
import { fitTexts } from './fit-texts.ts';
import type { SearchMode } from './memories.ts';
import type { Embedder, PatternRecord, ReadScope, Store } from './ports.ts';

export interface CheckInput {
  scope: ReadScope;
  /** Code about to be written, or a plan in words. */
  proposal: string;
  functionName?: string;
  fileName?: string;
  moduleName?: string;
  topK: number;
  /** Of error texts and lessons. */
  tokensMax: number;
}

export interface KnownFailure {
  /**
   * `same_code`: this very code failed and never passed: a warning. `same_task`: attempts at what seems the same
   * task failed: information, since being alike says nothing about failing.
   */
  match: 'same_code' | 'same_task';
  /** The newest of them. */
  record: PatternRecord;
  failedTimes: number;
  fixedBy?: { patternId: number; basis: string };
  /** There was no room for its error text and lesson. */
  isCut: boolean;
}

export interface KnownFailuresResult {
  failures: KnownFailure[];
  /** Absent where no search was needed. */
  search?: SearchMode;
  knownProjects?: string[];
}

/** Failures to know of before acting. Being similar alone never warns; code that passed is silent. */
export class KnownFailures {
  readonly #store: Store;
  readonly #embedder: Embedder;
  readonly #codePatterns: CodePatterns;

  constructor(store: Store, embedder: Embedder, codePatterns: CodePatterns) {
    this.#store = store;
    this.#embedder = embedder;
    this.#codePatterns = codePatterns;
  }

  /** Throws `invalid_argument` for text that is not well formed. */
  async check(input: CheckInput): Promise<KnownFailuresResult> {
    // Stored code is masked, so the same code is the same only after masking.
    const proposal = new FieldMasks(await this.#store.maskKey()).take('proposal', input.proposal);
    const same = await this.#store.attemptsWithCode(codeKey(proposal), input.scope);
    if (same.some((record) => record.result === 'pass')) return { failures: [] };
    const failed = same.filter(isFailureOfCode);
    if (failed.length === 0) return this.#sameTask({ ...input, proposal });
    const records = await this.#store.getPatterns(failed.map(({ patternId }) => patternId));
    return { failures: await this.#within([sameCode(records)], input.tokensMax) };
  }

  async #sameTask({ proposal, tokensMax, ...input }: CheckInput): Promise<KnownFailuresResult> {
    const { patterns, search, knownProjects } = await this.#codePatterns.find({
      ...input,
      query: proposal,
      result: 'fail',
      detail: 'brief',
      maxTokens: Number.MAX_SAFE_INTEGER,
      includeWeak: false,
      explain: false,
    });
    const failures = patterns.filter(({ record }) => isFailureOfCode(record)).map(sameTask);
    return {
      failures: await this.#within(failures, tokensMax),
      search,
      ...(knownProjects === undefined ? {} : { knownProjects }),
    };
  }

  async #within(failures: Omit<KnownFailure, 'isCut'>[], tokensMax: number): Promise<KnownFailure[]> {
    const texts = failures.map(({ record }) => `${record.lesson ?? ''}\n${record.errorMessage ?? ''}`);
    const { fits } = await fitTexts(this.#embedder, texts, tokensMax);
    return failures.map((failure, i) => ({ ...failure, isCut: !(fits[i] ?? true) }));
  }
}

/** Failures of the environment and timeouts say nothing about the code. */
function isFailureOfCode({ result, errorKind }: Pick<PatternRecord, 'result' | 'errorKind'>): boolean {
  return result === 'fail' && (errorKind === null || errorKind === 'code');
}

/** `failed`: the newest first. */
function sameCode(failed: readonly PatternRecord[]): Omit<KnownFailure, 'isCut'> {
  const fixedBy = failed.find((record) => record.fixedBy !== null)?.fixedBy;
  return {
    match: 'same_code',
    record: failed[0] as PatternRecord,
    failedTimes: failed.length,
    ...(fixedBy ? { fixedBy } : {}),
  };
}

function sameTask({ record, attempts }: FoundPattern): Omit<KnownFailure, 'isCut'> {
  return {
    match: 'same_task',
    record,
    failedTimes: attempts.fail,
    ...(record.fixedBy === null ? {} : { fixedBy: record.fixedBy }),
  };
}
