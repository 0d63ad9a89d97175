import * as z from 'zod';
import { limits } from '../limits.ts';
import { telling } from './answer-values.ts';
import { limit, projectToRead } from './arguments.ts';
import { readScope } from './project-scope.ts';
import { defineTool } from './tool.ts';

export const getContextUsageStatistics = defineTool({
  name: 'get_context_usage_statistics',
  title: 'Use of chunks',
  description: 'Use to see how often chunks were used by messages, and which most.',
  input: z.object({ limit: limit.default(limits.mostUsedChunksDefault), project: projectToRead }),
  output: z.object({
    statistics: z.object({
      total_context_links: z.int(),
      unique_messages: z.int(),
      unique_chunks_used: z.int(),
      most_used_chunks: z.array(
        z.object({ chunk_id: z.int(), usage_count: z.int(), file_name: z.string().optional() }),
      ),
    }),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  access: 'read',
  core: false,
  example: {},
  handler: async (args, context) => {
    const statistics = await context.services.links.statistics(readScope(args.project, context), args.limit);
    return {
      statistics: {
        total_context_links: statistics.totalContextLinks,
        unique_messages: statistics.uniqueMessages,
        unique_chunks_used: statistics.uniqueChunksUsed,
        most_used_chunks: statistics.mostUsedChunks.map((chunk) => ({
          chunk_id: chunk.chunkId,
          usage_count: chunk.usageCount,
          ...telling({ file_name: chunk.fileName }),
        })),
      },
    };
  },
});
