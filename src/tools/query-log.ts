import * as z from 'zod';
import { LtmcError } from '../errors.ts';
import { parseRef } from '../ids.ts';
import { projectToWriteTo } from './project-scope.ts';
import type { ToolContext } from './tool.ts';

/** What an answer has to say of the log of its question. */
export const queryLogAnswer = {
  message_id: z.int().optional(),
  not_logged: z.string().optional(),
};

/**
 * Logs a question in its conversation and links it with the chunks that answered it; without a conversation
 * nothing is logged. It is bookkeeping: where it fails, the answer is still given and says so.
 */
export async function logQuery(
  context: ToolContext,
  asked: { query: string; conversation_id?: string | undefined; project?: string | undefined },
  chunkIds: number[],
): Promise<z.output<z.ZodObject<typeof queryLogAnswer>>> {
  if (asked.conversation_id === undefined) return {};
  const project = asked.project?.trim() === '*' ? undefined : asked.project;
  try {
    const { messageId } = await context.services.chats.logQuery({
      project: projectToWriteTo(project, context),
      conversationId: asked.conversation_id,
      query: asked.query,
      chunkIds,
    });
    return { message_id: messageId };
  } catch (thrown) {
    if (!(thrown instanceof LtmcError)) throw thrown;
    const { message } = thrown;
    return { not_logged: context.hidePaths?.(message) ?? message };
  }
}

/** The chunks among the documents whose text is in the answer. */
export function shownChunkIds(documents: readonly { ref: string; cut?: true }[]): number[] {
  return documents
    .filter((document) => document.cut !== true)
    .map((document) => parseRef(document.ref))
    .filter((ref) => ref.kind === 'chunk')
    .map((ref) => ref.id);
}
