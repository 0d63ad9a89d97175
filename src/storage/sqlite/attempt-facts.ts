import type {
  AttemptFact,
  AttemptOfCode,
  PatternFilters,
  PatternPort,
  ReadScope,
  RepairPlace,
} from '../../domain/ports.ts';
import { allOf, inScope } from './conditions.ts';
import type { Database } from './database.ts';
import { patternCondition } from './pattern-search.ts';
import { decodeTags } from './row-values.ts';

interface FactRow extends Omit<AttemptFact, 'tags' | 'repaired'> {
  tags: string | null;
  repairedBy: number | null;
}

export function attemptFacts(
  database: Database,
  filters: PatternFilters,
  sinceMs: number,
  { after, limit }: Parameters<PatternPort['attemptFacts']>[2],
): AttemptFact[] {
  const condition = patternCondition(filters);
  return database
    .prepare<FactRow>(
      `SELECT p.id AS patternId, p.project, p.result, p.error_kind AS errorKind, p.error_signature AS errorSignature, p.test_command AS testCommand,
              CASE WHEN typeof(p.execution_time_ms) IN ('integer', 'real') THEN p.execution_time_ms END AS executionTimeMs, p.created_at_ms AS createdAtMs, p.function_name AS functionName,
              p.file_name AS fileName, p.module_name AS moduleName, p.tags, p.repaired_by AS repairedBy
         FROM CodePatterns p
        WHERE p.created_at_ms >= ? AND (p.created_at_ms, p.id) < (?, ?)
          AND coalesce(p.archived, 0) = 0 AND ${condition.sql}
        ORDER BY p.created_at_ms DESC, p.id DESC LIMIT ?`,
    )
    .all(
      sinceMs,
      after?.createdAtMs ?? Number.MAX_SAFE_INTEGER,
      after?.patternId ?? Number.MAX_SAFE_INTEGER,
      ...condition.parameters,
      limit,
    )
    .map(({ tags, repairedBy, ...row }) => ({
      ...row,
      tags: decodeTags(tags),
      repaired: repairedBy !== null,
    }));
}

export function attemptsWithCode(database: Database, codeKey: string, scope: ReadScope): AttemptOfCode[] {
  const condition = allOf(inScope('p.project', scope));
  return database
    .prepare<Omit<AttemptOfCode, 'repaired'> & { repairedBy: number | null }>(
      `SELECT p.id AS patternId, p.result, p.error_kind AS errorKind, p.function_name AS functionName,
              p.file_name AS fileName, p.repaired_by AS repairedBy
         FROM CodePatterns p
        WHERE p.code_key = ? AND coalesce(p.archived, 0) = 0 AND ${condition.sql} ORDER BY p.id DESC`,
    )
    .all(codeKey, ...condition.parameters)
    .map(({ repairedBy, ...row }) => ({ ...row, repaired: repairedBy !== null }));
}

export function repairsAt(
  database: Database,
  { scope, familyIds, nameKeys, fileNames }: RepairPlace,
  limit: number,
): { failureId: number; repairId: number }[] {
  const condition = allOf(inScope('p.project', scope));
  return database
    .prepare<{ failureId: number; repairId: number }>(
      `SELECT p.id AS failureId, r.id AS repairId
         FROM CodePatterns p JOIN CodePatterns r ON r.id = p.repaired_by
        WHERE (p.family_id IN (SELECT value FROM json_each(?)) OR p.name_key IN (SELECT value FROM json_each(?))
               OR p.file_name IN (SELECT value FROM json_each(?)))
          AND coalesce(p.archived, 0) = 0 AND coalesce(r.archived, 0) = 0 AND ${condition.sql}
        ORDER BY p.id DESC LIMIT ?`,
    )
    .all(
      JSON.stringify(familyIds),
      JSON.stringify(nameKeys),
      JSON.stringify(fileNames),
      ...condition.parameters,
      limit,
    );
}
