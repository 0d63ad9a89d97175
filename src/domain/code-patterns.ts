import { defined } from '../defined.ts';
import { LtmcError } from '../errors.ts';
import { type PreparedAttempt, prepareAttempt } from './attempt-log.ts';
import { placeAttempt } from './attempt-placement.ts';
import type { Clock } from './clock.ts';
import type { Confidence } from './confidence.ts';
import { embedForWrite } from './embed-for-write.ts';
import { type EmbeddingRole, embeddingText } from './embedding-text.ts';
import type { MaskedSecret, SearchMode } from './memories.ts';
import { findPatterns } from './pattern-finding.ts';
import type {
  AttemptLink,
  AttemptResult,
  Embedder,
  ErrorKind,
  NewEmbedding,
  Origin,
  PatternRecord,
  ProjectName,
  ReadScope,
  Store,
  Timestamp,
} from './ports.ts';
import { timestampAt } from './timestamp.ts';

export interface LogAttemptInput {
  project: ProjectName;
  inputPrompt: string;
  generatedCode: string;
  result: AttemptResult;
  functionName: string | null;
  fileName: string | null;
  moduleName: string | null;
  executionTimeMs: number | null;
  errorMessage: string | null;
  errorKind: ErrorKind | null;
  lesson: string | null;
  testCommand: string | null;
  commit: string | null;
  /** Where it is known, what is stored of other commits than these is not repaired. */
  earlierCommits?: ReadonlySet<string>;
  tags: string[];
  fixesPatternId: number | null;
  usedPatternIds: number[];
  origin: Origin;
  /** Default: now. */
  createdAt?: Timestamp;
}

export interface LogAttemptResult {
  patternId: number;
  vectorId: number;
  linked: AttemptLink[];
  /** The failure that this attempt repaired. */
  fixes?: number;
  masked: MaskedSecret[];
  pendingVectors: number;
  modelProblem?: string;
}

export interface FindPatternsInput {
  scope: ReadScope;
  query: string;
  result?: AttemptResult;
  functionName?: string;
  fileName?: string;
  moduleName?: string;
  tags?: string[];
  topK: number;
  detail: 'brief' | 'full';
  maxTokens: number;
  includeWeak: boolean;
  explain: boolean;
}

export interface FoundPattern {
  record: PatternRecord;
  /** The code as shown: whole, or its first lines with a last line that says how many more there are. */
  shownCode: string;
  score: number;
  similarity?: number;
  /** Other attempts of the family with the same code. */
  sameCodeIds: number[];
  fixedBy?: { patternId: number; basis: string; diff: string };
  attempts: Record<AttemptResult, number>;
  cut?: true;
  why?: Record<string, number>;
}

export interface FindPatternsResult {
  patterns: FoundPattern[];
  confidence: Confidence;
  nearest?: { patternId: number; functionName: string | null; score: number; similarity?: number };
  search: SearchMode;
  /** The best matching task has attempts, but none that passed. */
  deadEnd?: { failedAttempts: number; note: string };
  knownProjects?: string[];
}

/** The Code Pattern Memory: attempts with their outcomes. */
export class CodePatterns {
  readonly #store: Store;
  readonly #embedder: Embedder;
  readonly #clock: Clock;

  constructor(store: Store, embedder: Embedder, clock: Clock) {
    this.#store = store;
    this.#embedder = embedder;
    this.#clock = clock;
  }

  /**
   * Stores an attempt as a row of its own, in the family of its task and linked with what it repaired. Its
   * texts are masked before anything else; what cannot be embedded within
   * `limits.embeddingBudgetMsPerCall` stays pending. Throws `invalid_argument` for text that is not well
   * formed or a repair by an attempt that did not pass, `not_found` for ids that are not there.
   */
  async log(input: LogAttemptInput): Promise<LogAttemptResult> {
    const now = timestampAt(this.#clock());
    const { attempt, masked } = prepareAttempt(input, await this.#store.maskKey(), now);
    await this.#assertNamedAttempts(attempt);
    const { embeddings, modelHash, modelProblem } = await this.#embed(attempt);
    const stored = await this.#store.logAttempt({ ...attempt, embeddings, modelHash }, (context) =>
      placeAttempt({ ...attempt, embeddings, modelHash }, context),
    );
    const fixes = stored.links.find((link) => link.contextType === 'fixes')?.patternId;
    return {
      patternId: stored.patternId,
      vectorId: stored.vectorId,
      linked: stored.links,
      masked,
      pendingVectors: stored.pendingVectors,
      ...defined({ fixes, modelProblem }),
    };
  }

  /** The attempts that answer a task, a piece of code or an error text, best first. */
  find(input: FindPatternsInput): Promise<FindPatternsResult> {
    return findPatterns(this.#store, this.#embedder, input);
  }

  /** One attempt whole. Throws `not_found`. */
  async get(patternId: number): Promise<PatternRecord> {
    const [record] = await this.#store.getPatterns([patternId]);
    if (record === undefined) {
      throw new LtmcError(
        'not_found',
        `Expected the id of a stored attempt, got ${patternId}.`,
        'get_code_patterns names the ids that there are.',
      );
    }
    return record;
  }

  /** The same prompt and the same code are embedded once; further attempts get copies of their vectors. */
  async #embed(
    attempt: PreparedAttempt,
  ): Promise<{ embeddings: NewEmbedding[]; modelHash: string | null; modelProblem?: string }> {
    const { modelHash } = this.#embedder.status();
    const known =
      modelHash === undefined
        ? { prompt: null, code: null }
        : await this.#store.vectorsOfSame(attempt, modelHash);
    const texts: [role: EmbeddingRole, text: string, vector: Float32Array | null][] = [
      ['prompt', attempt.inputPrompt, known.prompt],
      ['code', attempt.generatedCode, known.code],
    ];
    if (attempt.lesson !== null) texts.push(['lesson', attempt.lesson, null]);
    const missing = texts.filter(([, , vector]) => vector === null);
    if (missing.length === 0 && modelHash !== undefined) {
      return { modelHash, embeddings: texts.map(([role, , vector]) => ({ role, vector })) };
    }
    const written = await embedForWrite(
      this.#embedder,
      missing.map(([role, text]) => embeddingText(role, text)),
    );
    // Vectors of one attempt are of one model: copies of another one's are pending like what is missing.
    const copies = written.modelHash === null || written.modelHash === modelHash;
    const made = new Map(missing.map(([role], index) => [role, written.vectors[index] ?? null]));
    const embeddings = texts.map(([role, , vector]) => ({
      role,
      vector: made.get(role) ?? (copies ? vector : null),
    }));
    const hash =
      written.modelHash ?? (embeddings.some(({ vector }) => vector !== null) ? modelHash : undefined);
    return {
      embeddings,
      modelHash: hash ?? null,
      ...defined({ modelProblem: written.modelProblem }),
    };
  }

  async #assertNamedAttempts(attempt: PreparedAttempt): Promise<void> {
    const named = [
      ...attempt.usedPatternIds,
      ...(attempt.fixesPatternId === null ? [] : [attempt.fixesPatternId]),
    ];
    if (named.length === 0) return;
    const records = new Map(
      (await this.#store.getPatterns(named)).map((record) => [record.patternId, record]),
    );
    const missing = named.filter((id) => !records.has(id));
    if (missing.length > 0) {
      throw new LtmcError(
        'not_found',
        `Expected used_pattern_ids and fixes_pattern_id to name stored attempts, got ${missing.join(', ')}.`,
        'Use the ids that get_code_patterns gave, or leave them out; nothing was stored.',
      );
    }
    if (attempt.fixesPatternId !== null && records.get(attempt.fixesPatternId)?.result === 'pass') {
      throw new LtmcError(
        'invalid_argument',
        `Expected fixes_pattern_id to name an attempt that did not pass, got ${attempt.fixesPatternId}, which passed.`,
        'Name the failure that this attempt repaired, or leave fixes_pattern_id out.',
      );
    }
  }
}
