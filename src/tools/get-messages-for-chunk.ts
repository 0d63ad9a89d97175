import * as z from 'zod';
import type { ListedMessage } from '../domain/context-links.ts';
import { limits } from '../limits.ts';
import { isoTime, telling } from './answer-values.ts';
import { listPageOf, pageArguments, projectToRead, rowId } from './arguments.ts';
import { pageAnswer, pageAnswerOf } from './page-answer.ts';
import { defineTool } from './tool.ts';

export const getMessagesForChunk = defineTool({
  name: 'get_messages_for_chunk',
  title: 'Messages of a chunk',
  description: 'Use to see which messages used a chunk. Newest first.',
  input: z.object({
    chunk_id: rowId,
    ...pageArguments,
    project: projectToRead,
  }),
  output: z.object({
    messages: z.array(
      z.object({
        message_id: z.int(),
        conversation_id: z.string().nullable(),
        role: z.string().nullable(),
        content: z.string().optional(),
        timestamp: z.string().nullable(),
        cut: z.literal(true).optional(),
      }),
    ),
    ...pageAnswer,
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  access: 'read',
  core: false,
  example: { chunk_id: 9 },
  handler: async (args, context) => {
    const page = await context.services.links.messagesOfChunk(
      args.chunk_id,
      listPageOf(args),
      limits.listTextTokensMax,
    );
    return { messages: page.messages.map(listed), ...pageAnswerOf(page.messages.length, page) };
  },
});

function listed({ message, isCut }: ListedMessage) {
  return {
    message_id: message.messageId,
    conversation_id: message.conversationId,
    role: message.role,
    ...telling({ content: isCut ? undefined : message.content }),
    timestamp: isoTime(message.timestamp),
    ...(isCut ? { cut: true as const } : {}),
  };
}
