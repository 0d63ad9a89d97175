import * as z from 'zod';
import { chunkIds, projectToWrite, rowId } from './arguments.ts';
import { defineTool } from './tool.ts';

export const storeContextLinks = defineTool({
  name: 'store_context_links',
  title: 'Link a message with chunks',
  description:
    'Usually retrieve_memory is what you want: with conversation_id it links by itself. Records which chunks a message used.',
  input: z.object({ message_id: rowId, chunk_ids: chunkIds, project: projectToWrite }),
  output: z.object({ links_created: z.int(), message_id: z.int() }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
  access: 'write',
  core: false,
  example: { message_id: 3, chunk_ids: [9, 12] },
  handler: async (args, context) => ({
    links_created: await context.services.links.put(args.message_id, args.chunk_ids),
    message_id: args.message_id,
  }),
});
