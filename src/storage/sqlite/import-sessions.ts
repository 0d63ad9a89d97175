import type { Database } from './database.ts';
import { precedingIdSql } from './session-order.ts';

/**
 * A message is embedded behind the one before it. Where an imported message follows one that was here already, that
 * may be another one than in the file, so its vector is made anew. Returns how many.
 */
export function renewFirstOfRuns(
  database: Database,
  placed: ReadonlyMap<string, { id: bigint; isNew: boolean }>,
  changeNumber: number,
): number {
  const added = `[${[...placed.values()].flatMap(({ id, isNew }) => (isNew ? [id] : [])).join(',')}]`;
  return database
    .prepare(
      `UPDATE Embeddings SET vector = NULL, model_hash = NULL, change_number = ?
        WHERE owner_kind = 'message' AND role = 'text' AND vector IS NOT NULL AND owner_id IN (
          SELECT o.id FROM ChatHistory o JOIN ChatHistory p ON p.id = ${precedingIdSql}
           WHERE o.id IN (SELECT value FROM json_each(?)) AND p.id NOT IN (SELECT value FROM json_each(?)))`,
    )
    .run(changeNumber, added, added).changes;
}
