import * as z from 'zod';
import type { ListedTodo } from '../domain/todos.ts';
import { isoTime, telling } from './answer-values.ts';

/** A todo in an answer. */
export const todoAnswer = z.object({
  id: z.int(),
  title: z.string().optional(),
  description: z.string().optional(),
  priority: z.string().nullable(),
  completed: z.boolean(),
  created_at: z.string().nullable(),
  completed_at: z.string().nullable(),
  project: z.string().nullable(),
  cut: z.literal(true).optional(),
});

export function todoOf({ todo, isTitleCut, isDescriptionCut }: ListedTodo) {
  return {
    id: todo.todoId,
    ...telling({
      title: isTitleCut ? undefined : todo.title,
      description: isTitleCut || isDescriptionCut ? undefined : todo.description,
    }),
    priority: todo.priority,
    completed: todo.completed,
    created_at: isoTime(todo.createdAt),
    completed_at: todo.completedAt === null ? null : isoTime(todo.completedAt),
    project: todo.project,
    ...(isTitleCut || isDescriptionCut ? { cut: true as const } : {}),
  };
}
