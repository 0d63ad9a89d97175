import * as z from 'zod';
import { limits } from '../limits.ts';
import { name, projectToWrite } from './arguments.ts';
import { boundedText } from './bounded-text.ts';
import { projectToWriteTo } from './project-scope.ts';
import { todoPriorities } from './todo-priority.ts';
import { defineTool } from './tool.ts';
import { writeAnswer, writeAnswerOf } from './write-answer.ts';

export const addTodo = defineTool({
  name: 'add_todo',
  title: 'Add a todo',
  description: 'Use when something has to be done later, in another session.',
  input: z.object({
    title: name,
    description: boundedText({ bytesMax: limits.todoDescriptionBytesMax }).optional(),
    priority: z.enum(todoPriorities).default('medium'),
    project: projectToWrite,
  }),
  output: z.object({ todo_id: z.int(), message: z.string(), ...writeAnswer }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
  access: 'write',
  core: true,
  example: { title: 'Drop the old export command', priority: 'low' },
  handler: async (args, context) => {
    const added = await context.services.todos.add({
      project: projectToWriteTo(args.project, context),
      title: args.title,
      description: args.description ?? '',
      priority: args.priority,
      origin: 'agent',
    });
    return { todo_id: added.todoId, message: 'Todo added', ...writeAnswerOf(added) };
  },
});
