import type { LexicalStatistics } from './ports.ts';
import { coverageMeasure } from './ranking.ts';

/**
 * What one asks a conversation with, rather than about: how it is to be told, that it was said, and what it was said in.
 * The messages that answer "summarize what we discussed about invoices" are about invoices.
 */
const requestWords: ReadonlySet<string> = new Set(
  `across ask asked asking bring bringing brought chat chats conversation conversations describe described discuss
  discussed discussing discussion discussions everything explain explained far give given happened list listed mention
  mentioned mentioning mentions message messages order overview question questions recap remind said say saying session
  sessions show summaries summarise summarised summarize summarized summary talk talked talking tell telling throughout
  told walk`.split(/\s+/),
);

/** A question about the whole conversation is answered by each message in part. */
const coverageOfWhole = 0.5;

/**
 * As coverageMeasure, of the words that a question asks about. One of no such word is about the whole conversation.
 * `words` are all that it was asked with: `wordRows` may lack some, because they are in too many rows.
 */
export function topicCoverageMeasure(
  { rows, wordRows }: LexicalStatistics,
  words: readonly string[],
): (bm25: number) => number {
  const isAboutWhole = words.length > 0 && words.every((word) => requestWords.has(word));
  if (isAboutWhole) return () => coverageOfWhole;
  return coverageMeasure({ rows, wordRows: wordRows.filter(({ word }) => !requestWords.has(word)) });
}
