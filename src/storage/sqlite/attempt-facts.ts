import type { AttemptFact, PatternFilters, PatternRecord, ReadScope } from '../../domain/ports.ts';
import type { Database } from './database.ts';
import { inScope } from './memory-search.ts';
import { readPatterns } from './pattern-rows.ts';
import { patternCondition } from './pattern-search.ts';
import { allOf, decodeTags } from './row-values.ts';

interface FactRow extends Omit<AttemptFact, 'tags' | 'repaired'> {
  tags: string | null;
  repairedBy: number | null;
}

export function attemptFacts(database: Database, filters: PatternFilters, sinceMs: number): AttemptFact[] {
  const condition = patternCondition(filters);
  return database
    .prepare<FactRow>(
      `SELECT p.id AS patternId, p.result, p.error_kind AS errorKind, p.error_signature AS errorSignature,
              p.execution_time_ms AS executionTimeMs, p.created_at_ms AS createdAtMs, p.function_name AS functionName,
              p.file_name AS fileName, p.module_name AS moduleName, p.tags, p.repaired_by AS repairedBy
         FROM CodePatterns p
        WHERE p.created_at_ms >= ? AND coalesce(p.archived, 0) = 0 AND ${condition.sql} ORDER BY p.id`,
    )
    .all(sinceMs, ...condition.parameters)
    .map(({ tags, repairedBy, ...row }) => ({
      ...row,
      tags: decodeTags(tags),
      repaired: repairedBy !== null,
    }));
}

export function attemptsWithCode(database: Database, codeKey: string, scope: ReadScope): PatternRecord[] {
  const condition = allOf(inScope('p.project', scope));
  const ids = database
    .prepare<number>(
      `SELECT p.id FROM CodePatterns p
        WHERE p.code_key = ? AND coalesce(p.archived, 0) = 0 AND ${condition.sql} ORDER BY p.id DESC`,
    )
    .pluck()
    .all(codeKey, ...condition.parameters) as number[];
  return readPatterns(database, ids);
}
