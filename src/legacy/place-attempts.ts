import { placeAttempt } from '../domain/attempt-placement.ts';
import { attemptSearchText } from '../domain/attempt-text.ts';
import { codeKey, nameKey, promptKey } from '../domain/code-identity.ts';
import { languageOf } from '../domain/code-language.ts';
import { errorSignature } from '../domain/error-signature.ts';
import type { AttemptPlacement, AttemptResult, NewAttempt } from '../domain/ports.ts';
import { withoutMiddle } from '../domain/text-ends.ts';
import { limits } from '../limits.ts';
import type { Database } from '../storage/sqlite/database.ts';
import { indexWords } from '../storage/sqlite/full-text.ts';
import { markFlaky, markRepaired } from '../storage/sqlite/outcome-changes.ts';
import { attemptContext } from '../storage/sqlite/related-attempts.ts';
import { decodeVector } from '../storage/sqlite/vector-blob.ts';

/**
 * The project of attempts that have no place yet: so that an attempt sees the earlier ones alone, as if they had
 * been logged one after the other. No name that a user gives begins with NUL.
 */
export const unplacedProject = '\0unplaced';

export interface PlacedAttempts {
  attempts: number;
  families: number;
  /** Failures that a later attempt repaired. */
  repaired: number;
}

interface AttemptRow {
  id: string;
  function_name: string | null;
  file_name: string | null;
  module_name: string | null;
  input_prompt: string;
  generated_code: string;
  result: string | null;
  error_message: string | null;
  language: string | null;
  created_at: string;
  created_at_ms: number | null;
  model_hash: string | null;
  vector: Buffer | null;
}

const texts = ['function_name', 'file_name', 'module_name', 'result', 'error_message', 'language']
  .map((column) => `CAST(p.${column} AS TEXT) AS ${column}`)
  .join(', ');

/**
 * Derives for every moved attempt, in the order of the ids, what a new one gets when it is logged: keys, language,
 * error signature, words, family, and what it repaired. No row of CodePatternContext is added: those are the
 * user's.
 */
export function placeAttempts(database: Database): PlacedAttempts {
  let attempts = 0;
  for (let page = nextPage(database); page.length > 0; page = nextPage(database)) {
    database.write(() => {
      for (const row of page) placeOne(database, row);
    });
    attempts += page.length;
  }
  return database.read(() => ({
    attempts,
    families: count(database, 'SELECT count(*) FROM PatternFamilies'),
    repaired: count(database, 'SELECT count(*) FROM CodePatterns WHERE repaired_by IS NOT NULL'),
  }));
}

function nextPage(database: Database): AttemptRow[] {
  return database.read(() =>
    database
      .prepare<AttemptRow>(
        `SELECT CAST(p.id AS TEXT) AS id, ${texts}, coalesce(CAST(p.input_prompt AS TEXT), '') AS input_prompt,
                coalesce(CAST(p.generated_code AS TEXT), '') AS generated_code,
                coalesce(CAST(p.created_at AS TEXT), '') AS created_at, p.created_at_ms, e.model_hash, e.vector
           FROM CodePatterns p LEFT JOIN Embeddings e ON e.vector_id = p.vector_id
          WHERE p.project = ? ORDER BY p.id LIMIT ${limits.migrationBatchRows}`,
      )
      .all(unplacedProject),
  );
}

function placeOne(database: Database, row: AttemptRow): void {
  const attempt = attemptOf(row);
  const placement = placeAttempt(attempt, attemptContext(database, attempt));
  const familyId = placement.familyId ?? newFamily(database, row.id);
  database
    .prepare(
      `UPDATE CodePatterns SET project = NULL, family_id = ?, code_key = ?, prompt_key = ?, name_key = ?,
              language = coalesce(language, ?), error_signature = ?, error_kind = ?, kind_derived = ?
        WHERE id = CAST(? AS INTEGER)`,
    )
    .run(
      familyId,
      attempt.codeKey,
      attempt.promptKey,
      attempt.nameKey,
      attempt.language,
      attempt.errorSignature,
      placement.isFlaky === true ? 'flaky' : null,
      placement.isFlaky === true ? 1 : null,
      row.id,
    );
  applyToEarlier(database, row.id, placement);
  indexWords(database, 'PatternWords', BigInt(row.id), attempt.searchText);
}

function attemptOf(row: AttemptRow): NewAttempt {
  const error = row.error_message?.trim() ? row.error_message : null;
  const errorMessage =
    error === null ? null : withoutMiddle(error, limits.errorReadBytesMax, limits.errorReadBytesMax / 2);
  const signature = errorSignature(errorMessage);
  const vector = row.vector === null ? null : decodeVector(row.vector);
  return {
    project: null,
    functionName: row.function_name,
    fileName: row.file_name,
    moduleName: row.module_name,
    inputPrompt: row.input_prompt,
    generatedCode: row.generated_code,
    // Old rows may hold anything; what is none of the three is compared with nothing.
    result: row.result as AttemptResult,
    executionTimeMs: null,
    errorMessage,
    errorKind: null,
    errorSignature: signature,
    lesson: null,
    testCommand: null,
    commit: null,
    tags: [],
    usedPatternIds: [],
    fixesPatternId: null,
    origin: 'import',
    createdAt: { text: row.created_at, ms: row.created_at_ms },
    codeKey: codeKey(row.generated_code),
    promptKey: promptKey(row.input_prompt),
    nameKey: nameKey(row.function_name),
    language: row.language ?? (row.file_name === null ? null : languageOf(row.file_name)),
    searchText: attemptSearchText({
      inputPrompt: row.input_prompt,
      generatedCode: row.generated_code,
      functionName: row.function_name,
      lesson: null,
      errorMessage,
      errorSignature: signature,
    }),
    embeddings: [{ role: 'prompt', vector }],
    modelHash: row.model_hash,
  };
}

function newFamily(database: Database, representativeId: string): number {
  return Number(
    database
      .prepare('INSERT INTO PatternFamilies (project, representative_id) VALUES (NULL, CAST(? AS INTEGER))')
      .run(representativeId).lastInsertRowid,
  );
}

function applyToEarlier(database: Database, id: string, placement: AttemptPlacement): void {
  for (const link of placement.links) {
    if (link.contextType !== 'fixes') continue;
    database
      .prepare('UPDATE CodePatterns SET repaired_by = CAST(? AS INTEGER) WHERE id = ?')
      .run(id, link.patternId);
  }
  for (const reopened of placement.reopens ?? []) markRepaired(database, reopened, null);
  markFlaky(database, placement.flakyFailures ?? []);
}

function count(database: Database, sql: string): number {
  return database.prepare<number>(sql).pluck().get() as number;
}
