import * as z from 'zod';
import { defined } from '../defined.ts';
import { limits } from '../limits.ts';
import { metadata, name, projectToWrite } from './arguments.ts';
import { boundedText } from './bounded-text.ts';
import { createdAt } from './created-at.ts';
import { projectToWriteTo } from './project-scope.ts';
import { defineTool } from './tool.ts';
import { writeAnswer, writeAnswerOf } from './write-answer.ts';

export const logChat = defineTool({
  name: 'log_chat',
  title: 'Log a chat message',
  description: 'Use to keep a message of a conversation, word for word, so that it can be found again.',
  input: z.object({
    role: name.describe('user, assistant, tool or a name'),
    content: boundedText({ bytesMax: limits.contentBytesMaxTool }),
    conversation_id: name.optional().describe('Default: one per connection'),
    agent_name: name.optional(),
    source_tool: name.optional(),
    metadata: metadata.optional(),
    created_at: createdAt,
    project: projectToWrite,
  }),
  output: z.object({
    message_id: z.int(),
    conversation_id: z.string(),
    ...writeAnswer,
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
  access: 'write',
  core: false,
  example: { role: 'user', content: 'Please keep the release notes in plain words.' },
  handler: async (args, context) => {
    const logged = await context.services.chats.log(
      defined({
        project: projectToWriteTo(args.project, context),
        conversationId: args.conversation_id ?? context.caller.conversationId(),
        role: args.role,
        content: args.content,
        agentName: args.agent_name ?? null,
        sourceTool: args.source_tool ?? null,
        metadata: args.metadata ?? null,
        origin: args.role.trim().toLowerCase() === 'user' ? ('user' as const) : ('agent' as const),
        createdAt: args.created_at,
      }),
    );
    return {
      message_id: logged.messageId,
      conversation_id: logged.conversationId,
      ...writeAnswerOf(logged),
    };
  },
});
