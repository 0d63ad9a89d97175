/**
 * What the domain needs from the outside: an Embedder and a Store. Adapters implement these (embedding/,
 * storage/); only app.ts names the adapters. There is no third port until it has two implementations.
 */
import type { EmbeddingRole, OwnerKind } from './embedding-text.ts';

// ---------------------------------------------------------------------------------------------- projects

/** A project's name; null is the project "none", a project of its own for writes. */
export type ProjectName = string | null;

/** What a read may see: everything, or one project's rows together with the rows that have no project. */
export type ReadScope = 'all' | { project: ProjectName };

/** A moment: the text that was given or made (kept as it is) and its UTC milliseconds (null: unreadable). */
export interface Timestamp {
  text: string;
  ms: number | null;
}

// ---------------------------------------------------------------------------------------------- embedder

/**
 * `query` goes before everything that waits; `write` before `bulk`. One text is one run of the model, so a
 * query waits for at most one text.
 */
export type EmbeddingPriority = 'query' | 'write' | 'bulk';

export interface EmbedOptions {
  priority: EmbeddingPriority;
  /** Texts not begun when this many milliseconds have passed come back as null. Default: no limit. */
  budgetMs?: number;
}

export interface Embedded {
  /** One unit vector a text, in the order given; null where the budget ran out first. */
  vectors: (Float32Array | null)[];
  /** SHA-256 (hex) of the model file that made them. */
  modelHash: string;
}

/**
 * How a text falls into tokens. Piece `i` spans the UTF-16 offsets `[ends[i-1] ?? 0, ends[i])`; the last end
 * is the text's length; a piece never ends inside a surrogate pair. A slice that begins and ends at piece
 * boundaries has at most the sum of its pieces' tokens, [CLS] and [SEP] not counted.
 */
export interface TokenMap {
  ends: Uint32Array;
  tokens: Uint32Array;
}

export interface EmbedderStatus {
  /** `idle`: not loaded now, will be when needed. `unavailable`: the last try failed; `reason` says why. */
  state: 'idle' | 'loading' | 'ready' | 'unavailable';
  reason?: string;
  /** Known once the model was loaded. */
  modelHash?: string;
  /** Since this process began. */
  textsEmbedded: number;
  embeddingMs: number;
}

export interface Embedder {
  readonly modelName: string;
  readonly dimensions: number;
  /**
   * Embeds each text on its own; a text longer than the model reads is cut at the model's limit.
   * Throws `model_unavailable` when no model can be loaded; never invents a vector. Calls may overlap.
   */
  embed(texts: readonly string[], options: EmbedOptions): Promise<Embedded>;
  /** Throws `model_unavailable` when there is no tokenizer. Needs the tokenizer alone, not the model. */
  tokenMap(text: string): Promise<TokenMap>;
  /** Number of tokens of each text, [CLS] and [SEP] not counted. Throws like tokenMap. */
  countTokens(texts: readonly string[]): Promise<number[]>;
  status(): EmbedderStatus;
  /** Ends the worker; calls still waiting reject with `model_unavailable`. May be called twice. */
  close(): Promise<void>;
}

// ------------------------------------------------------------------------------------------------- store

export interface NewEmbedding {
  role: EmbeddingRole;
  /** null: pending, to be filled in later. */
  vector: Float32Array | null;
}

export interface NewChunk {
  text: string;
  /** UTF-16 offsets into the whole text: `text === whole.slice(start, end)`. */
  start: number;
  end: number;
  /** What full text indexes for this chunk. */
  searchText: string;
  vector: Float32Array | null;
}

/** Who wrote a memory. Shown with recalled text so that the reader can weigh it. */
export type Origin = 'user' | 'agent' | 'file' | 'import';

export interface NewResource {
  project: ProjectName;
  fileName: string;
  resourceType: string;
  tags: string[];
  metadata: Record<string, unknown> | null;
  origin: Origin;
  createdAt: Timestamp;
  /** SHA-256 (hex) of the whole text in UTF-8. */
  contentHash: string;
  chunks: NewChunk[];
  /** null when no chunk has a vector. */
  modelHash: string | null;
  /** Supersede the other memories of the same project and file name. */
  replace: boolean;
}

export interface StoredResource {
  resourceId: number;
  chunkCount: number;
  vectorIds: { first: number; last: number };
  /** The same project, file name and content was there: no row was added; tags and metadata were taken over. */
  unchanged: boolean;
  pendingVectors: number;
  /** Older memories under the same project and file name that are still in the answers, newest first. */
  earlier: { resourceId: number; createdAt: string }[];
}

export interface MemoryRecord {
  resourceId: number;
  project: ProjectName;
  fileName: string | null;
  resourceType: string | null;
  tags: string[];
  metadata: Record<string, unknown> | null;
  origin: Origin | null;
  createdAt: Timestamp;
  archived: boolean;
  revision: number;
  /** SHA-256 of the whole text; null for a migrated memory whose old server did not keep one. */
  contentHash: string | null;
  /** Chunks of the current revision in the order of the text; offsets are null for migrated ones. */
  chunks: { chunkId: number; text: string; start: number | null; end: number | null }[];
  revisions: { revision: number; resourceId: number; createdAt: string }[];
}

export interface MemoryFilters {
  scope: ReadScope;
  resourceType?: string;
  fileName?: string;
  /** Every one of these must be there. */
  tags?: string[];
  createdAfterMs?: number;
}

/** What is asked of a search: words, a vector, or both. */
export interface SearchInput {
  /** Lower-case words without stop words, each once; see domain/words.ts. Empty: no lexical arm. */
  words: string[];
  /** null: no dense arm (no model). */
  vector: Float32Array | null;
  /** Model files whose vectors may be compared with `vector`; absent: all. */
  modelHashes?: readonly string[];
}

/** What bm25 values are measured against; see domain/ranking.ts, coverage. */
export interface LexicalStatistics {
  /** Rows in the full-text table. */
  rows: number;
  /** For each word of the query, the rows that hold it (after stemming). */
  wordRows: { word: string; rows: number }[];
}

/** The raw features of one candidate; ranking is the domain's. */
export interface ChunkHit {
  chunkId: number;
  resourceId: number;
  /** Positive, larger is better; 0 where no word matches. BM25 with k1 1.2 and b 0.75. */
  bm25: number;
  /** null: its vector is pending or the search had none. */
  cosine: number | null;
  /** Length of the chunk in UTF-16 code units. */
  textLength: number;
  createdAtMs: number | null;
}

export interface ChunkSearchResult {
  hits: ChunkHit[];
  lexical: LexicalStatistics;
  /** Chunks that the filters let through and that were compared: with a vector, those that have one. */
  searchedRows: number;
}

export interface ChunkRecord {
  chunkId: number;
  resourceId: number;
  text: string;
  fileName: string | null;
  resourceType: string | null;
  project: ProjectName;
  origin: Origin | null;
  createdAt: Timestamp;
}

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
  functionName: string | null;
  fileName: string | null;
  moduleName: string | null;
  result: string | null;
  errorKind: string | null;
  errorSignature: string | null;
  testCommand: string | null;
  codeKey: string;
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

export interface PatternHit {
  patternId: number;
  familyId: number;
  result: string | null;
  codeKey: string;
  createdAtMs: number | null;
  bm25: number;
  promptCosine: number | null;
  codeCosine: number | null;
  lessonCosine: number | null;
}

export interface PatternSearchResult {
  hits: PatternHit[];
  lexical: LexicalStatistics;
  searchedRows: number;
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

export interface PendingEmbedding {
  vectorId: number;
  ownerKind: OwnerKind;
  ownerId: number;
  role: EmbeddingRole;
  /** The owner's stored text; what is embedded is `embeddingText(role, sourceText)`. */
  sourceText: string;
}

export interface StoreStatus {
  databasePath: string;
  storeId: string;
  schemaVersion: number;
  journalMode: string;
  databaseBytes: number;
  counts: {
    memories: number;
    chunks: number;
    messages: number;
    todos: number;
    patterns: number;
    links: number;
  };
  nextVectorId: number;
  pendingVectors: number;
  lastBackup: string | null;
}

/**
 * Every operation is one transaction: it happens whole or not at all, and when it has returned it survives
 * `kill -9`. Any number of processes may use the same database. Each may throw the database codes of
 * errors.ts. Reads see what every process committed before they began.
 */
export interface Store {
  storeResource(resource: NewResource): Promise<StoredResource>;
  /**
   * The answer storeResource would give for a memory that is there unchanged, with its tags and metadata
   * taken over; null when there is none. Saves embedding a text that will not be stored.
   */
  touchUnchanged(
    resource: Pick<NewResource, 'project' | 'fileName' | 'contentHash' | 'tags' | 'metadata'>,
  ): Promise<StoredResource | null>;
  getMemory(resourceId: number): Promise<MemoryRecord | null>;
  searchChunks(input: SearchInput, filters: MemoryFilters): Promise<ChunkSearchResult>;
  /** In the order of the ids; ids that are gone or may not be seen any more are left out. */
  getChunks(chunkIds: readonly number[]): Promise<ChunkRecord[]>;

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
  getPatterns(patternIds: readonly number[]): Promise<PatternRecord[]>;
  /** Attempts of each family by result, archived ones left out; unknown results are in none of the three. */
  familyCounts(
    familyIds: readonly number[],
  ): Promise<Map<number, { pass: number; fail: number; partial: number }>>;

  /** The oldest pending vectors, at most `limit`. */
  pendingEmbeddings(limit: number): Promise<PendingEmbedding[]>;
  /** Fills in vectors that are still pending; one that is not pending any more is left alone. Returns how many. */
  fillEmbeddings(
    filled: readonly { vectorId: number; vector: Float32Array }[],
    modelHash: string,
  ): Promise<number>;

  /** Project names in use, most used first, at most `limit`. */
  projects(limit: number): Promise<string[]>;
  /** The secret with which masked secrets are fingerprinted; 32 bytes, made with the database. */
  maskKey(): Promise<Uint8Array>;
  status(): Promise<StoreStatus>;
  close(): Promise<void>;
}
