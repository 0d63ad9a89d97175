import * as z from 'zod';
import type { EdgePage, ListedEdge } from '../domain/graph.ts';
import { telling } from './answer-values.ts';
import { pageAnswer, pageAnswerOf } from './page-answer.ts';

/** A page of edges in an answer. */
export const edgeAnswer = {
  relationships: z.array(
    z.object({
      source_id: z.string(),
      target_id: z.string(),
      relationship_type: z.string(),
      weight: z.number().optional(),
      properties: z.record(z.string(), z.unknown()),
      project: z.string().nullable(),
      depth: z.int(),
      cut: z.literal(true).optional(),
    }),
  ),
  ...pageAnswer,
};

export function edgeAnswerOf(page: EdgePage) {
  return { relationships: page.edges.map(relationship), ...pageAnswerOf(page.edges.length, page) };
}

function relationship({ edge, isCut }: ListedEdge) {
  return {
    source_id: edge.sourceId,
    target_id: edge.targetId,
    relationship_type: edge.relation,
    ...telling({ weight: edge.weight }),
    properties: isCut ? {} : (edge.properties ?? {}),
    project: edge.project,
    depth: edge.depth,
    ...(isCut ? { cut: true as const } : {}),
  };
}
