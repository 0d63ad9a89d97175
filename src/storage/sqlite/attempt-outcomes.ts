import type { AttemptOutcomes } from '../../domain/ports.ts';
import type { Database } from './database.ts';

/** What says nothing about the code is left out: failures of the environment and flaky ones. */
const judged = `coalesce(error_kind, '') NOT IN ('environment', 'flaky')`;

export function readAttemptOutcomes(database: Database): { all: AttemptOutcomes; informed: AttemptOutcomes } {
  return {
    all: outcomes(database, judged),
    informed: outcomes(
      database,
      `${judged} AND id IN (SELECT pattern_id FROM CodePatternContext WHERE context_type = 'informed_by')`,
    ),
  };
}

export function newestAttemptIds(database: Database, limit: number): number[] {
  return database
    .prepare<number>('SELECT id FROM CodePatterns WHERE coalesce(archived, 0) = 0 ORDER BY id DESC LIMIT ?')
    .pluck()
    .all(limit) as number[];
}

function outcomes(database: Database, condition: string): AttemptOutcomes {
  return database
    .prepare<AttemptOutcomes>(
      `SELECT coalesce(sum(result = 'pass'), 0) AS pass, coalesce(sum(result = 'fail'), 0) AS fail,
              coalesce(sum(result = 'partial'), 0) AS partial
         FROM CodePatterns WHERE ${condition}`,
    )
    .get() as AttemptOutcomes;
}
