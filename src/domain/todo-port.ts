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

export interface NewTodo {
  project: ProjectName;
  title: string;
  description: string;
  priority: string;
  origin: Origin;
  createdAt: Timestamp;
  searchText: string;
  /** null: pending. */
  vector: Float32Array | null;
  modelHash: string | null;
}

export interface TodoRecord {
  todoId: number;
  project: ProjectName;
  title: string;
  description: string;
  /** Old rows hold anything. */
  priority: string | null;
  completed: boolean;
  createdAt: Timestamp;
  completedAt: Timestamp | null;
}

export interface TodoFilters {
  scope: ReadScope;
  completed?: boolean;
  priority?: string;
  /** A part of title or description, whatever its case; `%` and `_` are plain characters. */
  contains?: string;
}

export interface TodoHit {
  todoId: number;
  bm25: number;
  cosine: number | null;
}

export interface TodoSearchResult {
  hits: TodoHit[];
  lexical: LexicalStatistics;
  searchedRows: number;
  /** Of the cosines of those rows; zeros without a vector. */
  spread: CosineSpread;
}

/** Todos; the rules of Store (ports.ts) hold. */
export interface TodoPort {
  addTodo(todo: NewTodo): Promise<{ todoId: number; pendingVectors: number }>;
  /** Newest first. */
  listTodos(filters: TodoFilters, page: Page): Promise<{ rows: TodoRecord[]; more: boolean }>;
  /** Marks it done; one that is done already keeps its time. null: no such todo. */
  completeTodo(todoId: number, completedAt: Timestamp): Promise<TodoRecord | null>;
  searchTodos(input: SearchInput, filters: Pick<TodoFilters, 'scope'>): Promise<TodoSearchResult>;
  getTodos(todoIds: readonly number[]): Promise<TodoRecord[]>;
}
