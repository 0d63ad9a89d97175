import { defined } from '../defined.ts';
import { limits } from '../limits.ts';
import { codeKey, nameKey } from './code-identity.ts';
import { FieldMasks } from './field-masks.ts';
import { fittingNow } from './fit-texts.ts';
import { projectsInstead } from './known-projects.ts';
import type { SearchMode } from './memories.ts';
import { searchAttempts } from './pattern-finding.ts';
import { relevanceScale } from './pattern-ranking.ts';
import type {
  AttemptOfCode,
  Embedder,
  PatternFilters,
  PatternRecord,
  ReadScope,
  RepairPlace,
  SearchInput,
  Store,
} from './ports.ts';
import { type Proposal, readProposal } from './proposal.ts';
import { codeLines, repairedLines, undoesRepair } from './repaired-lines.ts';
import { sameFile } from './repairs.ts';
import { searchInputNow } from './search-input.ts';
import { headOf } from './text-ends.ts';
import { walkedFamilies } from './walked-families.ts';

export interface CheckInput {
  scope: ReadScope;
  /** Code about to be written, bare or in Markdown fences, a plan in words, or an error text. */
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
   * `same_code`: this very code failed and never passed. `undoes_repair`: it holds what a repair took out and
   * lacks what it put in. Both are warnings. `same_task`, for a plan or an error text: attempts at what seems the same task
   * failed. That is information: being alike says nothing about failing.
   */
  match: 'same_code' | 'undoes_repair' | 'same_task';
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

type UncutFailure = Omit<KnownFailure, 'isCut'>;

/**
 * Failures to know of before acting. Being similar alone never warns, code that passed is silent, and failures of the
 * environment, timeouts and flaky ones say nothing about the code. Waits for no model: while it loads, the words
 * decide.
 */
export class KnownFailures {
  readonly #store: Store;
  readonly #embedder: Embedder;

  constructor(store: Store, embedder: Embedder) {
    this.#store = store;
    this.#embedder = embedder;
  }

  /** Throws `invalid_argument` for text that is not well formed. */
  async check(input: CheckInput): Promise<KnownFailuresResult> {
    // Stored code is masked, so the same code is the same only after masking.
    const text = new FieldMasks(await this.#store.maskKey()).take('proposal', input.proposal);
    const proposal = readProposal(text);
    const same = await this.#sameCode(proposal, input);
    if (same === 'passed') return { failures: [] };
    if (same !== null) return { failures: await this.#within([same], input.tokensMax) };

    const query = headOf(text, limits.queryCharactersMax);
    const { input: search, search: mode } = await searchInputNow(
      this.#embedder,
      this.#store,
      'pattern',
      query,
    );
    const undone = await this.#undoneRepair(proposal, input, search);
    const alike = proposal.isCode ? [] : await this.#sameTask(query, input, search);
    const failures = undone === null ? alike : [undone, ...alike];
    const knownProjects = await projectsInstead(
      this.#store,
      input.scope,
      failures.map(({ record }) => record.project),
    );
    return {
      failures: await this.#within(failures, input.tokensMax),
      search: mode,
      ...defined({ knownProjects }),
    };
  }

  /** 'passed' where one of the codes passed before. */
  async #sameCode({ codes }: Proposal, input: CheckInput): Promise<UncutFailure | 'passed' | null> {
    const same: AttemptOfCode[] = [];
    for (const key of new Set(codes.map(codeKey))) {
      same.push(...(await this.#store.attemptsWithCode(key, input.scope)));
    }
    if (same.some(({ result }) => result === 'pass')) return 'passed';
    const failed = same
      .filter((attempt) => isFailureOfCode(attempt) && !isElsewhere(attempt, input))
      .sort((a, b) => b.patternId - a.patternId);
    const repaired = failed.find((attempt) => attempt.repaired);
    const [newest] = failed;
    if (newest === undefined) return null;
    const records = await this.#store.getPatterns([
      newest.patternId,
      repaired?.patternId ?? newest.patternId,
    ]);
    const [record] = records;
    if (record === undefined) return null;
    const fixedBy = records.find((each) => each.fixedBy !== null)?.fixedBy;
    return { match: 'same_code', record, failedTimes: failed.length, ...(fixedBy ? { fixedBy } : {}) };
  }

  /** The newest repair that the proposed code undoes, of those near to it. */
  async #undoneRepair(
    { codes }: Proposal,
    input: CheckInput,
    search: SearchInput,
  ): Promise<UncutFailure | null> {
    const found = await this.#store.searchPatterns(search, { scope: input.scope });
    const place: RepairPlace = {
      scope: input.scope,
      familyIds: await walkedFamilies(
        this.#store,
        found.hits,
        relevanceScale(found.hits, search.vector !== null),
      ),
      nameKeys: [nameKey(input.functionName ?? null)].filter((name) => name !== null),
      fileNames: input.fileName === undefined ? [] : [input.fileName],
    };
    const repairs = await this.#store.repairsAt(place, limits.repairsComparedMax);
    if (repairs.length === 0) return null;
    const records = new Map(
      (
        await this.#store.getPatterns(repairs.flatMap(({ failureId, repairId }) => [failureId, repairId]))
      ).map((record) => [record.patternId, record]),
    );
    const proposed = codes.map(codeLines);
    const undone = repairs.flatMap(({ failureId, repairId }) => {
      const [failure, repair] = [records.get(failureId), records.get(repairId)];
      if (failure === undefined || repair === undefined) return [];
      if (!isOfCode(failure) || isElsewhere(failure, input)) return [];
      const change = repairedLines(failure.generatedCode, repair.generatedCode);
      return proposed.some((lines) => undoesRepair(lines, change)) ? [failure] : [];
    });
    const [record] = undone;
    return record === undefined
      ? null
      : { match: 'undoes_repair', record, failedTimes: undone.length, ...fixedByOf(record) };
  }

  async #sameTask(query: string, input: CheckInput, search: SearchInput): Promise<UncutFailure[]> {
    const { scope, functionName, fileName, moduleName } = input;
    const filters: PatternFilters = defined({
      scope,
      result: 'fail' as const,
      functionName,
      fileName,
      moduleName,
    });
    const { ranked, confidence } = await searchAttempts(this.#store, query, search, filters);
    if (confidence === 'none') return [];
    const codes = ranked.slice(0, limits.topKMax);
    const records = await this.#store.getPatterns(codes.map(({ hit }) => hit.patternId));
    const timesOf = new Map(codes.map(({ hit, sameCodeIds }) => [hit.patternId, 1 + sameCodeIds.length]));
    return records
      .filter(isFailureOfCode)
      .slice(0, input.topK)
      .map((record) => ({
        match: 'same_task',
        record,
        failedTimes: timesOf.get(record.patternId) ?? 1,
        ...fixedByOf(record),
      }));
  }

  async #within(failures: UncutFailure[], tokensMax: number): Promise<KnownFailure[]> {
    const texts = failures.map(({ record }) => `${record.lesson ?? ''}\n${record.errorMessage ?? ''}`);
    const fits = await fittingNow(this.#embedder, texts, tokensMax);
    return failures.map((failure, i) => ({ ...failure, isCut: !(fits[i] ?? true) }));
  }
}

/** What passed in part may be the next step and the best there is: only what a repair took out of it warns. */
function isFailureOfCode(attempt: Pick<PatternRecord, 'result' | 'errorKind'>): boolean {
  return attempt.result === 'fail' && isOfCode(attempt);
}

/** Failures of the environment, timeouts and flaky ones say nothing about the code. */
function isOfCode({ errorKind }: Pick<PatternRecord, 'errorKind'>): boolean {
  return errorKind === null || errorKind === 'code';
}

/** A short piece of code may fail in one function and be right in another. */
function isElsewhere(
  attempt: Pick<PatternRecord, 'functionName' | 'fileName'>,
  { functionName, fileName }: CheckInput,
): boolean {
  const [one, other] = [nameKey(attempt.functionName), nameKey(functionName ?? null)];
  if (one !== null && other !== null && one !== other) return true;
  return attempt.fileName !== null && fileName !== undefined && !sameFile(attempt.fileName, fileName);
}

function fixedByOf({ fixedBy }: PatternRecord): Pick<KnownFailure, 'fixedBy'> {
  return fixedBy === null ? {} : { fixedBy };
}
