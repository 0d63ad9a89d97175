import * as z from 'zod';
import type { FoundDocument } from '../domain/recall.ts';
import { telling, threeDigits, threeDigitsIfKnown } from './answer-values.ts';

/** A stored text in an answer; its `id` is a ref. */
export const documentAnswer = z.object({
  /** Where its text stands in the context of the same answer. */
  n: z.int().optional(),
  id: z.string(),
  title: z.string().optional(),
  content: z.string().optional(),
  type: z.string().nullable(),
  created_at: z.string().nullable(),
  project: z.string().nullable(),
  score: z.number(),
  similarity: z.number().optional(),
  metadata: z.record(z.string(), z.unknown()),
  cut: z.literal(true).optional(),
});

/** Where there is a context it holds the text, and `content` is left out. */
export function documentOf(found: FoundDocument & { n?: number; cut?: true }) {
  const inContext = found.n !== undefined;
  return {
    ...telling({ n: found.n }),
    id: found.ref,
    ...telling({
      title: found.title,
      content: inContext || found.cut === true ? undefined : found.content,
    }),
    type: found.type,
    created_at: found.createdAtMs === null ? null : new Date(found.createdAtMs).toISOString(),
    project: found.project,
    score: threeDigits(found.score),
    ...telling({ similarity: threeDigitsIfKnown(found.similarity) }),
    metadata: found.metadata,
    ...telling({ cut: found.cut }),
  };
}
