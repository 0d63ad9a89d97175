import * as z from 'zod';
import { defined } from '../defined.ts';

/** What every page of a list has besides its rows. */
export const pageAnswer = {
  count: z.int(),
  next_cursor: z.string().optional(),
  known_projects: z.array(z.string()).optional(),
};

export function pageAnswerOf(
  count: number,
  { nextCursor, knownProjects }: { nextCursor?: string; knownProjects?: string[] },
) {
  return { count, ...defined({ next_cursor: nextCursor, known_projects: knownProjects }) };
}
