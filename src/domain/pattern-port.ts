import type {
  CosineSpread,
  LexicalStatistics,
  NewEmbedding,
  Origin,
  ProjectName,
  ReadScope,
  SearchInput,
  Timestamp,
} from './rows.ts';

export type AttemptResult = 'pass' | 'fail' | 'partial';
export type ErrorKind = 'code' | 'environment' | 'timeout' | 'flaky';

export interface NewAttempt {
  project: ProjectName;
  functionName: string | null;
  fileName: string | null;
  moduleName: string | null;
  inputPrompt: string;
  generatedCode: string;
  result: AttemptResult;
  executionTimeMs: number | null;
  errorMessage: string | null;
  errorKind: ErrorKind | null;
  errorSignature: string | null;
  lesson: string | null;
  testCommand: string | null;
  commit: string | null;
  /** Not stored: the commits that the attempt's own may follow. Failures at others are not of this line of work. */
  earlierCommits?: ReadonlySet<string>;
  tags: string[];
  usedPatternIds: number[];
  fixesPatternId: number | null;
  origin: Origin;
  createdAt: Timestamp;
  /** Keys of domain/code-identity.ts. */
  codeKey: string;
  promptKey: string;
  nameKey: string | null;
  language: string | null;
  /** What full text indexes for this attempt. */
  searchText: string;
  /** `prompt` first, then `code`, then `lesson` where there is one; they get consecutive vector ids. */
  embeddings: NewEmbedding[];
  modelHash: string | null;
}

/** An earlier attempt of the same project that may belong with a new one. */
export interface RelatedAttempt {
  patternId: number;
  /** False only for an attempt that the new one names by its id (`fixes`, `used`): never a family of it. */
  sameProject: boolean;
  familyId: number;
  fileName: string | null;
  moduleName: string | null;
  result: string | null;
  errorKind: string | null;
  errorSignature: string | null;
  testCommand: string | null;
  commit: string | null;
  codeKey: string;
  /** The first `limits.codeStartCharacters` of its code. */
  codeStart: string;
  promptKey: string;
  nameKey: string | null;
  language: string | null;
  createdAtMs: number | null;
  /** A later attempt repaired it. */
  repaired: boolean;
  /** Cosine of the two prompts; null where a vector is pending. */
  promptCosine: number | null;
  /** It is the oldest attempt of its family. */
  isRepresentative: boolean;
  /** Of a representative, the beginning of its prompt. */
  promptHead?: string | null;
  familySize: number;
}

export interface AttemptLink {
  patternId: number;
  contextType: 'similar_function' | 'same_file' | 'same_module' | 'fixes' | 'informed_by';
  similarityScore: number | null;
  /** For `fixes`: how it is known; see domain/repairs.ts. */
  basis?: string;
}

/** What the domain decides about a new attempt while its transaction is open; must be synchronous and pure. */
export interface AttemptPlacement {
  /** null: the first of a new family. */
  familyId: number | null;
  links: AttemptLink[];
  /** Repaired failures that this failure shows to be there again: they are repaired no more. */
  reopens?: number[];
  /** The same code came out otherwise before: this failure counts as flaky. */
  isFlaky?: boolean;
  /** Earlier failures that this attempt, which passed with the same code, shows to be flaky. */
  flakyFailures?: number[];
}

/** One of the attempts around one whose result changes, as it is stored. */
export interface AttemptInHistory
  extends Pick<
    RelatedAttempt,
    | 'patternId'
    | 'sameProject'
    | 'familyId'
    | 'fileName'
    | 'result'
    | 'errorSignature'
    | 'testCommand'
    | 'codeKey'
    | 'nameKey'
    | 'createdAtMs'
  > {
  inputPrompt: string;
  generatedCode: string;
  lesson: string | null;
  /** As the caller gave it; null where it was found out by comparing. */
  givenErrorKind: string | null;
  /** The failure that its caller said it repairs. */
  fixesPatternId: number | null;
}

/** What a changed result changes about an attempt; what is absent stays as it is. */
export interface OutcomeChange {
  patternId: number;
  repairedBy?: number | null;
  /** Found out by comparing; what a caller said stays. */
  isFlaky?: boolean;
  /** Its links of type `fixes` that no longer hold, and those that do now. */
  fixesNoMore: number[];
  fixesNow: { patternId: number; basis: string }[];
}

export interface AttemptContext {
  related: RelatedAttempt[];
  /** In how many files of the project a function of this name was seen. */
  filesOfName: number;
}

export interface StoredAttempt {
  patternId: number;
  /** Of the prompt's vector. */
  vectorId: number;
  familyId: number;
  links: AttemptLink[];
  pendingVectors: number;
}

export interface PatternFilters {
  scope: ReadScope;
  result?: AttemptResult;
  functionName?: string;
  fileName?: string;
  moduleName?: string;
  tags?: string[];
}

/** An attempt that may answer a query, with its features for it. */
export interface PatternCandidate {
  patternId: number;
  bm25: number;
  /** What of it comes from the `wordsApart` of the search. */
  bm25Apart: number;
  promptCosine: number | null;
  codeCosine: number | null;
  lessonCosine: number | null;
}

/** The same with what of its row decides the order of an answer. */
export interface PatternHit extends PatternCandidate {
  familyId: number;
  result: string | null;
  errorKind: string | null;
  codeKey: string;
  createdAtMs: number | null;
}

export interface PatternSearchResult {
  hits: PatternCandidate[];
  lexical: LexicalStatistics;
  searchedRows: number;
  /** Of the cosines of those rows; zeros without a vector. */
  spread: CosineSpread;
}

export interface PatternRecord {
  patternId: number;
  project: ProjectName;
  functionName: string | null;
  fileName: string | null;
  moduleName: string | null;
  inputPrompt: string;
  generatedCode: string;
  result: string | null;
  executionTimeMs: number | null;
  errorMessage: string | null;
  errorKind: string | null;
  errorSignature: string | null;
  lesson: string | null;
  testCommand: string | null;
  commit: string | null;
  tags: string[];
  origin: Origin | null;
  createdAt: Timestamp;
  archived: boolean;
  vectorId: number | null;
  familyId: number;
  /** The newest attempt that repaired this one and was not undone by a later failure. */
  fixedBy: { patternId: number; basis: string } | null;
}

/** What becomes of an attempt; what is absent stays as it is. */
export interface AttemptChange {
  tags?: string[];
  result?: AttemptResult;
  /** Its vector is pending after a change. */
  lesson?: string;
  archived?: boolean;
  /** What full text indexes for the attempt after the change. */
  searchText: string;
}

/** What statistics need of an attempt. */
export interface AttemptFact {
  patternId: number;
  project: ProjectName;
  result: string | null;
  errorKind: string | null;
  errorSignature: string | null;
  testCommand: string | null;
  executionTimeMs: number | null;
  createdAtMs: number;
  functionName: string | null;
  fileName: string | null;
  moduleName: string | null;
  tags: string[];
  repaired: boolean;
}

/** The first characters of an attempt's texts: `limits.promptComparedCharactersMax`, `code…` and `error…`. '' for none. */
export interface AttemptHeads {
  prompt: string;
  code: string;
  error: string;
}

/** What became of code that was tried before. */
export interface AttemptOfCode {
  patternId: number;
  result: string | null;
  errorKind: string | null;
  functionName: string | null;
  fileName: string | null;
  repaired: boolean;
}

/** Where repairs are looked for: any of these is enough. */
export interface RepairPlace {
  scope: ReadScope;
  familyIds: readonly number[];
  /** Keys of domain/code-identity.ts. */
  nameKeys: readonly string[];
  fileNames: readonly string[];
}

/** Code attempts and their families; the rules of Store (ports.ts) hold. */
export interface PatternPort {
  logAttempt(
    attempt: NewAttempt,
    place: (context: AttemptContext) => AttemptPlacement,
  ): Promise<StoredAttempt>;
  searchPatterns(input: SearchInput, filters: PatternFilters): Promise<PatternSearchResult>;
  /** Every attempt of these families that the filters let through, with its features for the query. */
  familyMembers(
    familyIds: readonly number[],
    input: SearchInput,
    filters: PatternFilters,
  ): Promise<PatternHit[]>;
  /** The family of each of these attempts; those that are not there or archived are left out. */
  familiesOf(patternIds: readonly number[]): Promise<Map<number, number>>;
  /** The newest `limits.namedAttemptsMax` attempts at functions of these names, by their name keys. */
  attemptsAt(nameKeys: readonly string[], scope: ReadScope): Promise<Set<number>>;
  getPatterns(patternIds: readonly number[]): Promise<PatternRecord[]>;
  /** What is compared letter for letter of each attempt. */
  attemptHeads(patternIds: readonly number[]): Promise<Map<number, AttemptHeads>>;
  /** Attempts of each family by result, archived ones left out; unknown results are in none of the three. */
  familyCounts(familyIds: readonly number[]): Promise<Map<number, Record<AttemptResult, number>>>;
  /**
   * False: no such attempt. For another result `reconsider` is given the attempts around this one, in the order in
   * which they were logged and with their results so far, and says what the new one changes; it must be synchronous and pure.
   */
  changeAttempt(
    patternId: number,
    change: AttemptChange,
    reconsider?: (history: readonly AttemptInHistory[]) => OutcomeChange[],
  ): Promise<boolean>;
  /**
   * The attempts that the filters let through and that were made at or after `sinceMs`, those made last first; `after`:
   * the last one of the page before.
   */
  attemptFacts(
    filters: PatternFilters,
    sinceMs: number,
    page: { after: Pick<AttemptFact, 'createdAtMs' | 'patternId'> | null; limit: number },
  ): Promise<AttemptFact[]>;
  /** Attempts whose code is the same but for comments and white space, newest first, archived ones left out. */
  attemptsWithCode(codeKey: string, scope: ReadScope): Promise<AttemptOfCode[]>;
  /** Attempts whose indexed words hold this one and that the filters let through, newest first. */
  newestWithWord(word: string, filters: PatternFilters, limit: number): Promise<number[]>;
  /** Failures that are repaired, each with the attempt that repaired it; newest first, archived ones left out. */
  repairsAt(place: RepairPlace, limit: number): Promise<{ failureId: number; repairId: number }[]>;
  /** Vectors that this model file made before of the same prompt and of the same code; null where there is none. */
  vectorsOfSame(
    texts: Pick<NewAttempt, 'inputPrompt' | 'promptKey' | 'codeKey'>,
    modelHash: string,
  ): Promise<{ prompt: Float32Array | null; code: Float32Array | null }>;
}
