import { defined } from '../defined.ts';
import { limits } from '../limits.ts';
import { isAboutCode } from './about-code.ts';
import { signatureWord } from './attempt-text.ts';
import type { FindPatternsInput, FindPatternsResult, FoundPattern } from './code-patterns.ts';
import { compareTexts } from './compare-texts.ts';
import type { Confidence, Evidence } from './confidence.ts';
import { errorSignature } from './error-signature.ts';
import { projectsInstead } from './known-projects.ts';
import { namedAttempts } from './named-functions.ts';
import { explainPattern, fitPatterns, showPattern } from './pattern-answer.ts';
import { patternConfidence, patternEvidence } from './pattern-confidence.ts';
import {
  type RankedPattern,
  type RelevanceScale,
  rankPatterns,
  relevanceScale,
  similarityOf,
} from './pattern-ranking.ts';
import type {
  AttemptResult,
  Embedder,
  PatternFilters,
  PatternHit,
  PatternRecord,
  SearchInput,
  Store,
} from './ports.ts';
import { searchInputOf } from './search-input.ts';
import { walkedFamilies } from './walked-families.ts';
import { assertWellFormed } from './well-formed.ts';

/** CodePatterns.find: candidates, families, order, confidence, and what of it the budget shows. */
export async function findPatterns(
  store: Store,
  embedder: Embedder,
  input: FindPatternsInput,
): Promise<FindPatternsResult> {
  assertWellFormed('query', input.query);
  const filters = filtersOf(input);
  const { input: search, search: mode } = await searchInputOf(embedder, store, 'pattern', input.query);
  const { members, ranked, scale, evidence, confidence } = await searchAttempts(
    store,
    input.query,
    search,
    filters,
  );
  const shown = ranked.slice(0, input.topK);
  const records = await recordsOf(store, shown);
  const projects = await projectsInstead(
    store,
    input.scope,
    [...records.values()].map((record) => record.project),
  );
  const answer = { confidence, search: mode, ...defined({ knownProjects: projects }) };
  if (confidence === 'none' && !input.includeWeak) {
    const nearest = nearestOf(ranked[0], records);
    return { patterns: [], ...answer, ...defined({ nearest }) };
  }

  const counts = await store.familyCounts([...new Set(members.map((member) => member.familyId))]);
  const patterns = shown.flatMap((entry): FoundPattern[] => {
    const record = records.get(entry.hit.patternId);
    if (record === undefined) return [];
    const isBestTask = entry.hit.familyId === ranked[0]?.hit.familyId;
    const detail = input.detail === 'brief' && !isBestTask ? 'short' : input.detail;
    const pattern = showPattern(entry, record, records, counts, detail);
    return [input.explain ? { ...pattern, why: explainPattern(entry, scale, evidence) } : pattern];
  });
  const deadEnd = confidence === 'none' ? undefined : await deadEndOf(store, ranked[0], members, counts);
  return {
    patterns: await fitPatterns(patterns, input, embedder),
    ...answer,
    ...defined({ deadEnd }),
  };
}

export interface FoundAttempts {
  /** Every attempt of the families met that the filters let through. */
  members: PatternHit[];
  ranked: RankedPattern[];
  scale: RelevanceScale;
  evidence: Evidence;
  confidence: Confidence;
}

/** The attempts that answer a query, in their order, and whether they answer it at all. */
export async function searchAttempts(
  store: Store,
  query: string,
  search: SearchInput,
  filters: PatternFilters,
): Promise<FoundAttempts> {
  const found = await store.searchPatterns(search, filters);
  const signed = await sameErrors(store, query, filters);

  const unquoted = relevanceScale(
    found.hits,
    search.vector !== null,
    await namedAttempts(store, query, filters.scope),
  );
  const { isErrorMet, ...compared } = await compareTexts(store, query, found.hits, unquoted);
  const scale = { ...unquoted, ...compared };
  const families = await walkedFamilies(
    store,
    found.hits,
    scale,
    signed.map((record) => record.familyId),
  );
  const members = await store.familyMembers(families, search, filters);
  const ranked = rankPatterns(
    families,
    members,
    scale,
    signed.map((record) => record.patternId),
  );

  const evidence = patternEvidence(found, search);
  let confidence = signed.length > 0 ? 'high' : patternConfidence(evidence);
  // Among few attempts no word is rare, and an error has little meaning by itself.
  if (confidence === 'none' && isErrorMet) confidence = 'low';
  if (ranked.length === 0) confidence = 'none';
  return { members, ranked, scale, evidence, confidence };
}

function filtersOf(input: FindPatternsInput): PatternFilters {
  const { scope, result, functionName, fileName, moduleName, tags } = input;
  return defined({ scope, result, functionName, fileName, moduleName, tags });
}

/**
 * The attempts that failed in the way the query reports, one of each family: where one of them was repaired
 * that one, otherwise the newest. Newest family first.
 */
async function sameErrors(store: Store, query: string, filters: PatternFilters): Promise<PatternRecord[]> {
  const signature = errorSignature(query);
  if (signature === null) return [];
  const newest = await store.newestWithWord(signatureWord(signature), filters, limits.sameErrorsReadMax);
  const records = await store.getPatterns(newest);
  const ofFamily = new Map<number, PatternRecord>();
  for (const record of records) {
    if (record.errorSignature !== signature || record.result === 'pass') continue;
    const known = ofFamily.get(record.familyId);
    if (known === undefined || (known.fixedBy === null && record.fixedBy !== null)) {
      ofFamily.set(record.familyId, record);
    }
  }
  return [...ofFamily.values()].slice(0, limits.sameErrorFamiliesMax);
}

/** The shown attempts and those that repaired them. */
async function recordsOf(store: Store, shown: readonly RankedPattern[]): Promise<Map<number, PatternRecord>> {
  const records = await store.getPatterns(shown.map((entry) => entry.hit.patternId));
  const repairs = await store.getPatterns(records.flatMap((record) => record.fixedBy?.patternId ?? []));
  return new Map([...repairs, ...records].map((record) => [record.patternId, record]));
}

function nearestOf(
  first: RankedPattern | undefined,
  records: ReadonlyMap<number, PatternRecord>,
): FindPatternsResult['nearest'] {
  const record = first === undefined ? undefined : records.get(first.hit.patternId);
  if (first === undefined || record === undefined) return undefined;
  const similarity = similarityOf(first.hit);
  return {
    patternId: record.patternId,
    functionName: record.functionName,
    score: first.score,
    ...(similarity === null ? {} : { similarity }),
  };
}

/**
 * The best matching task was tried, and nothing worked: better said than left to be found out again. Failures of
 * the environment and flaky ones tried nothing.
 */
async function deadEndOf(
  store: Store,
  first: RankedPattern | undefined,
  members: readonly PatternHit[],
  counts: ReadonlyMap<number, Record<AttemptResult, number>>,
): Promise<FindPatternsResult['deadEnd']> {
  if (first === undefined || (counts.get(first.hit.familyId)?.pass ?? 1) > 0) return undefined;
  const tried = members.filter(({ familyId }) => familyId === first.hit.familyId);
  const records = await store.getPatterns(tried.map(({ patternId }) => patternId));
  const failedAttempts = records.filter(
    ({ result, errorKind }) => (result === 'fail' || result === 'partial') && isAboutCode(errorKind),
  ).length;
  if (failedAttempts === 0) return undefined;
  return {
    failedAttempts,
    note:
      failedAttempts === 1
        ? 'The best matching task was tried once and has not passed yet; do not repeat that attempt.'
        : `The best matching task was tried ${failedAttempts} times and has not passed yet; try something that differs from all of them.`,
  };
}
