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

/**
 * As coverageMeasure, of the words that a question asks about; one of no such word is about the whole conversation, and
 * every message holds all that it asks about.
 */
export function topicCoverageMeasure({ rows, wordRows }: LexicalStatistics): (bm25: number) => number {
  const topic = wordRows.filter(({ word }) => !requestWords.has(word));
  return topic.length === 0 && wordRows.length > 0 ? () => 1 : coverageMeasure({ rows, wordRows: topic });
}
