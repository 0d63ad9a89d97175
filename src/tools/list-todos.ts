import * as z from 'zod';
import { defined } from '../defined.ts';
import { LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';
import { listPageOf, pageArguments, projectToRead } from './arguments.ts';
import { pageAnswer, pageAnswerOf } from './page-answer.ts';
import { readScope } from './project-scope.ts';
import { todoAnswer, todoOf } from './todo-answer.ts';
import { todoPriorities } from './todo-priority.ts';
import { defineTool } from './tool.ts';

export const listTodos = defineTool({
  name: 'list_todos',
  title: 'List todos',
  description: 'Use when starting work, to see what is left to do. Newest first.',
  input: z.object({
    status: z.enum(['all', 'pending', 'completed']).optional(),
    completed: z.boolean().optional(),
    priority: z.enum(todoPriorities).optional(),
    ...pageArguments,
    project: projectToRead,
  }),
  output: z.object({ todos: z.array(todoAnswer), ...pageAnswer }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  access: 'read',
  core: true,
  example: { status: 'pending' },
  handler: async (args, context) => {
    const filters = defined({
      scope: readScope(args.project, context),
      completed: completedOf(args.status, args.completed),
      priority: args.priority,
    });
    const page = await context.services.todos.list(filters, listPageOf(args), limits.listTextTokensMax);
    return { todos: page.todos.map(todoOf), ...pageAnswerOf(page.todos.length, page) };
  },
});

/** `status` and `completed` say the same thing in two ways; undefined: both kinds. */
function completedOf(
  status: 'all' | 'pending' | 'completed' | undefined,
  completed: boolean | undefined,
): boolean | undefined {
  const byStatus = status === undefined || status === 'all' ? undefined : status === 'completed';
  if (byStatus !== undefined && completed !== undefined && byStatus !== completed) {
    throw new LtmcError(
      'invalid_argument',
      `Expected status and completed to say the same, got "${status}" and ${completed}.`,
      'Give one of the two.',
    );
  }
  return byStatus ?? completed;
}
