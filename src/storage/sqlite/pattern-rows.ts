import type {
  AttemptHeads,
  AttemptPlacement,
  NewAttempt,
  PatternRecord,
  StoredAttempt,
} from '../../domain/ports.ts';
import { limits } from '../../limits.ts';
import type { Database } from './database.ts';
import { insertEmbedding } from './embedding-rows.ts';
import { indexWords } from './full-text.ts';
import { insertAttemptLinks, markFlaky, markRepaired } from './outcome-changes.ts';
import { idForNewRow } from './row-id.ts';
import { decodeOrigin, decodeTags, encodeTags, inOrderOf } from './row-values.ts';
import { takeChangeNumber, takeVectorIds } from './sequence.ts';

/** Writes an attempt with its embeddings, words, family and links; the caller's transaction makes it whole. */
export function insertAttempt(
  database: Database,
  attempt: NewAttempt,
  placement: AttemptPlacement,
  writtenBy: string,
): StoredAttempt {
  const changeNumber = takeChangeNumber(database);
  const vectorId = takeVectorIds(database, attempt.embeddings.length);
  const familyId = placement.familyId ?? newFamily(database, attempt.project);
  const patternId = insertPatternRow(database, attempt, vectorId, familyId, writtenBy);
  if (placement.familyId === null) {
    database
      .prepare('UPDATE PatternFamilies SET representative_id = ? WHERE id = ?')
      .run(patternId, familyId);
  }
  attempt.embeddings.forEach(({ role, vector }, i) => {
    insertEmbedding(database, {
      vectorId: vectorId + i,
      ownerKind: 'pattern',
      ownerId: patternId,
      role,
      vector,
      modelHash: attempt.modelHash,
      project: attempt.project,
      changeNumber,
    });
  });
  indexWords(database, 'PatternWords', patternId, attempt.searchText);
  insertAttemptLinks(database, patternId, placement.links);
  for (const { contextType, patternId: failureId } of placement.links) {
    if (contextType === 'fixes') markRepaired(database, failureId, patternId);
  }
  // Failures that are there again count as repaired no more; the link to the repair stays.
  for (const reopened of placement.reopens ?? []) markRepaired(database, reopened, null);
  const flaky = placement.isFlaky === true ? [patternId] : [];
  markFlaky(database, [...flaky, ...(placement.flakyFailures ?? [])]);
  return {
    patternId,
    vectorId,
    familyId,
    links: placement.links,
    pendingVectors: attempt.embeddings.filter((embedding) => embedding.vector === null).length,
  };
}

function newFamily(database: Database, project: string | null): number {
  return Number(
    database.prepare('INSERT INTO PatternFamilies (project) VALUES (?)').run(project).lastInsertRowid,
  );
}

function insertPatternRow(
  database: Database,
  attempt: NewAttempt,
  vectorId: number,
  familyId: number,
  writtenBy: string,
): number {
  const row: Record<string, string | number | null> = {
    id: idForNewRow(database, 'CodePatterns'),
    function_name: attempt.functionName,
    file_name: attempt.fileName,
    module_name: attempt.moduleName,
    input_prompt: attempt.inputPrompt,
    generated_code: attempt.generatedCode,
    result: attempt.result,
    execution_time_ms: attempt.executionTimeMs,
    error_message: attempt.errorMessage,
    tags: encodeTags(attempt.tags),
    created_at: attempt.createdAt.text,
    created_at_ms: attempt.createdAt.ms,
    vector_id: vectorId,
    project: attempt.project,
    origin: attempt.origin,
    lesson: attempt.lesson,
    error_kind: attempt.errorKind,
    error_signature: attempt.errorSignature,
    test_command: attempt.testCommand,
    commit_id: attempt.commit,
    code_key: attempt.codeKey,
    prompt_key: attempt.promptKey,
    name_key: attempt.nameKey,
    language: attempt.language,
    family_id: familyId,
    archived: 0,
    written_by: writtenBy,
  };
  const columns = Object.keys(row);
  const sql = `INSERT INTO CodePatterns (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
  return Number(database.prepare(sql).run(...Object.values(row)).lastInsertRowid);
}

interface PatternRow {
  id: number;
  project: string | null;
  function_name: string | null;
  file_name: string | null;
  module_name: string | null;
  input_prompt: string | null;
  generated_code: string | null;
  result: string | null;
  execution_time_ms: number | null;
  error_message: string | null;
  error_kind: string | null;
  error_signature: string | null;
  lesson: string | null;
  test_command: string | null;
  commit_id: string | null;
  tags: string | null;
  origin: string | null;
  created_at: string | null;
  created_at_ms: number | null;
  archived: number | null;
  vector_id: number | null;
  family_id: number | null;
  repaired_by: number | null;
  repair_basis: string | null;
}

export function readPatterns(database: Database, patternIds: readonly number[]): PatternRecord[] {
  const rows = database
    .prepare<PatternRow>(
      `SELECT p.*, (SELECT basis FROM CodePatternContext x
                     WHERE x.pattern_id = p.repaired_by AND x.context_id = p.id AND x.context_type = 'fixes'
                     ORDER BY x.id DESC LIMIT 1) AS repair_basis
         FROM CodePatterns p WHERE p.id IN (SELECT value FROM json_each(?))`,
    )
    .all(JSON.stringify(patternIds));
  return inOrderOf(patternIds, rows).map(patternRecord);
}

export function attemptHeads(database: Database, patternIds: readonly number[]): Map<number, AttemptHeads> {
  const rows = database
    .prepare<[number, string, string, string]>(
      `SELECT id, coalesce(substr(input_prompt, 1, ${limits.promptComparedCharactersMax}), ''),
              coalesce(substr(generated_code, 1, ${limits.codeComparedCharactersMax}), ''),
              coalesce(substr(error_message, 1, ${limits.errorComparedCharactersMax}), '')
         FROM CodePatterns WHERE id IN (SELECT value FROM json_each(?)) AND coalesce(archived, 0) = 0`,
    )
    .raw()
    .all(JSON.stringify(patternIds)) as [number, string, string, string][];
  return new Map(rows.map(([id, prompt, code, error]) => [id, { prompt, code, error }]));
}

function patternRecord(row: PatternRow): PatternRecord {
  return {
    patternId: row.id,
    project: row.project,
    functionName: row.function_name,
    fileName: row.file_name,
    moduleName: row.module_name,
    inputPrompt: row.input_prompt ?? '',
    generatedCode: row.generated_code ?? '',
    result: row.result,
    // Rows that were moved over hold anything.
    executionTimeMs: typeof row.execution_time_ms === 'number' ? row.execution_time_ms : null,
    errorMessage: row.error_message,
    errorKind: row.error_kind,
    errorSignature: row.error_signature,
    lesson: row.lesson,
    testCommand: row.test_command,
    commit: row.commit_id,
    tags: decodeTags(row.tags),
    origin: decodeOrigin(row.origin),
    createdAt: { text: row.created_at ?? '', ms: row.created_at_ms },
    archived: row.archived === 1,
    vectorId: row.vector_id,
    familyId: row.family_id ?? 0,
    fixedBy:
      row.repaired_by === null ? null : { patternId: row.repaired_by, basis: row.repair_basis ?? 'unknown' },
  };
}
