import { defined } from '../defined.ts';
import type { Clock } from './clock.ts';
import { embedForWrite } from './embed-for-write.ts';
import { FieldMasks } from './field-masks.ts';
import type { MaskedSecret } from './memories.ts';
import { messageEmbeddingText, messageSearchText, messageText } from './message-text.ts';
import type { Embedder, Origin, ProjectName, Store, Timestamp } from './ports.ts';
import { timestampAt } from './timestamp.ts';

export interface LogMessageInput {
  project: ProjectName;
  conversationId: string;
  role: string;
  content: string;
  agentName: string | null;
  sourceTool: string | null;
  metadata: Record<string, unknown> | null;
  origin: Origin;
  /** Default: now. */
  createdAt?: Timestamp;
}

export interface LoggedMessage {
  messageId: number;
  /** As it is stored. */
  conversationId: string;
  pendingVectors: number;
  masked: MaskedSecret[];
  modelProblem?: string;
}

/** The chat log. */
export class Chats {
  readonly #store: Store;
  readonly #embedder: Embedder;
  readonly #clock: Clock;

  constructor(store: Store, embedder: Embedder, clock: Clock) {
    this.#store = store;
    this.#embedder = embedder;
    this.#clock = clock;
  }

  /** Stores a message so that it can be found; throws `invalid_argument` for text that is not well formed. */
  async log(input: LogMessageInput): Promise<LoggedMessage> {
    const masks = new FieldMasks(await this.#store.maskKey());
    const role = masks.take('role', input.role);
    const content = masks.take('content', input.content);
    const conversationId = masks.take('conversation_id', input.conversationId);
    const preceding = await this.#store.lastMessage(input.project, conversationId);
    const text = messageEmbeddingText(messageText(role, content), preceding?.text ?? null);
    const { vectors, modelHash, modelProblem } = await embedForWrite(this.#embedder, [text]);
    const createdAt = input.createdAt ?? timestampAt(this.#clock());
    const stored = await this.#store.logMessage({
      project: input.project,
      conversationId,
      role,
      content,
      agentName: masks.takeOptional('agent_name', input.agentName),
      sourceTool: masks.takeOptional('source_tool', input.sourceTool),
      metadata: masks.takeJson('metadata', input.metadata),
      origin: input.origin,
      createdAt,
      searchText: messageSearchText(role, content, createdAt.ms),
      precedingId: preceding?.messageId ?? null,
      vector: vectors[0] ?? null,
      modelHash,
    });
    return {
      ...stored,
      conversationId,
      masked: masks.masked,
      ...defined({ modelProblem }),
    };
  }

  /** Logs that a question was asked and which chunks answered it; the log itself is never an answer. */
  async logQuery(input: {
    project: ProjectName;
    conversationId: string;
    query: string;
    chunkIds: number[];
  }): Promise<{ messageId: number }> {
    const masks = new FieldMasks(await this.#store.maskKey());
    return this.#store.logQuery({
      project: input.project,
      conversationId: masks.take('conversation_id', input.conversationId),
      query: masks.take('query', input.query),
      chunkIds: input.chunkIds,
      createdAt: timestampAt(this.#clock()),
    });
  }
}
