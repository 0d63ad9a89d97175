import * as z from 'zod';
import { defined } from '../defined.ts';
import type { Confidence } from '../domain/confidence.ts';
import type { SearchMode } from '../domain/memories.ts';

/** What every answer of a search has besides its hits. */
export const searchAnswer = {
  confidence: z.string(),
  mode: z.string().optional(),
  mode_reason: z.string().optional(),
  known_projects: z.array(z.string()).optional(),
};

export function searchAnswerOf(result: {
  confidence: Confidence;
  search: SearchMode;
  knownProjects?: string[];
}) {
  const { confidence, search, knownProjects } = result;
  return defined({
    confidence,
    ...searchModeOf(search),
    known_projects: knownProjects,
  });
}

/** Said only where the answer, or its confidence, is by words alone. */
export function searchModeOf({ mode, reason }: SearchMode) {
  return reason === undefined ? {} : { mode, mode_reason: reason };
}
