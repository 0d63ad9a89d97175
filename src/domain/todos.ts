import { defined } from '../defined.ts';
import { LtmcError } from '../errors.ts';
import type { Clock } from './clock.ts';
import { embedForWrite } from './embed-for-write.ts';
import { FieldMasks } from './field-masks.ts';
import { fitTexts } from './fit-texts.ts';
import { projectsInstead } from './known-projects.ts';
import type { MaskedSecret } from './memories.ts';
import { cursorAfter, type ListPage, positionOf } from './page-cursor.ts';
import type { Embedder, Origin, ProjectName, Store, Timestamp, TodoFilters, TodoRecord } from './ports.ts';
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

/** A todo in an answer with a budget: without the texts that did not fit. */
export interface ListedTodo {
  todo: TodoRecord;
  isDescriptionCut: boolean;
  /** There was no room even for its title. */
  isTitleCut: boolean;
}

export interface TodoPage {
  /** Newest first. */
  todos: ListedTodo[];
  /** Absent on the last page. */
  nextCursor?: string;
  /** Given when the scope's project is unknown: what projects there are. */
  knownProjects?: string[];
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

  /** Stores a todo so that it can be found; throws `invalid_argument` for text that is not well formed. */
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
    return { ...stored, masked: masks.masked, ...defined({ modelProblem }) };
  }

  /**
   * A page of the list with at most `tokensMax` tokens of text: titles first, then descriptions. Throws
   * `invalid_argument` for a cursor that is none.
   */
  async list(filters: TodoFilters, { limit, cursor }: ListPage, tokensMax: number): Promise<TodoPage> {
    const { rows, more } = await this.#store.listTodos(filters, { limit, after: positionOf(cursor) });
    const foundProjects = rows.map((row) => row.project);
    const knownProjects = await projectsInstead(this.#store, filters.scope, foundProjects);
    return {
      todos: await this.#within(rows, tokensMax),
      ...cursorAfter(more, rows.at(-1)?.todoId),
      ...defined({ knownProjects }),
    };
  }

  /** Marks a todo done; twice is the same as once. Throws `not_found`. */
  async complete(todoId: number, tokensMax: number): Promise<ListedTodo> {
    const todo = await this.#store.completeTodo(todoId, timestampAt(this.#clock()));
    if (todo === null) {
      throw new LtmcError(
        'not_found',
        `Expected todo_id to be a todo that is there; there is no todo ${todoId}.`,
        'list_todos names the ids that there are.',
      );
    }
    const [listed] = await this.#within([todo], tokensMax);
    return listed as ListedTodo;
  }

  async #within(rows: readonly TodoRecord[], tokensMax: number): Promise<ListedTodo[]> {
    const titles = rows.map((row) => row.title);
    const titled = await fitTexts(this.#embedder, titles, tokensMax);
    const descriptions = rows.map((row) => row.description);
    const described = await fitTexts(this.#embedder, descriptions, titled.tokensLeft);
    return rows.map((todo, i) => ({
      todo,
      isDescriptionCut: !(described.fits[i] ?? true),
      isTitleCut: !(titled.fits[i] ?? true),
    }));
  }
}
