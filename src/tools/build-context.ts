import * as z from 'zod';
import { defined } from '../defined.ts';
import { limits } from '../limits.ts';
import { atMost, maxTokens, name, projectToRead } from './arguments.ts';
import { boundedText } from './bounded-text.ts';
import { defineTool } from './tool.ts';

export const buildContext = defineTool({
  name: 'build_context',
  title: 'Join texts within a budget',
  description:
    'Usually retrieve_memory is what you want. Joins texts that you have, best score first, within a token budget.',
  input: z.object({
    documents: z
      .array(
        z.object({
          title: name.optional(),
          content: boundedText({ bytesMax: limits.contentBytesMaxTool }),
          score: z.number().optional(),
        }),
      )
      .superRefine(atMost(limits.givenDocumentsMax, 'documents')),
    max_tokens: maxTokens.default(limits.buildContextTokensDefault),
    project: projectToRead,
  }),
  output: z.object({
    context: z.string(),
    token_count: z.int(),
    documents_processed: z.int(),
    documents_included: z.int(),
    truncated: z.boolean(),
    max_tokens: z.int(),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  access: 'read',
  core: false,
  example: { documents: [{ title: 'notes.md', content: 'Releases go out on Tuesdays.', score: 0.9 }] },
  handler: async (args, context) => {
    const documents = args.documents.map(defined);
    const built = await context.services.contextBuilder.build(documents, args.max_tokens);
    return {
      context: built.context,
      token_count: built.tokenCount,
      documents_processed: documents.length,
      documents_included: built.documentsIncluded,
      truncated: built.truncated,
      max_tokens: args.max_tokens,
    };
  },
});
