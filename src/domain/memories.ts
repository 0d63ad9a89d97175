import type { Clock } from './clock.ts';
import type { Embedder, MemoryRecord, Origin, ProjectName, ReadScope, Store, Timestamp } from './ports.ts';

export interface StoreMemoryInput {
  project: ProjectName;
  fileName: string;
  content: string;
  resourceType: string;
  tags: string[];
  metadata: Record<string, unknown> | null;
  replace: boolean;
  /** Default: now. */
  createdAt?: Timestamp;
  origin: Origin;
}

/** Secrets that were masked before anything was hashed, embedded or written. */
export interface MaskedSecret {
  kind: string;
  count: number;
  field: string;
}

export interface StoreMemoryResult {
  resourceId: number;
  chunkCount: number;
  vectorIds: { first: number; last: number };
  unchanged: boolean;
  pendingVectors: number;
  masked: MaskedSecret[];
  earlier: { resourceId: number; createdAt: string }[];
  /** Why vectors are pending, when the model is the reason. */
  modelProblem?: string;
}

export type Confidence = 'high' | 'low' | 'none';

/** How a search was answered: `lexical` when there is no model, and `reason` says why. */
export type SearchMode = { mode: 'hybrid' } | { mode: 'lexical'; reason: string };

export interface RetrieveInput {
  scope: ReadScope;
  query: string;
  topK: number;
  resourceType?: string;
  fileName?: string;
  tags?: string[];
  maxAgeDays?: number;
  maxTokens: number;
  includeWeak: boolean;
  explain: boolean;
}

export interface RetrievedChunk {
  /** Its number in `context`, from 1. */
  n: number;
  chunkId: number;
  resourceId: number;
  fileName: string | null;
  resourceType: string | null;
  /** 0..1, never rises down the list. */
  score: number;
  /** Plain cosine; absent when the chunk has no vector yet or there is no model. */
  similarity?: number;
  createdAt: string | null;
  project: ProjectName;
  /** The budget left no room for its text. */
  cut?: true;
  why?: Record<string, number>;
}

export interface RetrieveResult {
  /** Numbered, delimited texts under one line that calls them reference data; '' when there is nothing. */
  context: string;
  chunks: RetrievedChunk[];
  confidence: Confidence;
  /** With confidence `none`: what came closest, without its text. */
  nearest?: Pick<RetrievedChunk, 'chunkId' | 'resourceId' | 'fileName' | 'score' | 'similarity'>;
  search: SearchMode;
  /** Given when the scope's project holds no rows: what projects there are. */
  knownProjects?: string[];
}

export interface MemoryView {
  record: MemoryRecord;
  /** The slice of the whole text that fits the budget, from `offset` (UTF-16 code units). */
  content: string;
  offset: number;
  /** Where the next slice begins; absent at the end of the text. */
  nextOffset?: number;
  totalCharacters: number;
}

/** Storing and finding memories. */
export class Memories {
  constructor(_store: Store, _embedder: Embedder, _clock: Clock) {}
  store(_input: StoreMemoryInput): Promise<StoreMemoryResult> {
    throw new Error('not yet');
  }
  retrieve(_input: RetrieveInput): Promise<RetrieveResult> {
    throw new Error('not yet');
  }
  /** Throws `not_found`. */
  get(_input: { resourceId: number; offset: number; maxTokens: number }): Promise<MemoryView> {
    throw new Error('not yet');
  }
  /** The memory that a chunk belongs to. Throws `not_found`. */
  resourceIdOfChunk(_chunkId: number): Promise<number> {
    throw new Error('not yet');
  }
}
