import type { OwnerKind } from '../../domain/embedding-text.ts';
import type { CosineSpread, LexicalStatistics, ReadScope, SearchInput } from '../../domain/ports.ts';
import { limits } from '../../limits.ts';
import { allOf, type Condition, inScope } from './conditions.ts';
import type { Database } from './database.ts';
import { ownerVectors } from './embedding-rows.ts';
import type { WordIndex } from './full-text.ts';
import { nearestOwners } from './owner-cosines.ts';
import { cosine } from './vector-blob.ts';
import type { VectorIndex } from './vector-index.ts';
import { bestScores, lexicalStatistics, weightedWords } from './word-search.ts';

/** A kind of row that is its own searchable text; `o` is its table in every expression. */
interface OwnerSearch {
  ownerKind: OwnerKind;
  table: 'ChatHistory' | 'Todos';
  words: WordIndex;
  lengthOf: string;
  createdAtMs: string;
  scope: ReadScope;
  conditions: Condition[];
}

export interface OwnerHit {
  ownerId: number;
  bm25: number;
  cosine: number | null;
  textLength: number;
  createdAtMs: number | null;
}

/** The best candidates by word and by meaning among rows of one table, with every feature for each. */
export function ownerHits(
  database: Database,
  index: VectorIndex,
  input: SearchInput,
  search: OwnerSearch,
): { hits: OwnerHit[]; lexical: LexicalStatistics; searchedRows: number; spread: CosineSpread } {
  const scan = {
    ownerKind: search.ownerKind,
    scope: search.scope,
    modelHashes: input.modelHashes,
    owners: search.conditions.length === 0 ? null : ownerIds(database, search),
  };
  const near = nearestOwners(index, input, scan, limits.candidatesByMeaningMax);
  const lexical = lexicalStatistics(database, search.words, input.words);
  const condition = allOf([...inScope('o.project', search.scope), ...search.conditions]);
  const bm25 = bestScores(
    database,
    search.words,
    weightedWords(lexical),
    (ids) => ownersPassing(database, search.table, ids, condition),
    limits.candidatesByWordMax,
    near.ids,
  );
  const ids = [...new Set([...bm25.keys(), ...near.ids])];
  const hits = readOwners(database, input, search, ids).map((owner) => ({
    ...owner,
    bm25: bm25.get(owner.ownerId) ?? 0,
  }));
  return { hits, lexical, searchedRows: Math.max(near.searched, hits.length), spread: near.spread };
}

/** Those of the ids that are there and not archived, whether or not they pass the filter. */
export function readOwners(
  database: Database,
  input: SearchInput,
  search: Pick<OwnerSearch, 'ownerKind' | 'table' | 'lengthOf' | 'createdAtMs'>,
  ids: readonly number[],
): Omit<OwnerHit, 'bm25'>[] {
  const rows = database
    .prepare<Pick<OwnerHit, 'ownerId' | 'textLength' | 'createdAtMs'>>(
      `SELECT o.id AS ownerId, length(${search.lengthOf}) AS textLength, ${search.createdAtMs} AS createdAtMs
         FROM ${search.table} o
        WHERE o.id IN (SELECT value FROM json_each(?)) AND coalesce(o.archived, 0) = 0`,
    )
    .all(JSON.stringify(ids)) as Pick<OwnerHit, 'ownerId' | 'textLength' | 'createdAtMs'>[];
  const query = input.vector;
  const vectors = query === null ? null : ownerVectors(database, search.ownerKind, ids, input.modelHashes);
  return rows.map((row) => {
    const own = vectors?.get(row.ownerId)?.map(({ vector }) => cosine(query as Float32Array, vector));
    return { ...row, cosine: own === undefined ? null : Math.max(...own) };
  });
}

function ownerIds(database: Database, search: OwnerSearch): ReadonlySet<number> {
  const { sql, parameters } = allOf(search.conditions);
  const ids = database
    .prepare<number>(`SELECT o.id FROM ${search.table} o WHERE ${sql}`)
    .pluck()
    .all(...parameters);
  return new Set(ids as number[]);
}

function ownersPassing(
  database: Database,
  table: OwnerSearch['table'],
  ids: readonly number[],
  { sql, parameters }: Condition,
): readonly number[] {
  if (parameters.length === 0) return ids;
  return database
    .prepare<number>(`SELECT o.id FROM ${table} o WHERE o.id IN (SELECT value FROM json_each(?)) AND ${sql}`)
    .pluck()
    .all(JSON.stringify(ids), ...parameters) as number[];
}
