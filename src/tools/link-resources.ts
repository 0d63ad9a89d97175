import * as z from 'zod';
import { limits } from '../limits.ts';
import { metadata, name, projectToWrite } from './arguments.ts';
import { projectToWriteTo } from './project-scope.ts';
import { defineTool } from './tool.ts';
import { maskedAnswer } from './write-answer.ts';

export const linkResources = defineTool({
  name: 'link_resources',
  title: 'Link two entities',
  description:
    'Use when two things belong together: an edge between any names, such as memory-7 or a file. The same edge twice is one.',
  input: z.object({
    source_id: name,
    target_id: name,
    relation: name.describe('Such as DEPENDS_ON'),
    weight: z.number().min(-limits.edgeWeightMax).max(limits.edgeWeightMax).optional(),
    properties: metadata.optional(),
    project: projectToWrite,
  }),
  output: z.object({
    relationship_created: z.boolean(),
    source_id: z.string(),
    target_id: z.string(),
    relationship_type: z.string(),
    ...maskedAnswer,
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
  access: 'write',
  core: false,
  example: { source_id: 'memory-7', target_id: 'service:billing', relation: 'DESCRIBES' },
  handler: async (args, context) => {
    const linked = await context.services.graph.link({
      project: projectToWriteTo(args.project, context),
      sourceId: args.source_id,
      targetId: args.target_id,
      relation: args.relation,
      weight: args.weight ?? null,
      properties: args.properties ?? null,
    });
    return {
      relationship_created: linked.created,
      source_id: linked.sourceId,
      target_id: linked.targetId,
      relationship_type: linked.relation,
      masked: linked.masked,
    };
  },
});
