import { LtmcError } from '../errors.ts';
import type { Clock } from './clock.ts';
import { embedForWrite } from './embed-for-write.ts';
import { FieldMasks } from './field-masks.ts';
import type { MaskedSecret } from './memories.ts';
import type {
  Embedder,
  Origin,
  Page,
  ProjectName,
  Store,
  Timestamp,
  TodoFilters,
  TodoRecord,
} from './ports.ts';
import { timestampAt } from './timestamp.ts';
import { searchText } from './words.ts';

export interface AddTodoInput {
  project: ProjectName;
  title: string;
  description: string;
  priority: 'low' | 'medium' | 'high' | 'critical';
  origin: Origin;
  /** Default: now. */
  createdAt?: Timestamp;
}

export interface AddedTodo {
  todoId: number;
  pendingVectors: number;
  masked: MaskedSecret[];
  modelProblem?: string;
}

/** The text that stands for a todo in both indexes. */
export function todoText(title: string, description: string): string {
  return description === '' ? title : `${title}\n${description}`;
}

/** The task list. */
export class Todos {
  readonly #store: Store;
  readonly #embedder: Embedder;
  readonly #clock: Clock;

  constructor(store: Store, embedder: Embedder, clock: Clock) {
    this.#store = store;
    this.#embedder = embedder;
    this.#clock = clock;
  }

  async add(input: AddTodoInput): Promise<AddedTodo> {
    const masks = new FieldMasks(await this.#store.maskKey());
    const title = masks.take('title', input.title);
    const description = masks.take('description', input.description);
    const text = todoText(title, description);
    const { vectors, modelHash, modelProblem } = await embedForWrite(this.#embedder, [text]);
    const stored = await this.#store.addTodo({
      project: input.project,
      title,
      description,
      priority: input.priority,
      origin: input.origin,
      createdAt: input.createdAt ?? timestampAt(this.#clock()),
      searchText: searchText(text),
      vector: vectors[0] ?? null,
      modelHash,
    });
    return { ...stored, masked: masks.masked, ...(modelProblem === undefined ? {} : { modelProblem }) };
  }

  /** Newest first. */
  list(filters: TodoFilters, page: Page): Promise<{ rows: TodoRecord[]; more: boolean }> {
    return this.#store.listTodos(filters, page);
  }

  /** Marks a todo done; twice is the same as once. Throws `not_found`. */
  async complete(todoId: number): Promise<TodoRecord> {
    const todo = await this.#store.completeTodo(todoId, timestampAt(this.#clock()));
    if (todo === null) {
      throw new LtmcError(
        'not_found',
        `Expected todo_id to be a todo that is there; there is no todo ${todoId}.`,
        'list_todos names the ids that there are.',
      );
    }
    return todo;
  }
}
