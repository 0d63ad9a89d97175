import type {
  CosineSpread,
  LexicalStatistics,
  Origin,
  ProjectName,
  ReadScope,
  SearchInput,
  Timestamp,
} from './rows.ts';

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
  /**
   * The message of the same session that the vector was made with; null: none. Where another has come in between,
   * the vector is not kept but pending. Absent: it was made with none, whatever is there.
   */
  precedingId?: number | null;
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
  /** The same for messages of one session, and for no others. */
  session: string;
  role: string | null;
  bm25: number;
  cosine: number | null;
  /**
   * As bm25, but each word of the query may also stand in a message around it in its session, and then counts less the
   * more text lies between.
   */
  bm25Around: number;
  /** bm25 where an irregular form of a word of the query counts as that word. */
  bm25InForms: number;
  /** The share of the query's weight in words that is found as for bm25Around, however often; 0..1. */
  coverageAround: number;
  /** Of the next message of its session; null: there is none, or it has no vector. */
  nextCosine: number | null;
  /** Its text ends with a question mark. */
  asks: boolean;
  /** That of the message before it does. */
  followsQuestion: boolean;
  /** No message stands before it in its session. */
  opensSession: boolean;
  /** Its text, where that has fewer than `limits.shortMessageCharactersMax` characters; null: it has more. */
  shortText: string | null;
  textLength: number;
  createdAtMs: number | null;
}

export interface MessageSearchResult {
  hits: MessageHit[];
  /**
   * Messages just before and after the best hits, none of them a hit: an answer may share nothing with its question but
   * its place. They are ranked with the hits and say nothing of whether there is an answer.
   */
  beside: MessageHit[];
  lexical: LexicalStatistics;
  searchedRows: number;
  /** Of the cosines of those rows; zeros without a vector. */
  spread: CosineSpread;
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
  /**
   * The newest message of a session, which is what one project and conversation id hold, in the order of the ids and
   * without logs of questions; its text as messageText has it. null: there is none.
   */
  lastMessage(
    project: ProjectName,
    conversationId: string,
  ): Promise<{ messageId: number; text: string } | null>;
  logQuery(query: NewQueryLog): Promise<{ messageId: number }>;
  searchMessages(input: SearchInput, filters: MessageFilters): Promise<MessageSearchResult>;
  /** In the order of the ids; ids that are not there are left out. */
  getMessages(messageIds: readonly number[]): Promise<MessageRecord[]>;
}
