import type {
  CosineSpread,
  LexicalStatistics,
  Origin,
  Page,
  ProjectName,
  ReadScope,
  SearchInput,
  Timestamp,
} from './rows.ts';

export interface NewChunk {
  text: string;
  /** UTF-16 offsets into the whole text: `text === whole.slice(start, end)`. */
  start: number;
  end: number;
  /** What full text indexes for this chunk. */
  searchText: string;
  vector: Float32Array | null;
}

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
  /** Older memories under the same project and file name that were in the answers, newest first; with `replace` they no longer are. */
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

/** The raw features of one candidate; ranking is the domain's. */
export interface ChunkHit {
  chunkId: number;
  /** Positive, larger is better; 0 where no word matches. BM25 with k1 1.2 and b 0.75. */
  bm25: number;
  /** null: its vector is pending or the search had none. */
  cosine: number | null;
}

export interface ChunkSearchResult {
  hits: ChunkHit[];
  lexical: LexicalStatistics;
  /** Chunks that the filters let through and that were compared: with a vector, those that have one. */
  searchedRows: number;
  /** Of the cosines of those rows; zeros without a vector. */
  spread: CosineSpread;
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

/** A memory in a list: without its text. */
export interface MemorySummary {
  resourceId: number;
  project: ProjectName;
  fileName: string | null;
  resourceType: string | null;
  tags: string[];
  metadata: Record<string, unknown> | null;
  origin: Origin | null;
  createdAt: Timestamp;
  /** As in MemoryRecord. */
  contentHash: string | null;
  chunkCount: number;
  revision: number;
}

/** What becomes of a memory; what is absent stays as it is. */
export interface MemoryChange {
  fileName?: string;
  tags?: string[];
  metadata?: Record<string, unknown> | null;
  archived?: boolean;
  /** A new text: it becomes a new revision, and the old chunks are archived. */
  content?: { hash: string; chunks: NewChunk[]; modelHash: string | null };
  changedAt: Timestamp;
}

export interface ChangedMemory {
  revision: number;
  chunkCount: number;
  pendingVectors: number;
}

/** Memories and their chunks; the rules of Store (ports.ts) hold. */
export interface MemoryPort {
  storeResource(resource: NewResource): Promise<StoredResource>;
  /**
   * The answer storeResource would give for a memory that is there unchanged, with its tags and metadata
   * taken over; null when there is none. Saves embedding a text that will not be stored.
   */
  touchUnchanged(
    resource: Pick<NewResource, 'project' | 'fileName' | 'contentHash' | 'tags' | 'metadata' | 'replace'>,
  ): Promise<StoredResource | null>;
  /** With `revision` as it was then, but for its tags and metadata; null where there is none. */
  getMemory(resourceId: number, revision?: number): Promise<MemoryRecord | null>;
  searchChunks(input: SearchInput, filters: MemoryFilters): Promise<ChunkSearchResult>;
  /** In the order of the ids; ids that are gone or may not be seen any more are left out. */
  getChunks(chunkIds: readonly number[]): Promise<ChunkRecord[]>;
  /** Newest first. */
  listMemories(filters: MemoryFilters, page: Page): Promise<{ rows: MemorySummary[]; more: boolean }>;
  /** The memory that a chunk belongs to, whatever its revision; null: no such chunk. */
  resourceOfChunk(chunkId: number): Promise<number | null>;
  /**
   * null: no such memory. `searchTextOf` gives what full text indexes for a stored text; a memory that comes back
   * from the archive is indexed again.
   */
  changeMemory(
    resourceId: number,
    change: MemoryChange,
    searchTextOf: (text: string) => string,
  ): Promise<ChangedMemory | null>;
  /** The memories that carry this name in exactly this project, archived ones too. */
  resourcesNamed(project: ProjectName, fileName: string): Promise<number[]>;
}
