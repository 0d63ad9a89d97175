import { type Confidence, confidenceOf, type Evidence, evidenceOf } from './confidence.ts';
import type { LexicalStatistics } from './ports.ts';
import { ranked } from './ranking.ts';

export interface JudgedHits<Of> {
  /** Best first. */
  shown: { hit: Of; relevance: number }[];
  evidence: Evidence;
  confidence: Confidence;
}

/** What a search found: put in order, judged as a whole, and cut to its best `topK`. */
export function judgedHits<Of extends { cosine: number | null; bm25: number }>(
  found: { hits: readonly Of[]; lexical: LexicalStatistics; searchedRows: number },
  idOf: (hit: Of) => number,
  topK: number,
  inOrder: (hits: readonly Of[]) => JudgedHits<Of>['shown'] = (hits) => ranked(hits, idOf),
): JudgedHits<Of> {
  const evidence = evidenceOf(found);
  return { shown: inOrder(found.hits).slice(0, topK), evidence, confidence: confidenceOf(evidence) };
}
