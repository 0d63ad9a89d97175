import * as z from 'zod';
import { limits } from '../limits.ts';
import { maxTokens, name, projectToRead, query, topK } from './arguments.ts';
import { documentAnswer, documentOf } from './document-answer.ts';
import { echoedQuery } from './echoed-query.ts';
import { readScope } from './project-scope.ts';
import { logQuery, queryLogAnswer, shownChunkIds } from './query-log.ts';
import { searchAnswer, searchAnswerOf } from './search-answer.ts';
import { defineTool } from './tool.ts';

export const askWithContext = defineTool({
  name: 'ask_with_context',
  title: 'Ask the memories',
  description:
    'Usually retrieve_memory is what you want. Answers with sentences quoted from memories and chat, each with its source.',
  input: z.object({
    query,
    conversation_id: name.optional(),
    top_k: topK.default(5),
    max_tokens: maxTokens.default(limits.answerTokensDefault),
    project: projectToRead,
  }),
  output: z.object({
    query: z.string(),
    answer: z.string(),
    context: z.string(),
    context_summary: z.string(),
    documents_used: z.int(),
    top_documents: z.array(documentAnswer),
    citations: z.array(z.object({ n: z.int(), id: z.string() })),
    ...searchAnswer,
    ...queryLogAnswer,
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  access: 'read',
  core: false,
  example: { query: 'which database did we choose, and why?' },
  handler: async (args, context) => {
    const asked = await context.services.questions.ask({
      scope: readScope(args.project, context),
      query: args.query,
      topK: args.top_k,
      maxTokens: args.max_tokens,
    });
    return {
      query: echoedQuery(args.query),
      answer: asked.answer,
      context: asked.context,
      context_summary: asked.contextSummary,
      documents_used: asked.documents.filter((document) => document.cut !== true).length,
      top_documents: asked.documents.map(documentOf),
      citations: asked.citations.map(({ n, ref }) => ({ n, id: ref })),
      ...searchAnswerOf(asked),
      ...(await logQuery(context, args, shownChunkIds(asked.documents))),
    };
  },
});
