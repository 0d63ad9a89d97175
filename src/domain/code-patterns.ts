import type { Clock } from './clock.ts';
import type { Confidence, MaskedSecret, SearchMode } from './memories.ts';
import type {
  AttemptLink,
  AttemptResult,
  Embedder,
  ErrorKind,
  Origin,
  PatternRecord,
  ProjectName,
  ReadScope,
  Store,
  Timestamp,
} from './ports.ts';

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
  attempts: { pass: number; fail: number; partial: number };
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
  constructor(_store: Store, _embedder: Embedder, _clock: Clock) {}
  log(_input: LogAttemptInput): Promise<LogAttemptResult> {
    throw new Error('not yet');
  }
  find(_input: FindPatternsInput): Promise<FindPatternsResult> {
    throw new Error('not yet');
  }
  /** One attempt whole, for get_memory with a pattern ref. Throws `not_found`. */
  get(_patternId: number): Promise<PatternRecord> {
    throw new Error('not yet');
  }
}
