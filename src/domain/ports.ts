/**
 * What the domain needs from the outside: an Embedder and a Store. Adapters implement these (embedding/,
 * storage/); only app.ts names the adapters. There is no third port until it has two implementations.
 */
import type { Ref } from '../ids.ts';
import type { ChatPort } from './chat-port.ts';
import type { EmbeddingRole, OwnerKind } from './embedding-text.ts';
import type { GraphPort } from './graph-port.ts';
import type { LinkPort } from './link-port.ts';
import type { MemoryPort } from './memory-port.ts';
import type { MetricPort } from './metric-port.ts';
import type { PatternPort } from './pattern-port.ts';
import type { TodoPort } from './todo-port.ts';

export type * from './chat-port.ts';
export type * from './graph-port.ts';
export type * from './link-port.ts';
export type * from './memory-port.ts';
export type * from './metric-port.ts';
export type * from './pattern-port.ts';
export type * from './rows.ts';
export type * from './todo-port.ts';

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
  /** Model files whose vectors may be compared with this one's, itself among them. Known like modelHash. */
  compatibleModelHashes?: readonly string[];
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

export interface PendingEmbedding {
  vectorId: number;
  ownerKind: OwnerKind;
  ownerId: number;
  role: EmbeddingRole;
  /** The owner's stored text; what is embedded of it is `pendingText`. */
  sourceText: string;
  /** Of a message that follows another in its session: that one's text. */
  precedingText?: string;
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
export interface Store extends MemoryPort, PatternPort, ChatPort, TodoPort, LinkPort, GraphPort, MetricPort {
  /**
   * Removes rows for good, with everything that hangs on them: chunks, revisions, vectors, words, links. Returns the
   * number of rows removed by table; a row that is not there counts nothing. With `dryRun` it says what would go.
   */
  remove(refs: readonly Ref[], options: { dryRun: boolean }): Promise<Record<string, number>>;
  /** Overwrites what removed rows left in free pages and in the write-ahead log. */
  purgeRemoved(): Promise<void>;
  /**
   * Reads what full text knows of these words about rows of this kind, so that a search of them that follows at once
   * need not. Changes nothing; for the time while the query is being embedded.
   */
  lookUpWords(kind: OwnerKind, words: readonly string[]): Promise<void>;
  /** Why searches are answered by their words alone, whatever vector they have; null: they are not. */
  vectorsProblem(): Promise<string | null>;
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
