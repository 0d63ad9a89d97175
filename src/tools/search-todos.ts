import * as z from 'zod';
import { limits } from '../limits.ts';
import { given } from './answer-values.ts';
import { cursor, limit, projectToRead, query } from './arguments.ts';
import { pageAnswer, pageAnswerOf } from './page-answer.ts';
import { readScope } from './project-scope.ts';
import { todoAnswer, todoOf } from './todo-answer.ts';
import { defineTool } from './tool.ts';

export const searchTodos = defineTool({
  name: 'search_todos',
  title: 'Search todos',
  description: 'Use to find todos by a part of their title or description, in any case.',
  input: z.object({
    query,
    limit: limit.default(limits.listRowsDefault),
    cursor: cursor.optional(),
    project: projectToRead,
  }),
  output: z.object({ todos: z.array(todoAnswer), ...pageAnswer }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  access: 'read',
  core: false,
  example: { query: 'export' },
  handler: async (args, context) => {
    const page = await context.services.todos.list(
      { scope: readScope(args.project, context), contains: args.query },
      given({ limit: args.limit, cursor: args.cursor }),
      limits.listTextTokensMax,
    );
    return { todos: page.todos.map(todoOf), ...pageAnswerOf(page.todos.length, page) };
  },
});
