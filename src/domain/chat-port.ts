import type { LexicalStatistics, Origin, ProjectName, ReadScope, SearchInput, Timestamp } from './rows.ts';

export interface NewMessage {
  project: ProjectName;
  conversationId: string;
  /** Any text: user, assistant, tool, a name. */
  role: string;
  content: string;
  agentName: string | null;
  sourceTool: string | null;
  metadata: Record<string, unknown> | null;
  origin: Origin;
  createdAt: Timestamp;
  searchText: string;
  /** null: pending. */
  vector: Float32Array | null;
  modelHash: string | null;
}

/** The log of a question: a message marked as a query, never embedded, never itself an answer. */
export interface NewQueryLog {
  project: ProjectName;
  conversationId: string;
  query: string;
  /** The chunks that were given as the answer; linked to the message. */
  chunkIds: number[];
  createdAt: Timestamp;
}

export interface MessageFilters {
  scope: ReadScope;
  conversationId?: string;
  createdAfterMs?: number;
}

export interface MessageHit {
  messageId: number;
  bm25: number;
  cosine: number | null;
  textLength: number;
  createdAtMs: number | null;
}

export interface MessageSearchResult {
  hits: MessageHit[];
  lexical: LexicalStatistics;
  searchedRows: number;
}

export interface MessageRecord {
  messageId: number;
  project: ProjectName;
  conversationId: string | null;
  role: string | null;
  content: string;
  agentName: string | null;
  sourceTool: string | null;
  metadata: Record<string, unknown> | null;
  origin: Origin | null;
  createdAt: Timestamp;
  isQuery: boolean;
  archived: boolean;
}

/** Chat messages; the rules of Store (ports.ts) hold. */
export interface ChatPort {
  logMessage(message: NewMessage): Promise<{ messageId: number; pendingVectors: number }>;
  logQuery(query: NewQueryLog): Promise<{ messageId: number }>;
  searchMessages(input: SearchInput, filters: MessageFilters): Promise<MessageSearchResult>;
  /** In the order of the ids; ids that are not there are left out. */
  getMessages(messageIds: readonly number[]): Promise<MessageRecord[]>;
}
