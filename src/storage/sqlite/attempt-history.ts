import type { AttemptInHistory } from '../../domain/ports.ts';
import { limits } from '../../limits.ts';
import type { Database } from './database.ts';

type HistoryRow = Omit<AttemptInHistory, 'sameProject' | 'codeKey'> & {
  project: string | null;
  codeKey: string | null;
};

/**
 * The attempts that an attempt's result may say something about, and those that say something about them, in the
 * order in which they were logged: of the same family, function or test command, the nearest before and after, in two rounds; and
 * what is linked with it as a repair. Archived ones too: they took part when they were logged.
 */
export function attemptHistory(database: Database, patternId: number): AttemptInHistory[] {
  let rows = rowsOf(database, [patternId]);
  const own = rows[0];
  if (own === undefined) return [];
  const asked = new Set<string>();
  const ids = new Set([patternId, ...linkedRepairs(database, patternId)]);
  for (let round = 0; round < 2; round += 1) {
    for (const row of rows) {
      const keys = [
        ['family_id', row.familyId],
        ['name_key', row.nameKey],
        ['test_command', row.testCommand],
      ] as const;
      for (const [column, value] of keys) {
        const key = JSON.stringify([column, value]);
        if (value === null || value === 0 || asked.has(key) || asked.size >= limits.reconsideredKeysMax)
          continue;
        asked.add(key);
        for (const id of around(database, column, value, own)) ids.add(id);
      }
    }
    rows = rowsOf(database, [...ids]);
  }
  return rows.map(({ project, codeKey, ...row }) => ({
    ...row,
    codeKey: codeKey ?? '',
    sameProject: project === own.project,
  }));
}

function around(
  database: Database,
  column: string,
  value: string | number,
  own: { patternId: number; project: string | null },
): number[] {
  const next = (side: string) =>
    database
      .prepare<number>(`SELECT id FROM CodePatterns WHERE ${column} = ? AND project IS ? AND ${side} LIMIT ?`)
      .pluck()
      .all(value, own.project, own.patternId, limits.reconsideredAttemptsPerKeyMax) as number[];
  return [...next('id < ? ORDER BY id DESC'), ...next('id > ? ORDER BY id')];
}

function linkedRepairs(database: Database, patternId: number): number[] {
  return database
    .prepare<number>(
      `SELECT context_id FROM CodePatternContext WHERE context_type = 'fixes' AND pattern_id = ?
       UNION SELECT pattern_id FROM CodePatternContext WHERE context_type = 'fixes' AND context_id = ?`,
    )
    .pluck()
    .all(patternId, patternId) as number[];
}

function rowsOf(database: Database, ids: readonly number[]): HistoryRow[] {
  return database
    .prepare<HistoryRow>(
      `SELECT p.id AS patternId, p.project, coalesce(p.family_id, 0) AS familyId, p.file_name AS fileName, p.result,
              p.error_signature AS errorSignature, p.test_command AS testCommand, p.code_key AS codeKey,
              p.name_key AS nameKey, p.created_at_ms AS createdAtMs, coalesce(p.input_prompt, '') AS inputPrompt,
              coalesce(p.generated_code, '') AS generatedCode, p.lesson,
              CASE WHEN p.kind_derived = 1 THEN NULL ELSE p.error_kind END AS givenErrorKind,
              (SELECT max(x.context_id) FROM CodePatternContext x WHERE x.pattern_id = p.id
                  AND x.context_type = 'fixes' AND x.basis = 'explicit') AS fixesPatternId
         FROM CodePatterns p WHERE p.id IN (SELECT value FROM json_each(?)) ORDER BY p.id`,
    )
    .all(JSON.stringify(ids));
}
