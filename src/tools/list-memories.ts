import * as z from 'zod';
import { defined } from '../defined.ts';
import type { ListedMemory } from '../domain/memory-catalog.ts';
import { limits } from '../limits.ts';
import { isoTime, telling } from './answer-values.ts';
import { name, pageArguments, projectToRead, tags } from './arguments.ts';
import { pageAnswer, pageAnswerOf } from './page-answer.ts';
import { readScope } from './project-scope.ts';
import { defineTool } from './tool.ts';

export const listMemories = defineTool({
  name: 'list_memories',
  title: 'List memories',
  description: 'Use to see what is stored, newest first, without the texts.',
  input: z.object({
    resource_type: name.optional(),
    tags: tags.optional(),
    file_name: name.optional(),
    ...pageArguments,
    project: projectToRead,
  }),
  output: z.object({
    memories: z.array(
      z.object({
        resource_id: z.int(),
        file_name: z.string().optional(),
        resource_type: z.string().optional(),
        tags: z.array(z.string()).optional(),
        metadata: z.record(z.string(), z.unknown()).optional(),
        origin: z.string().optional(),
        created_at: z.string().nullable(),
        project: z.string().nullable(),
        chunk_count: z.int(),
        revision: z.int(),
        cut: z.literal(true).optional(),
      }),
    ),
    ...pageAnswer,
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  access: 'read',
  core: false,
  example: { resource_type: 'document', limit: 20 },
  handler: async (args, context) => {
    const page = await context.services.catalog.listWithin(
      defined({
        scope: readScope(args.project, context),
        resourceType: args.resource_type,
        tags: args.tags,
        fileName: args.file_name,
        limit: args.limit,
        cursor: args.cursor,
      }),
      limits.listTextTokensMax,
    );
    return { memories: page.memories.map(listed), ...pageAnswerOf(page.memories.length, page) };
  },
});

function listed({ memory, isNameCut, isMetadataCut }: ListedMemory) {
  return {
    resource_id: memory.resourceId,
    ...(isNameCut
      ? {}
      : {
          ...telling({ file_name: memory.fileName, resource_type: memory.resourceType }),
          ...(memory.tags.length === 0 ? {} : { tags: memory.tags }),
        }),
    ...telling({ metadata: isMetadataCut ? undefined : memory.metadata, origin: memory.origin }),
    created_at: isoTime(memory.createdAt),
    project: memory.project,
    chunk_count: memory.chunkCount,
    revision: memory.revision,
    ...(isNameCut || isMetadataCut ? { cut: true as const } : {}),
  };
}
