import * as z from 'zod';
import { defined } from '../defined.ts';
import { limits } from '../limits.ts';
import { telling, threeDigits, threeDigitsIfKnown } from './answer-values.ts';
import { maxTokens, name, projectToRead, query, topK } from './arguments.ts';
import { documentAnswer, documentOf } from './document-answer.ts';
import { readScope } from './project-scope.ts';
import { logQuery, queryLogAnswer, shownChunkIds } from './query-log.ts';
import { searchAnswer, searchAnswerOf } from './search-answer.ts';
import { defineTool } from './tool.ts';

export const retrieveByType = defineTool({
  name: 'retrieve_by_type',
  title: 'Search one type',
  description:
    'Usually retrieve_memory is what you want. Searches memories of one type, or "chat" or "todo", and gives the passages.',
  input: z.object({
    query,
    doc_type: name,
    top_k: topK.default(5),
    conversation_id: name.optional(),
    max_tokens: maxTokens.default(limits.answerTokensDefault),
    include_weak: z.boolean().optional(),
    project: projectToRead,
  }),
  output: z.object({
    documents: z.array(documentAnswer),
    count: z.int(),
    doc_type: z.string(),
    ...searchAnswer,
    ...queryLogAnswer,
    nearest: z
      .object({
        id: z.string(),
        title: z.string().optional(),
        score: z.number(),
        similarity: z.number().optional(),
      })
      .optional(),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  access: 'read',
  core: false,
  example: { query: 'why SQLite', doc_type: 'decision' },
  handler: async (args, context) => {
    const found = await context.services.questions.byType({
      scope: readScope(args.project, context),
      query: args.query,
      type: args.doc_type,
      topK: args.top_k,
      maxTokens: args.max_tokens,
      includeWeak: args.include_weak ?? false,
    });
    const { nearest } = found;
    return {
      documents: found.documents.map(documentOf),
      count: found.documents.length,
      doc_type: args.doc_type,
      ...searchAnswerOf(found),
      ...defined({
        nearest: nearest && {
          id: nearest.ref,
          score: threeDigits(nearest.score),
          ...telling({
            title: nearest.title,
            similarity: threeDigitsIfKnown(nearest.similarity),
          }),
        },
      }),
      ...(await logQuery(context, args, shownChunkIds(found.documents))),
    };
  },
});
