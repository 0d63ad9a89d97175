import { isAboutCode } from './about-code.ts';
import type { PatternCandidate, PatternHit } from './ports.ts';

/**
 * How attempts are ordered: by what they say, then by what came of them. The weights and the walk are those
 * that were found best on recorded attempts with known outcomes (docs/code-pattern-memory.md); a bonus for
 * "passed" cannot replace the walk, because no weight keeps both the right task and the passing attempt first.
 */
const lexicalWeight = 0.25;
const meaningWeight = 1.4;
/** More than two attempts at different tasks that answer a query about equally lie apart. */
const quoteWeight = 0.3;
/** Enough to decide between tasks that are about as close. */
const nameWeight = 0.1;
const piecesWeight = 0.2;
const wordingWeight = 0.2;
const relevanceMax = lexicalWeight + meaningWeight;

export interface RelevanceScale {
  /** The largest bm25 of the candidates by the words that count; 0 where no word matched. */
  bm25Max: number;
  /** Whether the words that speak of attempts count: only where no other word is found. */
  countsStopWords: boolean;
  /** Whether the query had a vector. Without one the words alone decide. */
  hasMeaning: boolean;
  /** The attempts whose prompt or error holds the query word for word. */
  quoting: ReadonlySet<number>;
  /** Of the pieces of code in the query, the share that an attempt's prompt and code hold; absent: none. */
  pieces: ReadonlyMap<number, number>;
  /** How much of its wording an attempt's prompt shares with the query, 0..1; absent: none. */
  wording: ReadonlyMap<number, number>;
  /** The attempts at functions that the query names. */
  named: ReadonlySet<number>;
}

export interface RankedPattern {
  hit: PatternHit;
  /** 0..1; never rises down the list. */
  score: number;
  /** Its own, and the best one among identical code of its family with its outcome, which ordered it. */
  relevance: number;
  orderedBy: number;
  sameCodeIds: number[];
}

export function relevanceScale(
  hits: readonly PatternCandidate[],
  hasMeaning: boolean,
  named: ReadonlySet<number> = new Set(),
): RelevanceScale {
  const common = {
    hasMeaning,
    quoting: new Set<number>(),
    pieces: new Map<number, number>(),
    wording: new Map<number, number>(),
    named,
  };
  const bm25Max = hits.reduce((max, hit) => Math.max(max, bm25Of(hit, false)), 0);
  if (bm25Max > 0) return { ...common, bm25Max, countsStopWords: false };
  return { ...common, bm25Max: hits.reduce((max, hit) => Math.max(max, hit.bm25), 0), countsStopWords: true };
}

/** What is left of a sum of shares once all of them are taken away is not quite nothing. */
const bm25Min = 1e-9;

function bm25Of(hit: PatternCandidate, countsStopWords: boolean): number {
  if (countsStopWords) return hit.bm25;
  const told = hit.bm25 - hit.bm25Apart;
  return told > bm25Min ? told : 0;
}

/** The best cosine of an attempt's prompt, code and lesson with the query; null where it has no vector. */
export function similarityOf(hit: PatternCandidate): number | null {
  const cosines = [hit.promptCosine, hit.codeCosine, hit.lessonCosine].filter((cosine) => cosine !== null);
  return cosines.length === 0 ? null : Math.max(...cosines);
}

/**
 * s = 0.25 bm25 / max(bm25) + 1.4 best cosine, by words alone bm25 / max(bm25); and 0.3 where prompt or error hold the
 * query word for word, 0.1 where the query names the function, 0.2 for all pieces of code in the query,
 * 0.2 for four words in a row that the prompt shares. The bm25 is that of the words which speak of a task.
 */
export function relevanceOf(hit: PatternCandidate, scale: RelevanceScale): number {
  const lexical = scale.bm25Max > 0 ? Math.min(1, bm25Of(hit, scale.countsStopWords) / scale.bm25Max) : 0;
  const quote = scale.quoting.has(hit.patternId) ? quoteWeight : 0;
  const pieces = piecesWeight * (scale.pieces.get(hit.patternId) ?? 0);
  const wording = wordingWeight * (scale.wording.get(hit.patternId) ?? 0);
  const name = scale.named.has(hit.patternId) ? nameWeight : 0;
  return (
    (scale.hasMeaning ? lexicalWeight * lexical + meaningWeight * (similarityOf(hit) ?? 0) : lexical) +
    quote +
    name +
    pieces +
    wording
  );
}

/**
 * The answer's order: first the attempts of `pinned`, at full score; then two of the first family, the best one
 * of each of the next three, then the rest, family by family. Every member occurs once, itself or among the
 * `sameCodeIds` of the one that stands for its code.
 */
export function rankPatterns(
  families: readonly number[],
  members: readonly PatternHit[],
  scale: RelevanceScale,
  pinned: readonly number[] = [],
): RankedPattern[] {
  const ofFamily = Map.groupBy(members, (member) => member.familyId);
  const whole = families.map((familyId) => orderFamily(ofFamily.get(familyId) ?? [], scale));
  const holds = (entry: UnscoredPattern, id: number) =>
    entry.hit.patternId === id || entry.sameCodeIds.includes(id);
  const top = pinned.flatMap((id) => whole.flat().find((entry) => holds(entry, id)) ?? []);
  const ordered = whole.map((family) => family.filter((entry) => !top.includes(entry)));
  const heads = ordered.slice(0, 4).flatMap((family, index) => family.slice(0, index === 0 ? 2 : 1));
  const tails = ordered.flatMap((family, index) => family.slice(index === 0 ? 2 : index < 4 ? 1 : 0));
  let ceiling = 1;
  return [
    ...[...new Set(top)].map((entry) => ({ ...entry, score: 1 })),
    ...[...heads, ...tails].map((entry) => {
      ceiling = Math.min(ceiling, scoreOf(entry.orderedBy, scale));
      return { ...entry, score: ceiling };
    }),
  ];
}

type UnscoredPattern = Omit<RankedPattern, 'score'>;

/** A monotone map of the relevance to 0..1. */
export function scoreOf(relevance: number, scale: RelevanceScale): number {
  return Math.min(1, Math.max(0, relevance / (scale.hasMeaning ? relevanceMax : 1)));
}

/**
 * Passed first, then by relevance, then newest. Identical code once: by the newest attempt that passed, where
 * one did; otherwise by the newest that says something about the code, so that a full disk does not stand before
 * a failure and its repair.
 */
function orderFamily(members: readonly PatternHit[], scale: RelevanceScale): UnscoredPattern[] {
  const byCode = new Map<string, PatternHit[]>();
  for (const member of members.toSorted(bestOfSameCode)) {
    // A row of unknown code is like no other.
    const key = member.codeKey === '' ? `row ${member.patternId}` : member.codeKey;
    const same = byCode.get(key);
    if (same === undefined) byCode.set(key, [member]);
    else same.push(member);
  }
  return [...byCode.values()]
    .map((same) => ({
      hit: same[0]!,
      relevance: relevanceOf(same[0]!, scale),
      orderedBy: same.reduce(
        (best, member) =>
          passedFirst(member, same[0]!) === 0 ? Math.max(best, relevanceOf(member, scale)) : best,
        Number.NEGATIVE_INFINITY,
      ),
      sameCodeIds: same.slice(1).map((member) => member.patternId),
    }))
    .sort(
      (a, b) => passedFirst(a.hit, b.hit) || b.orderedBy - a.orderedBy || b.hit.patternId - a.hit.patternId,
    );
}

function bestOfSameCode(a: PatternHit, b: PatternHit): number {
  const aboutCodeFirst = Number(isAboutCode(b.errorKind)) - Number(isAboutCode(a.errorKind));
  return passedFirst(a, b) || aboutCodeFirst || b.patternId - a.patternId;
}

function passedFirst(a: PatternHit, b: PatternHit): number {
  return Number(b.result === 'pass') - Number(a.result === 'pass');
}
