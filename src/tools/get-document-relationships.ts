import * as z from 'zod';
import { limits } from '../limits.ts';
import { listPageOf, name, pageArguments, projectToRead } from './arguments.ts';
import { edgeAnswer, edgeAnswerOf } from './edge-answer.ts';
import { readScope } from './project-scope.ts';
import { defineTool } from './tool.ts';

export const getDocumentRelationships = defineTool({
  name: 'get_document_relationships',
  title: 'Edges of a document',
  description: 'Use to see the direct links of a document, such as memory-7, in both directions.',
  input: z.object({
    doc_id: name,
    ...pageArguments,
    project: projectToRead,
  }),
  output: z.object(edgeAnswer),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  access: 'read',
  core: false,
  example: { doc_id: 'memory-7' },
  handler: async (args, context) =>
    edgeAnswerOf(
      await context.services.graph.around(
        { scope: readScope(args.project, context), entity: args.doc_id, direction: 'both', depth: 1 },
        listPageOf(args),
        limits.listTextTokensMax,
      ),
    ),
});
