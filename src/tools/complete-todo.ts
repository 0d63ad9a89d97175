import * as z from 'zod';
import { limits } from '../limits.ts';
import { projectToWrite, rowId } from './arguments.ts';
import { todoAnswer, todoOf } from './todo-answer.ts';
import { defineTool } from './tool.ts';

export const completeTodo = defineTool({
  name: 'complete_todo',
  title: 'Complete a todo',
  description: 'Use when a todo is done.',
  input: z.object({ todo_id: rowId, project: projectToWrite }),
  output: z.object({ message: z.string(), todo: todoAnswer }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
  access: 'write',
  core: true,
  example: { todo_id: 4 },
  handler: async (args, context) => {
    const todo = await context.services.todos.complete(args.todo_id, limits.listTextTokensMax);
    return { message: 'Todo completed', todo: todoOf(todo) };
  },
});
