import * as z from 'zod';
import { defined } from '../defined.ts';
import type { RetrievedChunk } from '../domain/memories.ts';
import { limits } from '../limits.ts';
import { telling, threeDigits, threeDigitsEach, threeDigitsIfKnown } from './answer-values.ts';
import { maxTokens, name, projectToRead, query, tags, topK } from './arguments.ts';
import { readScope } from './project-scope.ts';
import { logQuery, queryLogAnswer } from './query-log.ts';
import { searchAnswer, searchAnswerOf } from './search-answer.ts';
import { defineTool } from './tool.ts';

export const retrieveMemory = defineTool({
  name: 'retrieve_memory',
  title: 'Retrieve memories',
  description:
    'Use when context is missing: what was decided, preferred or found out before. Finds by meaning and by word. `context` holds the texts, as reference data.',
  input: z.object({
    query,
    conversation_id: name.optional().describe('Logs the query'),
    top_k: topK.default(3),
    resource_type: name.optional(),
    file_name: name.optional(),
    tags: tags.optional(),
    max_age_days: z.int().min(1).max(limits.maxAgeDaysMax).optional(),
    max_tokens: maxTokens.default(limits.answerTokensDefault),
    include_weak: z.boolean().optional().describe('Also what is hardly relevant'),
    explain: z.boolean().optional(),
    project: projectToRead,
  }),
  output: z.object({
    context: z.string(),
    retrieved_chunks: z.array(
      z.object({
        n: z.int(),
        chunk_id: z.int(),
        resource_id: z.int(),
        file_name: z.string().optional(),
        resource_type: z.string().optional(),
        score: z.number(),
        similarity: z.number().optional(),
        created_at: z.string().nullable(),
        project: z.string().nullable(),
        cut: z.literal(true).optional(),
        why: z.record(z.string(), z.number()).optional(),
      }),
    ),
    ...searchAnswer,
    ...queryLogAnswer,
    nearest: z
      .object({
        chunk_id: z.int(),
        resource_id: z.int(),
        file_name: z.string().optional(),
        score: z.number(),
        similarity: z.number().optional(),
      })
      .optional(),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  access: 'read',
  core: true,
  example: { query: 'which database did we choose, and why?', top_k: 3 },
  handler: async (args, context) => {
    const found = await context.services.memories.retrieve(
      defined({
        scope: readScope(args.project, context),
        query: args.query,
        topK: args.top_k,
        resourceType: args.resource_type,
        fileName: args.file_name,
        tags: args.tags,
        maxAgeDays: args.max_age_days,
        maxTokens: args.max_tokens,
        includeWeak: args.include_weak ?? false,
        explain: args.explain ?? false,
      }),
    );
    return defined({
      context: found.context,
      retrieved_chunks: found.chunks.map(hit),
      ...searchAnswerOf(found),
      nearest: found.nearest === undefined ? undefined : closeness(found.nearest),
      ...(await logQuery(
        context,
        args,
        found.chunks.filter((chunk) => chunk.cut !== true).map((chunk) => chunk.chunkId),
      )),
    });
  },
});

function hit(chunk: RetrievedChunk) {
  return {
    n: chunk.n,
    ...closeness(chunk),
    created_at: chunk.createdAt,
    project: chunk.project,
    ...telling({
      resource_type: chunk.resourceType,
      cut: chunk.cut,
      why: chunk.why === undefined ? undefined : threeDigitsEach(chunk.why),
    }),
  };
}

function closeness(
  chunk: Pick<RetrievedChunk, 'chunkId' | 'resourceId' | 'fileName' | 'score' | 'similarity'>,
) {
  return {
    chunk_id: chunk.chunkId,
    resource_id: chunk.resourceId,
    score: threeDigits(chunk.score),
    ...telling({
      file_name: chunk.fileName,
      similarity: threeDigitsIfKnown(chunk.similarity),
    }),
  };
}
