import type {
  LexicalStatistics,
  PatternFilters,
  PatternHit,
  PatternSearchResult,
  SearchInput,
} from '../../domain/ports.ts';
import { limits } from '../../limits.ts';
import type { Database } from './database.ts';
import { ownerVectors } from './embedding-rows.ts';
import { matchAny } from './full-text.ts';
import { inScope } from './memory-search.ts';
import { allOf, type Condition, hasTags } from './row-values.ts';
import { cosine } from './vector-blob.ts';
import type { VectorIndex } from './vector-index.ts';
import { lexicalStatistics, weightedWords, wordScores } from './word-search.ts';

/** The best candidates by word and by meaning, with every feature for each of them. */
export function searchPatterns(
  database: Database,
  index: VectorIndex,
  input: SearchInput,
  filters: PatternFilters,
): PatternSearchResult {
  const near = nearestPatterns(database, index, input, filters);
  const lexical = lexicalStatistics(database, 'PatternWords', input.words);
  const condition = patternCondition(filters);
  const bm25 = bm25Of(database, weightedWords(lexical), condition, limits.candidatesByWordMax, near.ids);
  const hits = patternHits(database, input, [...new Set([...bm25.keys(), ...near.ids])], bm25);
  const searchedRows = input.vector === null ? countPatterns(database, condition) : near.searched;
  return { hits, lexical, searchedRows: Math.max(searchedRows, hits.length) };
}

/** Every member of the families that the filters let through, with its features for the query. */
export function familyMembers(
  database: Database,
  familyIds: readonly number[],
  input: SearchInput,
  filters: PatternFilters,
): PatternHit[] {
  const condition = patternCondition(filters);
  const ids = database
    .prepare<number>(
      `SELECT p.id FROM CodePatterns p
        WHERE p.family_id IN (SELECT value FROM json_each(?)) AND coalesce(p.archived, 0) = 0 AND ${condition.sql}`,
    )
    .pluck()
    .all(JSON.stringify(familyIds), ...condition.parameters) as number[];
  const lexical = lexicalStatistics(database, 'PatternWords', input.words);
  const bm25 = bm25Of(database, weightedWords(lexical), condition, 0, ids);
  return patternHits(database, input, ids, bm25);
}

function bm25Of(
  database: Database,
  words: LexicalStatistics['wordRows'],
  condition: Condition,
  limit: number,
  alsoIds: readonly number[],
): Map<number, number> {
  const filter = {
    join: condition.parameters.length > 0 ? 'JOIN CodePatterns p ON p.id = PatternWords.rowid' : '',
    where: condition.sql,
    parameters: condition.parameters,
  };
  return wordScores(database, 'PatternWords', words, filter, limit, alsoIds);
}

function nearestPatterns(
  database: Database,
  index: VectorIndex,
  input: SearchInput,
  filters: PatternFilters,
) {
  if (input.vector === null) return { ids: [], searched: 0 };
  const further = rowConditions(filters);
  const found = index.nearest(
    input.vector,
    {
      ownerKind: 'pattern',
      scope: filters.scope,
      modelHashes: input.modelHashes,
      owners: further.length === 0 ? null : new Set(patternIds(database, allOf(further))),
    },
    limits.candidatesByMeaningMax,
  );
  return { ids: found.owners.map((owner) => owner.ownerId), searched: found.searched };
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

/** A candidate counts only if its row is there and may be seen. */
function patternHits(
  database: Database,
  input: SearchInput,
  ids: readonly number[],
  bm25: ReadonlyMap<number, number>,
): PatternHit[] {
  const rows = database
    .prepare<Omit<PatternHit, 'bm25' | 'promptCosine' | 'codeCosine' | 'lessonCosine'>>(
      `SELECT id AS patternId, coalesce(family_id, 0) AS familyId, result, error_kind AS errorKind,
              coalesce(code_key, '') AS codeKey, created_at_ms AS createdAtMs
         FROM CodePatterns WHERE id IN (SELECT value FROM json_each(?)) AND coalesce(archived, 0) = 0`,
    )
    .all(JSON.stringify(ids));
  const query = input.vector;
  const vectors = query === null ? null : ownerVectors(database, 'pattern', ids, input.modelHashes);
  return rows.map((row) => {
    const own = vectors?.get(row.patternId) ?? [];
    const cosineOf = (wanted: string): number | null => {
      const found = own.find(({ role }) => role === wanted);
      return found === undefined || query === null ? null : cosine(query, found.vector);
    };
    return {
      ...row,
      bm25: bm25.get(row.patternId) ?? 0,
      promptCosine: cosineOf('prompt'),
      codeCosine: cosineOf('code'),
      lessonCosine: cosineOf('lesson'),
    };
  });
}

/** Attempts of each family by result. */
export function familyCounts(database: Database, familyIds: readonly number[]) {
  const rows = database
    .prepare<{ familyId: number; pass: number; fail: number; partial: number }>(
      `SELECT family_id AS familyId, count(*) FILTER (WHERE result = 'pass') AS pass,
              count(*) FILTER (WHERE result = 'fail') AS fail,
              count(*) FILTER (WHERE result = 'partial') AS partial
         FROM CodePatterns
        WHERE family_id IN (SELECT value FROM json_each(?)) AND coalesce(archived, 0) = 0 GROUP BY family_id`,
    )
    .all(JSON.stringify(familyIds));
  return new Map(rows.map(({ familyId, ...counts }) => [familyId, counts]));
}
