import type { Page, ReadScope } from './rows.ts';

export interface ContextLink {
  messageId: number;
  chunkId: number;
  fileName: string | null;
}

export interface LinkedMessage {
  messageId: number;
  conversationId: string | null;
  role: string | null;
  content: string;
  timestamp: { text: string; ms: number | null };
}

export interface LinkStatistics {
  totalContextLinks: number;
  uniqueMessages: number;
  uniqueChunksUsed: number;
  mostUsedChunks: { chunkId: number; usageCount: number; fileName: string | null }[];
}

/**
 * Which chunks a message used. A pair is stored once; pairs that an old server stored twice stay as they are and
 * count once. The rules of Store (ports.ts) hold.
 */
export interface LinkPort {
  /** All or nothing. Throws `not_found` naming the message or the chunks that are not there. Returns how many are new. */
  storeLinks(messageId: number, chunkIds: readonly number[]): Promise<number>;
  linksOfMessage(messageId: number, page: Page): Promise<{ rows: ContextLink[]; more: boolean }>;
  /** Newest message first. */
  messagesOfChunk(chunkId: number, page: Page): Promise<{ rows: LinkedMessage[]; more: boolean }>;
  linkStatistics(scope: ReadScope, limit: number): Promise<LinkStatistics>;
}
