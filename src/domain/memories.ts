import { defined } from '../defined.ts';
import { formatRef } from '../ids.ts';
import { limits } from '../limits.ts';
import { answerContext, type ContextItem } from './answer-context.ts';
import type { Clock } from './clock.ts';
import type { Confidence, Evidence } from './confidence.ts';
import { FieldMasks } from './field-masks.ts';
import { judgedHits } from './judged-hits.ts';
import { projectsInstead } from './known-projects.ts';
import { contentHash, embeddedChunks } from './memory-text.ts';
import type {
  ChunkHit,
  ChunkRecord,
  Embedder,
  MemoryFilters,
  Origin,
  ProjectName,
  ReadScope,
  Store,
  Timestamp,
} from './ports.ts';
import { rankedByWording, scoreOf } from './ranking.ts';
import { searchInputOf } from './search-input.ts';
import { timestampAt } from './timestamp.ts';
import { assertWellFormed } from './well-formed.ts';

const dayMs = 86_400_000;

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
  /** Embed nothing now: one of many texts, whose vectors are filled in beside the writing. */
  vectorsLater?: boolean;
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

/** How a search was answered: `lexical` when there is no model or no room for vectors, and `reason` says why. */
export type SearchMode = { mode: 'hybrid'; reason?: string } | { mode: 'lexical'; reason: string };

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
  /** Given when the scope's project is unknown: what projects there are. */
  knownProjects?: string[];
}

/** Storing and finding memories. */
export class Memories {
  readonly #store: Store;
  readonly #embedder: Embedder;
  readonly #clock: Clock;

  constructor(store: Store, embedder: Embedder, clock: Clock) {
    this.#store = store;
    this.#embedder = embedder;
    this.#clock = clock;
  }

  /**
   * Stores a text whole, cut into chunks that the model reads. What cannot be embedded within
   * `limits.embeddingBudgetMsPerCall` is pending. Throws `invalid_argument` for text that is not well formed.
   */
  async store(input: StoreMemoryInput): Promise<StoreMemoryResult> {
    const masks = new FieldMasks(await this.#store.maskKey());
    const content = masks.take('content', input.content);
    const named = {
      project: input.project,
      fileName: masks.take('file_name', input.fileName),
      contentHash: contentHash(content),
      tags: input.tags.map((tag) => masks.take('tags', tag)),
      metadata: masks.takeJson('metadata', input.metadata),
      replace: input.replace,
    };
    const unchanged = await this.#store.touchUnchanged(named);
    if (unchanged !== null) return { ...unchanged, masked: masks.masked };
    const { chunks, modelHash, modelProblem } = await embeddedChunks(this.#embedder, content, input);
    const stored = await this.#store.storeResource({
      ...named,
      resourceType: masks.take('resource_type', input.resourceType),
      origin: input.origin,
      createdAt: input.createdAt ?? timestampAt(this.#clock()),
      chunks,
      modelHash,
    });
    return { ...stored, masked: masks.masked, ...defined({ modelProblem }) };
  }

  /** The chunks that answer a question, best first; none of them when nothing is relevant. */
  async retrieve(input: RetrieveInput): Promise<RetrieveResult> {
    assertWellFormed('query', input.query);
    const { input: searched, search } = await searchInputOf(
      this.#embedder,
      this.#store,
      'chunk',
      input.query,
    );
    const found = await this.#store.searchChunks(searched, this.#filtersOf(input));
    const read = Math.max(input.topK, limits.textsComparedMax);
    const {
      shown: best,
      evidence,
      confidence,
    } = judgedHits(found, {
      asked: searched,
      idOf: (hit) => hit.chunkId,
      topK: read,
    });
    const records = new Map(
      (await this.#store.getChunks(best.map(({ hit }) => hit.chunkId))).map((chunk) => [
        chunk.chunkId,
        chunk,
      ]),
    );
    const textOf = ({ chunkId }: ChunkHit) => records.get(chunkId)?.text ?? '';
    const shown = rankedByWording(best, input.query, textOf).slice(0, input.topK);
    const chunks: RetrievedChunk[] = [];
    for (const { hit, relevance } of shown) {
      const record = records.get(hit.chunkId);
      if (record === undefined) continue;
      chunks.push({
        n: chunks.length + 1,
        ...describe(record),
        score: scoreOf(relevance),
        ...(hit.cosine === null ? {} : { similarity: hit.cosine }),
        ...(input.explain ? { why: explain(hit, relevance, evidence) } : {}),
      });
    }
    const foundProjects = chunks.map((chunk) => chunk.project);
    const knownProjects = await projectsInstead(this.#store, input.scope, foundProjects);
    const answer = { confidence, search, ...defined({ knownProjects }) };
    const [nearest] = chunks;
    if (confidence === 'none' && !input.includeWeak) {
      return { context: '', chunks: [], ...answer, ...defined({ nearest: nearest && closeness(nearest) }) };
    }
    const { context, cut } = await answerContext(
      chunks.map((chunk) => contextItem(chunk, records.get(chunk.chunkId) as ChunkRecord)),
      input.maxTokens,
      this.#embedder,
      this.#clock,
    );
    return {
      context,
      chunks: chunks.map((chunk) => (cut.has(chunk.n) ? { ...chunk, cut: true } : chunk)),
      ...answer,
    };
  }

  #filtersOf(input: RetrieveInput): MemoryFilters {
    const { scope, resourceType, fileName, tags, maxAgeDays } = input;
    const createdAfterMs = maxAgeDays === undefined ? undefined : this.#clock() - maxAgeDays * dayMs;
    return defined({ scope, resourceType, fileName, tags, createdAfterMs });
  }
}

function describe(record: ChunkRecord): Omit<RetrievedChunk, 'n' | 'score'> {
  return {
    chunkId: record.chunkId,
    resourceId: record.resourceId,
    fileName: record.fileName,
    resourceType: record.resourceType,
    createdAt: record.createdAt.ms === null ? null : new Date(record.createdAt.ms).toISOString(),
    project: record.project,
  };
}

function contextItem(chunk: RetrievedChunk, record: ChunkRecord): ContextItem {
  return {
    n: chunk.n,
    ref: formatRef('chunk', chunk.chunkId),
    label: record.fileName,
    project: record.project,
    origin: record.origin,
    createdAtMs: record.createdAt.ms,
    text: record.text,
  };
}

function closeness(chunk: RetrievedChunk): NonNullable<RetrieveResult['nearest']> {
  const { chunkId, resourceId, fileName, score, similarity } = chunk;
  return { chunkId, resourceId, fileName, score, ...defined({ similarity }) };
}

function explain(hit: ChunkHit, relevanceValue: number, evidence: Evidence): Record<string, number> {
  return {
    relevance: relevanceValue,
    bm25: hit.bm25,
    ...(hit.cosine === null ? {} : { cosine: hit.cosine }),
    best_coverage: evidence.coverage,
    mean_cosine: evidence.spread.mean,
    cosine_deviation: evidence.spread.deviation,
    project_odds: evidence.projectOdds,
    searched_rows: evidence.searchedRows,
  };
}
