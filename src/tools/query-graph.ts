import * as z from 'zod';
import { defined } from '../defined.ts';
import { limits } from '../limits.ts';
import { listPageOf, name, pageArguments, projectToRead } from './arguments.ts';
import { edgeAnswer, edgeAnswerOf } from './edge-answer.ts';
import { readScope } from './project-scope.ts';
import { defineTool } from './tool.ts';

export const queryGraph = defineTool({
  name: 'query_graph',
  title: 'Edges around an entity',
  description: 'Use to see what an entity is linked with, up to five steps away. Nearest first.',
  input: z.object({
    entity: name,
    relation_type: name.optional(),
    direction: z.enum(['both', 'outgoing', 'incoming']).default('both'),
    depth: z.int().min(1).max(limits.graphDepthMax).default(1),
    ...pageArguments,
    project: projectToRead,
  }),
  output: z.object(edgeAnswer),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true },
  access: 'read',
  core: false,
  example: { entity: 'memory-7', depth: 2 },
  handler: async (args, context) =>
    edgeAnswerOf(
      await context.services.graph.around(
        defined({
          scope: readScope(args.project, context),
          entity: args.entity,
          relation: args.relation_type,
          direction: args.direction,
          depth: args.depth,
        }),
        listPageOf(args),
        limits.listTextTokensMax,
      ),
    ),
});
