/**
 * Whether an answer is one at all. Every store has a best candidate, so its strength is held against what a
 * question about something else would find among as many rows: the more rows, the more. The figures were
 * fitted on bench/calibration and public sets; docs/confidence.md has the measurements and how to repeat them.
 */
import type { CosineSpread, LexicalStatistics, SearchInput } from './ports.ts';
import { projectOdds } from './project-odds.ts';
import { coverageMeasure } from './ranking.ts';
import { topicCoverageMeasure } from './request-words.ts';

/** `low`: about half of such answers are right. `none`: nothing relevant is here. */
export type Confidence = 'high' | 'low' | 'none';

/** What tells whether anything relevant was found; never a fused or scaled score. */
export interface Evidence {
  /** Of the strongest candidate; null where its vector is pending, there is no model, or it says nothing of this query. */
  cosine: number | null;
  /** Of the strongest candidate: its share of the weight of the query's words, 0..1; for messages, of the words it is about. */
  coverage: number;
  searchedRows: number;
  /** How near the searched rows are as a whole: a question of their field is nearer to all of them. */
  spread: CosineSpread;
  /** Words that the query is looked up by: a longer one is nearer to everything. */
  queryWords: number;
  /** Log-odds that the question is one of a project, not of general knowledge (domain/project-odds.ts); 0 without a vector. */
  projectOdds: number;
}

/** What was asked, as the store was asked it. */
export type Asked = Pick<SearchInput, 'words' | 'vector' | 'isMeaningEvidence'>;

/** What a search found, as it is judged. */
export interface Judged {
  hits: readonly { cosine: number | null; bm25: number }[];
  lexical: LexicalStatistics;
  searchedRows: number;
  spread: CosineSpread;
}

/** Passages of memories and todos; messages of a chat, which share their subject and its words. */
export type JudgedKind = 'passages' | 'messages';

/** A figure at one row, and what it grows by with the decimal logarithm of the rows; beyond `fewRows` by `beyond`. */
interface ByRows {
  atOneRow: number;
  perMagnitude: number;
  /** Default: as before. */
  beyond?: number;
}

/** So many messages of a conversation are like all that it could hold. */
const fewRows = 300;

/** So many rows say themselves what they may be asked; fewer leave it to the question. */
const tellingRows = 1_000;

/** However surely a question is of a project, it may be of another one; and what is generally known may be stored too. */
const projectOddsMax = 1;

interface Rule {
  coverageWeight: number;
  /**
   * Near to few rows is near to their field; what is near to thousands of many fields is near to everything, which speaks
   * against it.
   */
  meanWeight: ByRows;
  deviationWeight: ByRows;
  queryWordsWeight: number;
  /** In one row; it falls to nothing at `tellingRows`. */
  projectOddsWeight: number;
  threshold: ByRows;
  /** So much above the threshold an answer is "high". */
  highAbove: ByRows;
}

const nothing: ByRows = { atOneRow: 0, perMagnitude: 0 };

const byMeaning: Record<JudgedKind, Rule> = {
  passages: {
    coverageWeight: 0.4,
    meanWeight: { atOneRow: 1.2, perMagnitude: -0.5 },
    deviationWeight: { atOneRow: 1.5, perMagnitude: 0.5 },
    queryWordsWeight: 0.1,
    projectOddsWeight: 0.14,
    threshold: { atOneRow: 0.23, perMagnitude: 0.06 },
    highAbove: { atOneRow: 0.05, perMagnitude: 0.1 },
  },
  messages: {
    coverageWeight: 2,
    meanWeight: { atOneRow: 3, perMagnitude: 0 },
    deviationWeight: nothing,
    queryWordsWeight: 0,
    projectOddsWeight: 0,
    threshold: { atOneRow: 0.58, perMagnitude: 0.23, beyond: 0 },
    highAbove: { atOneRow: 0.25, perMagnitude: 0.1 },
  },
};

/** Without a cosine a hit has to hold words of the query; in one row any of them says something. */
const byWords: Rule = {
  coverageWeight: 1,
  meanWeight: nothing,
  deviationWeight: nothing,
  queryWordsWeight: 0,
  projectOddsWeight: 0,
  threshold: { atOneRow: 0, perMagnitude: 0.07 },
  highAbove: { atOneRow: 0.12, perMagnitude: 0 },
};

/** A longer query has no room for more in its vector. */
const queryWordsCountedMax = 20;

/** The evidence of the strongest candidate; of none at all where there is no candidate. */
export function evidenceOf(
  found: Judged,
  { words, vector, isMeaningEvidence = true }: Asked,
  kind: JudgedKind = 'passages',
): Evidence {
  const { lexical, searchedRows, spread } = found;
  const coverageOf = kind === 'messages' ? topicCoverageMeasure(lexical, words) : coverageMeasure(lexical);
  const odds = vector === null ? 0 : projectOdds(vector);
  const common = { searchedRows, spread, queryWords: words.length, projectOdds: odds };
  let best: Evidence = { cosine: null, coverage: 0, ...common };
  for (const hit of found.hits) {
    const evidence = {
      cosine: isMeaningEvidence ? hit.cosine : null,
      coverage: coverageOf(hit.bm25),
      ...common,
    };
    if (evidenceExcess(evidence, kind) > evidenceExcess(best, kind)) best = evidence;
  }
  return best;
}

export function confidenceOf(evidence: Evidence, kind: JudgedKind = 'passages'): Confidence {
  const excess = evidenceExcess(evidence, kind);
  if (excess < 0) return 'none';
  return excess < atMagnitude(ruleOf(evidence, kind).highAbove, evidence) ? 'low' : 'high';
}

/** By how much evidence is above (from 0 on) or below what counts as relevant among so many rows. */
export function evidenceExcess(evidence: Evidence, kind: JudgedKind = 'passages'): number {
  const { cosine, coverage, spread, queryWords } = evidence;
  if (cosine === null && coverage === 0) return Number.NEGATIVE_INFINITY;
  const rule = ruleOf(evidence, kind);
  return (
    (cosine ?? 0) +
    rule.coverageWeight * coverage +
    atMagnitude(rule.meanWeight, evidence) * spread.mean +
    atMagnitude(rule.deviationWeight, evidence) * spread.deviation +
    rule.projectOddsWeight * fewness(evidence) * oddsCounted(evidence) -
    rule.queryWordsWeight * Math.log1p(Math.min(queryWords, queryWordsCountedMax)) -
    atMagnitude(rule.threshold, evidence)
  );
}

function ruleOf({ cosine }: Evidence, kind: JudgedKind): Rule {
  return cosine === null ? byWords : byMeaning[kind];
}

function oddsCounted({ projectOdds }: Evidence): number {
  return Math.max(-projectOddsMax, Math.min(projectOdds, projectOddsMax));
}

/** 1 for one row, 0 from `tellingRows` on. */
function fewness({ searchedRows }: Evidence): number {
  return Math.max(0, 1 - Math.log10(Math.max(1, searchedRows)) / Math.log10(tellingRows));
}

function atMagnitude(
  { atOneRow, perMagnitude, beyond = perMagnitude }: ByRows,
  { searchedRows }: Evidence,
): number {
  const magnitude = Math.log10(Math.max(1, searchedRows));
  const few = Math.min(magnitude, Math.log10(fewRows));
  return atOneRow + perMagnitude * few + beyond * (magnitude - few);
}
