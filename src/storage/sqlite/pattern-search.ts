import type { EmbeddingRole } from '../../domain/embedding-text.ts';
import type {
  AttemptResult,
  LexicalStatistics,
  PatternCandidate,
  PatternFilters,
  PatternHit,
  PatternSearchResult,
  ReadScope,
  SearchInput,
} from '../../domain/ports.ts';
import { limits } from '../../limits.ts';
import { allOf, type Condition, hasTags, inScope } from './conditions.ts';
import type { Database } from './database.ts';
import { matchAny } from './full-text.ts';
import type { ScanFilter } from './grouped-vectors.ts';
import { nearestOwners, ownerCosines, passingOwners } from './owner-cosines.ts';
import type { VectorIndex } from './vector-index.ts';
import { bestScores, lexicalStatistics, scoresAmong, weightedWords } from './word-search.ts';

/** The best candidates by word and by meaning, with every feature for each of them. */
export function searchPatterns(
  database: Database,
  index: VectorIndex,
  input: SearchInput,
  filters: PatternFilters,
): PatternSearchResult {
  const further = rowConditions(filters);
  const scan = {
    ...scanOf(input, filters),
    owners: further.length === 0 ? null : new Set(patternIds(database, allOf(further))),
  };
  const near = nearestOwners(index, input, scan, limits.candidatesByMeaningMax);
  const lexical = lexicalStatistics(database, 'PatternWords', input.words);
  const condition = patternCondition(filters);
  const bm25 = bestScores(
    database,
    'PatternWords',
    weightedWords(lexical),
    (ids) => passingOwners(index, input, scan, ids, (others) => patternsPassing(database, others, condition)),
    limits.candidatesByWordMax,
    near.ids,
  );
  const ids = [...new Set([...bm25.keys(), ...near.ids])].sort((a, b) => a - b);
  const hits = patternCandidates(database, index, input, scan, ids, bm25, lexical);
  const searchedRows = input.vector === null ? countPatterns(database, condition) : near.searched;
  return { hits, lexical, searchedRows: Math.max(searchedRows, hits.length), spread: near.spread };
}

/** Every member of the families that the filters let through, with its features for the query. */
export function familyMembers(
  database: Database,
  index: VectorIndex,
  familyIds: readonly number[],
  input: SearchInput,
  filters: PatternFilters,
): PatternHit[] {
  const rows = factsOf(database, familyIds, patternCondition(filters));
  const ids = [...rows.keys()];
  const lexical = lexicalStatistics(database, 'PatternWords', input.words);
  const bm25 = bestScores(database, 'PatternWords', weightedWords(lexical), () => [], 0, ids);
  const scan = { ...scanOf(input, filters), owners: null };
  return patternCandidates(database, index, input, scan, ids, bm25, lexical).map((candidate) => ({
    ...candidate,
    ...(rows.get(candidate.patternId) as PatternFacts),
  }));
}

/** The family of each attempt that may be seen. */
export function familiesOf(database: Database, patternIds: readonly number[]): Map<number, number> {
  const rows = database
    .prepare<[number, number]>(
      `SELECT id, coalesce(family_id, 0) FROM CodePatterns
        WHERE id IN (SELECT value FROM json_each(?)) AND coalesce(archived, 0) = 0`,
    )
    .raw()
    .all(JSON.stringify(patternIds)) as [number, number][];
  return new Map(rows);
}

/** The newest attempts at functions of these names; an index knows them, so that no row is read. */
export function attemptsAt(database: Database, nameKeys: readonly string[], scope: ReadScope): Set<number> {
  const { sql, parameters } = allOf(inScope('project', scope));
  const ids = database
    .prepare<number>(
      `SELECT id FROM CodePatterns
        WHERE name_key IN (SELECT value FROM json_each(?)) AND ${sql} ORDER BY id DESC LIMIT ?`,
    )
    .pluck()
    .all(JSON.stringify(nameKeys), ...parameters, limits.namedAttemptsMax) as number[];
  return new Set(ids);
}

function scanOf(input: SearchInput, { scope }: PatternFilters) {
  return { ownerKind: 'pattern' as const, scope, modelHashes: input.modelHashes };
}

function patternsPassing(
  database: Database,
  ids: readonly number[],
  { sql, parameters }: Condition,
): readonly number[] {
  if (parameters.length === 0) return ids;
  return database
    .prepare<number>(
      `SELECT p.id FROM CodePatterns p WHERE p.id IN (SELECT value FROM json_each(?)) AND ${sql}`,
    )
    .pluck()
    .all(JSON.stringify(ids), ...parameters) as number[];
}

function patternIds(database: Database, { sql, parameters }: Condition): number[] {
  return database
    .prepare<number>(`SELECT p.id FROM CodePatterns p WHERE ${sql}`)
    .pluck()
    .all(...parameters) as number[];
}

/** Counted no further than it makes a difference: what is relevant rises with the logarithm. */
function countPatterns(database: Database, { sql, parameters }: Condition): number {
  return database
    .prepare<number>(
      `SELECT count(*) FROM (SELECT 1 FROM CodePatterns p WHERE coalesce(p.archived, 0) = 0 AND ${sql} LIMIT ?)`,
    )
    .pluck()
    .get(...parameters, limits.searchedRowsCountedMax) as number;
}

export function newestWithWord(
  database: Database,
  word: string,
  filters: PatternFilters,
  limit: number,
): number[] {
  const { sql, parameters } = patternCondition(filters);
  return database
    .prepare<number>(
      `SELECT PatternWords.rowid FROM PatternWords JOIN CodePatterns p ON p.id = PatternWords.rowid
        WHERE PatternWords MATCH ? AND coalesce(p.archived, 0) = 0 AND ${sql}
        ORDER BY PatternWords.rowid DESC LIMIT ?`,
    )
    .pluck()
    .all(matchAny([word]), ...parameters, limit) as number[];
}

export function patternCondition(filters: PatternFilters): Condition {
  return allOf([...inScope('p.project', filters.scope), ...rowConditions(filters)]);
}

/** Conditions on an attempt's row beyond its project. */
function rowConditions(filters: PatternFilters): Condition[] {
  const equal: [string, string | undefined][] = [
    ['result', filters.result],
    ['function_name', filters.functionName],
    ['file_name', filters.fileName],
    ['module_name', filters.moduleName],
  ];
  return [
    ...equal.flatMap(([column, value]) =>
      value === undefined ? [] : [{ sql: `p.${column} = ?`, parameters: [value] }],
    ),
    ...hasTags('p.tags', filters.tags ?? []),
  ];
}

/** What words and vectors say of these attempts. Both know only what may be seen, so that no row is read for it. */
function patternCandidates(
  database: Database,
  index: VectorIndex,
  input: SearchInput,
  scan: ScanFilter,
  ids: readonly number[],
  bm25: ReadonlyMap<number, number>,
  lexical: LexicalStatistics,
): PatternCandidate[] {
  const cosines = ownerCosines(database, index, input, scan, ids, bm25);
  const apart = scoresApart(database, input, lexical, [...bm25.keys()]);
  return ids.map((patternId) => {
    const own = cosines.get(patternId);
    const cosineOf = (wanted: EmbeddingRole) => own?.find(({ role }) => role === wanted)?.cosine ?? null;
    return {
      patternId,
      bm25: bm25.get(patternId) ?? 0,
      bm25Apart: bm25.has(patternId) ? (apart.get(patternId) ?? 0) : 0,
      promptCosine: cosineOf('prompt'),
      codeCosine: cosineOf('code'),
      lessonCosine: cosineOf('lesson'),
    };
  });
}

/** The share of the bm25 that comes from the words which the search tells apart. */
function scoresApart(
  database: Database,
  input: SearchInput,
  lexical: LexicalStatistics,
  ids: readonly number[],
): ReadonlyMap<number, number> {
  const apart = new Set(input.wordsApart ?? []);
  const words = weightedWords(lexical).flatMap(({ word }) => (apart.has(word) ? [word] : []));
  return words.length === 0 ? new Map() : scoresAmong(database, 'PatternWords', words, new Set(ids));
}

type PatternFacts = Omit<PatternHit, keyof PatternCandidate>;

type FactsRow = [
  patternId: number,
  familyId: number,
  result: string | null,
  errorKind: string | null,
  codeKey: string,
  createdAtMs: number | null,
];

/** Of the members of these families that may be seen, by rising id. */
function factsOf(
  database: Database,
  familyIds: readonly number[],
  { sql, parameters }: Condition,
): Map<number, PatternFacts> {
  const rows = database
    .prepare<FactsRow>(
      `SELECT p.id, coalesce(p.family_id, 0), p.result, p.error_kind, coalesce(p.code_key, ''), p.created_at_ms
         FROM CodePatterns p
        WHERE p.family_id IN (SELECT value FROM json_each(?)) AND coalesce(p.archived, 0) = 0 AND ${sql}
        ORDER BY p.id`,
    )
    .raw()
    .all(JSON.stringify(familyIds), ...parameters) as FactsRow[];
  return new Map(
    rows.map(([patternId, familyId, result, errorKind, codeKey, createdAtMs]) => [
      patternId,
      { familyId, result, errorKind, codeKey, createdAtMs },
    ]),
  );
}

/** Attempts of each family by result. */
export function familyCounts(database: Database, familyIds: readonly number[]) {
  const rows = database
    .prepare<{ familyId: number } & Record<AttemptResult, number>>(
      `SELECT family_id AS familyId, count(*) FILTER (WHERE result = 'pass') AS pass,
              count(*) FILTER (WHERE result = 'fail') AS fail,
              count(*) FILTER (WHERE result = 'partial') AS partial
         FROM CodePatterns
        WHERE family_id IN (SELECT value FROM json_each(?)) AND coalesce(archived, 0) = 0 GROUP BY family_id`,
    )
    .all(JSON.stringify(familyIds));
  return new Map(rows.map(({ familyId, ...counts }) => [familyId, counts]));
}
