import {
  type Asked,
  type Confidence,
  confidenceOf,
  type Evidence,
  evidenceOf,
  type Judged,
  type JudgedKind,
} from './confidence.ts';
import { ranked } from './ranking.ts';

export interface JudgedHits<Of> {
  /** Best first. */
  shown: { hit: Of; relevance: number }[];
  evidence: Evidence;
  confidence: Confidence;
}

interface Judging<Of> {
  asked: Asked;
  idOf: (hit: Of) => number;
  topK: number;
  /** Default: passages. */
  kind?: JudgedKind | undefined;
  /** Default: by their relevance. */
  inOrder?: ((hits: readonly Of[]) => JudgedHits<Of>['shown']) | undefined;
}

/** What a search found: put in order, judged as a whole, and cut to its best `topK`. */
export function judgedHits<Of extends { cosine: number | null; bm25: number }>(
  found: Judged & { hits: readonly Of[] },
  { asked, idOf, topK, kind, inOrder = (hits) => ranked(hits, idOf) }: Judging<Of>,
): JudgedHits<Of> {
  const evidence = evidenceOf(found, asked, kind);
  return {
    shown: inOrder(found.hits).slice(0, topK),
    evidence,
    confidence: confidenceOf(evidence, kind),
  };
}
