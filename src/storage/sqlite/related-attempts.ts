import type { AttemptContext, NewAttempt, RelatedAttempt } from '../../domain/ports.ts';
import { limits } from '../../limits.ts';
import type { Database } from './database.ts';
import { ownerVectors } from './embedding-rows.ts';
import { cosine } from './vector-blob.ts';

type RelatedRow = Omit<
  RelatedAttempt,
  | 'sameProject'
  | 'repaired'
  | 'promptCosine'
  | 'isRepresentative'
  | 'codeKey'
  | 'codeStart'
  | 'promptKey'
  | 'familySize'
> & {
  project: string | null;
  codeKey: string | null;
  codeStart: string | null;
  promptKey: string | null;
  repairedBy: number | null;
  representativeId: number | null;
};

const relatedColumns = `
  p.id AS patternId, p.family_id AS familyId, p.file_name AS fileName,
  p.module_name AS moduleName, p.result, p.error_kind AS errorKind, p.error_signature AS errorSignature,
  p.test_command AS testCommand, p.commit_id AS "commit", p.code_key AS codeKey,
  substr(p.generated_code, 1, ${limits.codeStartCharacters}) AS codeStart, p.prompt_key AS promptKey, p.name_key AS nameKey,
  p.language, p.created_at_ms AS createdAtMs, p.project, p.repaired_by AS repairedBy,
  f.representative_id AS representativeId,
  CASE WHEN f.representative_id = p.id THEN substr(p.input_prompt, 1, ${limits.promptComparedCharactersMax}) END AS promptHead`;

/**
 * The earlier attempts that may belong with a new one: the newest by the same prompt, function name, file,
 * module and test command, the representatives of their families, and those it names by id.
 */
export function attemptContext(database: Database, attempt: NewAttempt): AttemptContext {
  const ids = new Set<number>();
  for (const [column, value] of [
    ['prompt_key', attempt.promptKey],
    ['name_key', attempt.nameKey],
    ['file_name', attempt.fileName],
    ['module_name', attempt.moduleName],
    ['test_command', attempt.testCommand],
  ] as const) {
    if (value === null) continue;
    for (const id of newestBy(database, column, value, attempt.project)) ids.add(id);
  }
  const rows = rowsOf(database, [...ids]);
  const further = new Set([
    ...rows.flatMap((row) => row.representativeId ?? []),
    ...attempt.usedPatternIds,
    ...(attempt.fixesPatternId === null ? [] : [attempt.fixesPatternId]),
  ]);
  const all = [
    ...rows,
    ...rowsOf(
      database,
      [...further].filter((id) => !ids.has(id)),
    ),
  ];
  return {
    related: relatedAttempts(database, attempt, all),
    filesOfName: attempt.nameKey === null ? 0 : filesOfName(database, attempt.nameKey, attempt.project),
  };
}

/** The index alone gives the candidates, twice as many as are wanted; which are archived is read of those only. */
function newestBy(database: Database, column: string, value: string, project: string | null): number[] {
  return database
    .prepare<number>(
      `SELECT id FROM CodePatterns
        WHERE id IN (SELECT id FROM CodePatterns WHERE ${column} = ? AND project IS ? ORDER BY id DESC LIMIT ?)
          AND coalesce(archived, 0) = 0 ORDER BY id DESC LIMIT ?`,
    )
    .pluck()
    .all(value, project, 2 * limits.relatedAttemptsPerKeyMax, limits.relatedAttemptsPerKeyMax) as number[];
}

function rowsOf(database: Database, ids: readonly number[]): RelatedRow[] {
  if (ids.length === 0) return [];
  const rows = database
    .prepare<RelatedRow>(
      `SELECT ${relatedColumns} FROM CodePatterns p LEFT JOIN PatternFamilies f ON f.id = p.family_id
        WHERE p.id IN (SELECT value FROM json_each(?))`,
    )
    .all(JSON.stringify(ids));
  // A moved row whose id JavaScript cannot hold is related to nothing: the id would name another row.
  const byId = new Map(
    rows.filter(({ patternId }) => Number.isSafeInteger(patternId)).map((row) => [row.patternId, row]),
  );
  return ids.flatMap((id) => byId.get(id) ?? []);
}

function familySizes(database: Database, rows: readonly RelatedRow[]): Map<number, number> {
  const families = [...new Set(rows.map((row) => row.familyId))];
  const sizes = database
    .prepare<{ familyId: number; size: number }>(
      `SELECT family_id AS familyId, count(*) AS size FROM CodePatterns
        WHERE family_id IN (SELECT value FROM json_each(?)) GROUP BY family_id`,
    )
    .all(JSON.stringify(families));
  return new Map(sizes.map(({ familyId, size }) => [familyId, size]));
}

function relatedAttempts(
  database: Database,
  attempt: NewAttempt,
  rows: readonly RelatedRow[],
): RelatedAttempt[] {
  const sizes = familySizes(database, rows);
  const prompt = attempt.embeddings.find((embedding) => embedding.role === 'prompt')?.vector ?? null;
  const ids = rows.map((row) => row.patternId);
  const hashes = attempt.modelHash === null ? undefined : [attempt.modelHash];
  const vectors = prompt === null ? null : ownerVectors(database, 'pattern', ids, hashes, 'prompt');
  return rows.map(({ project, repairedBy, representativeId, codeKey, codeStart, promptKey, ...row }) => {
    const own = vectors?.get(row.patternId)?.[0]?.vector;
    return {
      ...row,
      codeKey: codeKey ?? '',
      codeStart: codeStart ?? '',
      promptKey: promptKey ?? '',
      familySize: sizes.get(row.familyId) ?? 0,
      sameProject: project === attempt.project,
      repaired: repairedBy !== null,
      promptCosine: prompt === null || own === undefined ? null : cosine(prompt, own),
      isRepresentative: representativeId === row.patternId,
    };
  });
}

/** Counted no further than the rule that asks needs to know. */
function filesOfName(database: Database, nameKey: string, project: string | null): number {
  return database
    .prepare<number>(
      `SELECT count(*) FROM (SELECT DISTINCT file_name FROM CodePatterns
        WHERE name_key = ? AND project IS ? AND file_name IS NOT NULL LIMIT ?)`,
    )
    .pluck()
    .get(nameKey, project, limits.functionNameFilesMax + 1) as number;
}
