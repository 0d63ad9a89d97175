import { defined } from '../defined.ts';
import { formatRef } from '../ids.ts';
import { limits } from '../limits.ts';
import { rankedMessages, withFallingRelevance } from './chat-ranking.ts';
import type { Confidence } from './confidence.ts';
import type { OwnerKind } from './embedding-text.ts';
import { judgedHits } from './judged-hits.ts';
import { projectsInstead } from './known-projects.ts';
import type { SearchMode } from './memories.ts';
import type {
  ChunkRecord,
  CosineSpread,
  Embedder,
  LexicalStatistics,
  MessageHit,
  MessageRecord,
  Origin,
  ProjectName,
  ReadScope,
  SearchInput,
  Store,
  TodoRecord,
} from './ports.ts';
import { rankedByWording, scoreOf } from './ranking.ts';
import { searchInputOf } from './search-input.ts';
import { assertWellFormed } from './well-formed.ts';

/** A stored text of any kind. */
interface StoredDocument {
  /** memory texts by chunk: `chunk-9`; `message-3`; `todo-4`. */
  ref: string;
  title: string | null;
  content: string;
  type: string | null;
  project: ProjectName;
  origin: Origin | null;
  createdAtMs: number | null;
  metadata: Record<string, string | number | boolean>;
}

/** The same as an answer to a question. */
export interface FoundDocument extends StoredDocument {
  relevance: number;
  score: number;
  similarity?: number;
}

export interface RecallInput {
  scope: ReadScope;
  query: string;
  /** `chat` and `todo` are kinds of row; anything else is the type of a memory; absent: memories of every type. */
  type?: string;
  topK: number;
  includeWeak: boolean;
}

export interface RecallResult {
  /** Best first. Empty when confidence is `none` and weak ones were not asked for. */
  documents: FoundDocument[];
  confidence: Confidence;
  /** With confidence `none`: what came closest, without its text. */
  nearest?: Pick<FoundDocument, 'ref' | 'title' | 'score' | 'similarity'>;
  search: SearchMode;
  knownProjects?: string[];
}

interface Hit {
  id: number;
  bm25: number;
  cosine: number | null;
}

interface Found {
  hits: Hit[];
  lexical: LexicalStatistics;
  searchedRows: number;
  spread: CosineSpread;
  /** Absent: by their relevance. */
  inOrder?: () => { hit: Hit; relevance: number }[];
}

/** One kind of row that can be asked: how it is searched and read. */
interface Source {
  search(input: SearchInput): Promise<Found>;
  read(ids: readonly number[]): Promise<Map<number, StoredDocument>>;
}

/** Finding stored texts of every kind. */
export class Recall {
  readonly #store: Store;
  readonly #embedder: Embedder;

  constructor(store: Store, embedder: Embedder) {
    this.#store = store;
    this.#embedder = embedder;
  }

  async find(input: RecallInput): Promise<RecallResult> {
    assertWellFormed('query', input.query);
    const { input: searched, search } = await searchInputOf(
      this.#embedder,
      this.#store,
      kindOf(input.type),
      input.query,
    );
    const source = this.#source(input);
    const found = await source.search(searched);
    const read = Math.max(input.topK, limits.textsComparedMax);
    const { shown: best, confidence } = judgedHits(found, {
      queryWords: searched.words,
      idOf: (hit) => hit.id,
      topK: read,
      kind: input.type === 'chat' ? 'messages' : 'passages',
      inOrder: found.inOrder,
    });
    const rows = await source.read(best.map(({ hit }) => hit.id));
    const ordered =
      input.type === 'chat'
        ? withFallingRelevance(best.slice(0, input.topK))
        : rankedByWording(best, input.query, ({ id }) => rows.get(id)?.content ?? '');
    const documents = ordered.slice(0, input.topK).flatMap(({ hit, relevance }): FoundDocument[] => {
      const row = rows.get(hit.id);
      if (row === undefined) return [];
      const similarity = hit.cosine === null ? {} : { similarity: hit.cosine };
      return [{ ...row, relevance, score: scoreOf(relevance), ...similarity }];
    });
    const foundProjects = documents.map((document) => document.project);
    const knownProjects = await projectsInstead(this.#store, input.scope, foundProjects);
    const answer = { confidence, search, ...defined({ knownProjects }) };
    if (confidence !== 'none' || input.includeWeak) return { documents, ...answer };
    const [nearest] = documents;
    return { documents: [], ...answer, ...defined({ nearest: nearest && closeness(nearest) }) };
  }

  #source({ type, scope, query }: RecallInput): Source {
    if (type === 'chat') return this.#messages(scope, query);
    if (type === 'todo') return this.#todos(scope);
    return this.#chunks(scope, type);
  }

  #chunks(scope: ReadScope, resourceType: string | undefined): Source {
    return {
      search: async (input) => {
        const filters = { scope, ...defined({ resourceType }) };
        const found = await this.#store.searchChunks(input, filters);
        return { ...found, hits: found.hits.map((hit) => ({ ...hit, id: hit.chunkId })) };
      },
      read: async (ids) =>
        new Map((await this.#store.getChunks(ids)).map((row) => [row.chunkId, chunkDocument(row)])),
    };
  }

  #messages(scope: ReadScope, query: string): Source {
    return {
      search: async (input) => {
        const found = await this.#store.searchMessages(input, { scope });
        const withId = (hit: MessageHit) => ({ ...hit, id: hit.messageId });
        const hits = found.hits.map(withId);
        const inOrder = () => rankedMessages([...hits, ...found.beside.map(withId)], query);
        return { ...found, hits, inOrder };
      },
      read: async (ids) =>
        new Map((await this.#store.getMessages(ids)).map((row) => [row.messageId, messageDocument(row)])),
    };
  }

  #todos(scope: ReadScope): Source {
    return {
      search: async (input) => {
        const found = await this.#store.searchTodos(input, { scope });
        return { ...found, hits: found.hits.map((hit) => ({ ...hit, id: hit.todoId })) };
      },
      read: async (ids) =>
        new Map((await this.#store.getTodos(ids)).map((row) => [row.todoId, todoDocument(row)])),
    };
  }
}

function kindOf(type: string | undefined): OwnerKind {
  if (type === 'chat') return 'message';
  return type === 'todo' ? 'todo' : 'chunk';
}

function chunkDocument(row: ChunkRecord): StoredDocument {
  return {
    ref: formatRef('chunk', row.chunkId),
    title: row.fileName,
    content: row.text,
    type: row.resourceType,
    project: row.project,
    origin: row.origin,
    createdAtMs: row.createdAt.ms,
    metadata: { resource_id: row.resourceId },
  };
}

function messageDocument(row: MessageRecord): StoredDocument {
  return {
    ref: formatRef('message', row.messageId),
    title: row.role,
    content: row.content,
    type: 'chat',
    project: row.project,
    origin: row.origin,
    createdAtMs: row.createdAt.ms,
    metadata: row.conversationId === null ? {} : { conversation_id: row.conversationId },
  };
}

function todoDocument(row: TodoRecord): StoredDocument {
  return {
    ref: formatRef('todo', row.todoId),
    title: row.title,
    content: row.description,
    type: 'todo',
    project: row.project,
    origin: null,
    createdAtMs: row.createdAt.ms,
    metadata: { completed: row.completed, ...(row.priority === null ? {} : { priority: row.priority }) },
  };
}

function closeness(document: FoundDocument): NonNullable<RecallResult['nearest']> {
  const { ref, title, score, similarity } = document;
  return { ref, title, score, ...defined({ similarity }) };
}
