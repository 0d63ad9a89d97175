import * as z from 'zod';
import { defined } from '../defined.ts';
import { entityOfMemory } from '../domain/graph.ts';
import { LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';
import { atMost, name, projectToWrite, rowId } from './arguments.ts';
import { boundedText } from './bounded-text.ts';
import { projectToWriteTo } from './project-scope.ts';
import { defineTool } from './tool.ts';
import { maskedAnswer } from './write-answer.ts';

export const autoLinkDocuments = defineTool({
  name: 'auto_link_documents',
  title: 'Link documents that are alike',
  description:
    'Usually retrieve_memory is what you want. Links documents or stored memories that are alike in meaning (SIMILAR_TO).',
  input: z.object({
    documents: z
      .array(
        z.object({
          id: name,
          content: boundedText({ bytesMax: limits.contentBytesMaxTool }).optional(),
        }),
      )
      .superRefine(atMost(limits.linkedDocumentsMax, 'documents'))
      .optional(),
    resource_ids: z.array(rowId).superRefine(atMost(limits.linkedDocumentsMax, 'ids')).optional(),
    min_similarity: z.number().min(0).max(1).default(0.5),
    project: projectToWrite,
  }),
  output: z.object({
    links_created: z.int(),
    documents_processed: z.int(),
    links: z.array(z.object({ source_id: z.string(), target_id: z.string(), similarity_score: z.number() })),
    links_found: z.int(),
    not_reached: z.array(z.string()).optional(),
    ...maskedAnswer,
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true },
  access: 'write',
  core: false,
  example: { resource_ids: [7, 8, 12] },
  handler: async (args, context) => {
    const documents = [
      ...(args.documents ?? []).map(defined),
      ...(args.resource_ids ?? []).map((id) => ({ id: entityOfMemory(id) })),
    ];
    if (documents.length === 0 || documents.length > limits.linkedDocumentsMax) {
      throw new LtmcError(
        'invalid_argument',
        `Expected 1 to ${limits.linkedDocumentsMax} documents in documents and resource_ids, got ${documents.length}.`,
        'Give texts in documents, or ids of stored memories in resource_ids.',
      );
    }
    const linked = await context.services.documentLinking.link({
      project: projectToWriteTo(args.project, context),
      documents,
      similarityMin: args.min_similarity,
    });
    return {
      links_created: linked.created,
      documents_processed: linked.documentsProcessed,
      links: linked.pairs.slice(0, limits.linkedPairsShownMax).map((pair) => ({
        source_id: pair.sourceId,
        target_id: pair.targetId,
        similarity_score: pair.similarity,
      })),
      links_found: linked.pairs.length,
      ...(linked.notReached.length === 0 ? {} : { not_reached: linked.notReached }),
      masked: linked.masked,
    };
  },
});
