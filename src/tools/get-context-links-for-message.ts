import * as z from 'zod';
import { telling } from './answer-values.ts';
import { listPageOf, pageArguments, projectToRead, rowId } from './arguments.ts';
import { pageAnswer, pageAnswerOf } from './page-answer.ts';
import { defineTool } from './tool.ts';

export const getContextLinksForMessage = defineTool({
  name: 'get_context_links_for_message',
  title: 'Chunks of a message',
  description: 'Use to see which chunks a message used.',
  input: z.object({
    message_id: rowId,
    ...pageArguments,
    project: projectToRead,
  }),
  output: z.object({
    links: z.array(z.object({ message_id: z.int(), chunk_id: z.int(), file_name: z.string().optional() })),
    ...pageAnswer,
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  access: 'read',
  core: false,
  example: { message_id: 3 },
  handler: async (args, context) => {
    const page = await context.services.links.ofMessage(args.message_id, listPageOf(args));
    return {
      links: page.links.map((link) => ({
        message_id: link.messageId,
        chunk_id: link.chunkId,
        ...telling({ file_name: link.fileName }),
      })),
      ...pageAnswerOf(page.links.length, page),
    };
  },
});
