import * as z from 'zod';
import { defined } from '../defined.ts';
import type { ListPage } from '../domain/page-cursor.ts';
import { limits } from '../limits.ts';
import { boundedText } from './bounded-text.ts';
import { problemIssue } from './problem.ts';

/*
 * The arguments that several tools share. Descriptions are read by a model and paid for by every client at
 * every start: only what the name does not say.
 */

export const name = boundedText({ charactersMax: limits.nameCharactersMax });

export const query = boundedText({ charactersMax: limits.queryCharactersMax });

export const rowId = z.int().min(1);

export const topK = z.int().min(1).max(limits.topKMax);

export const maxTokens = z.int().min(1).max(limits.answerTokensMax);

/** Rows on a page of a list. */
export const limit = z.int().min(1).max(limits.listRowsMax);

/** What every list is asked with; `cursor` is the `next_cursor` of the page before. */
export const pageArguments = { limit: limit.default(limits.listRowsDefault), cursor: name.optional() };

export const tags = z
  .array(boundedText({ charactersMax: limits.tagCharactersMax }))
  .superRefine(atMost(limits.tagsMax, 'tags'));

export const patternIds = z.array(rowId).superRefine(atMost(limits.usedPatternIdsMax, 'ids'));

export const chunkIds = z.array(rowId).min(1).superRefine(atMost(limits.linkedChunksMax, 'ids'));

export const metadata = z.record(z.string(), z.unknown()).superRefine((value, refinement) => {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes <= limits.metadataBytesMax) return;
  refinement.addIssue(
    problemIssue({
      expected: `an object of at most ${limits.metadataBytesMax} bytes as JSON`,
      got: `${bytes} bytes`,
      tooLarge: true,
    }),
  );
});

/** The `project` of a tool that reads. That "*" means all of them, the server's instructions say. */
export const projectToRead = name.optional();

/** The `project` of a tool that writes: exactly one. */
export const projectToWrite = name
  .superRefine((value, refinement) => {
    if (value.trim() !== '*') return;
    refinement.addIssue(
      problemIssue({ expected: 'one project in a tool that writes', got: '"*", which means all of them' }),
    );
  })
  .optional();

export function atMost(max: number, what: string) {
  return (value: unknown[], refinement: z.core.$RefinementCtx): void => {
    if (value.length <= max) return;
    refinement.addIssue(
      problemIssue({ expected: `a list of at most ${max} ${what}`, got: `${value.length}`, tooLarge: true }),
    );
  };
}

export function listPageOf(args: { limit: number; cursor?: string | undefined }): ListPage {
  return defined({ limit: args.limit, cursor: args.cursor });
}
