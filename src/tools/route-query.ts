import * as z from 'zod';
import { sourceTypes } from '../domain/questions.ts';
import { limits } from '../limits.ts';
import { maxTokens, projectToRead, query, topK } from './arguments.ts';
import { documentAnswer, documentOf } from './document-answer.ts';
import { echoedQuery } from './echoed-query.ts';
import { readScope } from './project-scope.ts';
import { searchAnswer, searchAnswerOf } from './search-answer.ts';
import { defineTool } from './tool.ts';

export const routeQuery = defineTool({
  name: 'route_query',
  title: 'Search kinds of sources',
  description:
    'Usually retrieve_memory is what you want. Searches each kind of source on its own: memories of type document or code, chat, todos.',
  input: z.object({
    query,
    source_types: z.array(z.enum(sourceTypes)).min(1),
    top_k: topK.default(5),
    max_tokens: maxTokens.default(limits.answerTokensDefault),
    include_weak: z.boolean().optional(),
    project: projectToRead,
  }),
  output: z.object({
    query: z.string(),
    source_types: z.array(z.string()),
    combined_answer: z.string(),
    total_documents: z.int(),
    results_by_source: z.record(
      z.string(),
      z.object({ documents: z.array(documentAnswer), count: z.int(), confidence: z.string() }),
    ),
    successful_sources: z.array(z.string()),
    ...searchAnswer,
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  access: 'read',
  core: false,
  example: { query: 'release checklist', source_types: ['document', 'todo'] },
  handler: async (args, context) => {
    const routed = await context.services.questions.route({
      scope: readScope(args.project, context),
      query: args.query,
      sourceTypes: args.source_types,
      topK: args.top_k,
      maxTokens: args.max_tokens,
      includeWeak: args.include_weak ?? false,
    });
    return {
      query: echoedQuery(args.query),
      source_types: routed.bySource.map(({ type }) => type),
      combined_answer: routed.combinedAnswer,
      total_documents: routed.totalDocuments,
      results_by_source: Object.fromEntries(
        routed.bySource.map(({ type, documents, confidence }) => [
          type,
          { documents: documents.map(documentOf), count: documents.length, confidence },
        ]),
      ),
      successful_sources: routed.bySource
        .filter(({ documents }) => documents.length > 0)
        .map(({ type }) => type),
      ...searchAnswerOf(routed),
    };
  },
});
