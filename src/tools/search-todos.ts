import * as z from 'zod';
import { limits } from '../limits.ts';
import { listPageOf, pageArguments, projectToRead, query } from './arguments.ts';
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
    ...pageArguments,
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
      listPageOf(args),
      limits.listTextTokensMax,
    );
    return { todos: page.todos.map(todoOf), ...pageAnswerOf(page.todos.length, page) };
  },
});
