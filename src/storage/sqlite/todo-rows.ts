import type {
  NewTodo,
  Page,
  SearchInput,
  Timestamp,
  TodoFilters,
  TodoRecord,
  TodoSearchResult,
} from '../../domain/ports.ts';
import { allOf, inScope } from './conditions.ts';
import type { Database } from './database.ts';
import { insertEmbedding } from './embedding-rows.ts';
import { indexWords } from './full-text.ts';
import { ownerHits } from './owner-search.ts';
import { idForNewRow } from './row-id.ts';
import { inOrderOf, pageOf } from './row-values.ts';
import { takeChangeNumber, takeVectorIds } from './sequence.ts';
import type { VectorIndex } from './vector-index.ts';

export function insertTodo(database: Database, todo: NewTodo, writtenBy: string) {
  const todoId = Number(
    database
      .prepare(
        `INSERT INTO Todos (id, title, description, priority, completed, created_at, created_at_ms, project, archived,
                            origin, written_by)
         VALUES (?, ?, ?, ?, 0, ?, ?, ?, 0, ?, ?)`,
      )
      .run(
        idForNewRow(database, 'Todos'),
        todo.title,
        todo.description,
        todo.priority,
        todo.createdAt.text,
        todo.createdAt.ms,
        todo.project,
        todo.origin,
        writtenBy,
      ).lastInsertRowid,
  );
  insertEmbedding(database, {
    vectorId: takeVectorIds(database, 1),
    ownerKind: 'todo',
    ownerId: todoId,
    role: 'text',
    vector: todo.vector,
    modelHash: todo.modelHash,
    project: todo.project,
    changeNumber: takeChangeNumber(database),
  });
  indexWords(database, 'TodoWords', todoId, todo.searchText);
  return { todoId, pendingVectors: todo.vector === null ? 1 : 0 };
}

interface TodoRow {
  id: number;
  project: string | null;
  title: string | null;
  description: string | null;
  priority: string | null;
  completed: number | null;
  created_at: string | null;
  created_at_ms: number | null;
  completed_at: string | null;
  completed_at_ms: number | null;
}

export function listTodos(database: Database, filters: TodoFilters, page: Page) {
  const conditions = [...inScope('o.project', filters.scope)];
  if (filters.completed !== undefined) {
    conditions.push({ sql: 'coalesce(o.completed, 0) = ?', parameters: [filters.completed ? 1 : 0] });
  }
  if (filters.priority !== undefined)
    conditions.push({ sql: 'o.priority = ?', parameters: [filters.priority] });
  const condition = allOf(conditions);
  const rows = database
    .prepare<TodoRow>(
      `SELECT o.* FROM Todos o WHERE coalesce(o.archived, 0) = 0 AND ${condition.sql} AND o.id < ?
        ORDER BY o.id DESC`,
    )
    .iterate(...condition.parameters, page.after ?? Number.MAX_SAFE_INTEGER);
  return pageOf(containing(rows, filters.contains), page.limit, todoRecord);
}

/** SQLite folds the case of ASCII alone, so the comparison is made here. */
function* containing(rows: Iterable<TodoRow>, part: string | undefined): Iterable<TodoRow> {
  const wanted = part?.toLowerCase();
  for (const row of rows) {
    const text = `${row.title ?? ''}\n${row.description ?? ''}`;
    if (wanted === undefined || text.toLowerCase().includes(wanted)) yield row;
  }
}

export function completeTodo(database: Database, todoId: number, completedAt: Timestamp): TodoRecord | null {
  database
    .prepare(
      `UPDATE Todos SET completed = 1, completed_at = ?, completed_at_ms = ?
        WHERE id = ? AND coalesce(completed, 0) = 0`,
    )
    .run(completedAt.text, completedAt.ms, todoId);
  return readTodos(database, [todoId])[0] ?? null;
}

export function searchTodos(
  database: Database,
  index: VectorIndex,
  input: SearchInput,
  filters: Pick<TodoFilters, 'scope'>,
): TodoSearchResult {
  const found = ownerHits(database, index, input, {
    ownerKind: 'todo',
    table: 'Todos',
    words: 'TodoWords',
    lengthOf: 'o.title',
    createdAtMs: 'o.created_at_ms',
    scope: filters.scope,
    conditions: [],
  });
  return {
    ...found,
    hits: found.hits.map(({ ownerId, bm25, cosine }) => ({ todoId: ownerId, bm25, cosine })),
  };
}

export function readTodos(database: Database, ids: readonly number[]): TodoRecord[] {
  const rows = database
    .prepare<TodoRow>('SELECT * FROM Todos WHERE id IN (SELECT value FROM json_each(?))')
    .all(JSON.stringify(ids));
  return inOrderOf(ids, rows).map(todoRecord);
}

function todoRecord(row: TodoRow): TodoRecord {
  return {
    todoId: row.id,
    project: row.project,
    title: row.title ?? '',
    description: row.description ?? '',
    priority: row.priority,
    completed: row.completed === 1,
    createdAt: { text: row.created_at ?? '', ms: row.created_at_ms },
    completedAt: row.completed_at === null ? null : { text: row.completed_at, ms: row.completed_at_ms },
  };
}
