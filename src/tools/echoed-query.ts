import { limits } from '../limits.ts';

/** The caller has its query whole; this only tells which question is answered. */
export function echoedQuery(query: string): string {
  return query.slice(0, limits.echoedQueryCharactersMax).replace(/[\ud800-\udbff]$/, '');
}
