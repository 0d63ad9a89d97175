import * as z from 'zod';
import { defined } from '../defined.ts';
import { limits } from '../limits.ts';
import { metadata, name, projectToWrite, tags } from './arguments.ts';
import { boundedText } from './bounded-text.ts';
import { createdAt } from './created-at.ts';
import { projectToWriteTo } from './project-scope.ts';
import { defineTool } from './tool.ts';
import { writeAnswer, writeAnswerOf } from './write-answer.ts';

export const storeMemory = defineTool({
  name: 'store_memory',
  title: 'Store a memory',
  description:
    'Use when a decision, preference, constraint or fact that cost effort should outlast this session; one fact a call. The same text again stores nothing.',
  input: z.object({
    file_name: name.describe('A label'),
    content: boundedText({ bytesMax: limits.contentBytesMaxTool }),
    resource_type: name.default('document'),
    tags: tags.optional(),
    metadata: metadata.optional(),
    replace: z.boolean().optional().describe('Supersede what file_name held'),
    created_at: createdAt,
    project: projectToWrite,
  }),
  output: z.object({
    message: z.string(),
    resource_id: z.int(),
    chunk_count: z.int(),
    vector_ids: z.object({ first: z.int(), last: z.int() }),
    unchanged: z.boolean(),
    ...writeAnswer,
    earlier: z.array(z.object({ resource_id: z.int(), created_at: z.string() })).optional(),
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
  access: 'write',
  core: true,
  example: {
    file_name: 'decisions/database.md',
    content: 'We chose SQLite over PostgreSQL because the tool must run without a server.',
    tags: ['decision'],
  },
  handler: async (args, context) => {
    const stored = await context.services.memories.store(
      defined({
        project: projectToWriteTo(args.project, context),
        fileName: args.file_name,
        content: args.content,
        resourceType: args.resource_type,
        tags: args.tags ?? [],
        metadata: args.metadata ?? null,
        replace: args.replace ?? false,
        createdAt: args.created_at,
        origin: 'agent' as const,
      }),
    );
    return defined({
      message: stored.unchanged ? 'Memory was already stored' : 'Memory stored',
      resource_id: stored.resourceId,
      chunk_count: stored.chunkCount,
      vector_ids: stored.vectorIds,
      unchanged: stored.unchanged,
      ...writeAnswerOf(stored),
      earlier:
        stored.earlier.length === 0
          ? undefined
          : stored.earlier.map((memory) => ({
              resource_id: memory.resourceId,
              created_at: memory.createdAt,
            })),
    });
  },
});
