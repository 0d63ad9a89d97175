import type { AttemptLink, OutcomeChange } from '../../domain/ports.ts';
import type { Database } from './database.ts';
import { cosine, decodeVector } from './vector-blob.ts';

/** Writes what a changed result changes about the attempts around it. */
export function changeOutcomes(database: Database, changes: readonly OutcomeChange[]): void {
  const unlink = database.prepare(
    "DELETE FROM CodePatternContext WHERE pattern_id = ? AND context_type = 'fixes' AND context_id = ?",
  );
  for (const { patternId, repairedBy, isFlaky, fixesNoMore, fixesNow } of changes) {
    for (const fixed of fixesNoMore) unlink.run(patternId, fixed);
    const links = fixesNow.map(({ patternId: fixed, basis }) => ({
      patternId: fixed,
      contextType: 'fixes' as const,
      similarityScore: promptCosine(database, patternId, fixed),
      basis,
    }));
    insertAttemptLinks(database, patternId, links);
    if (repairedBy !== undefined) markRepaired(database, patternId, repairedBy);
    if (isFlaky === true) markFlaky(database, [patternId]);
    if (isFlaky === false) unmarkFlaky(database, patternId);
  }
}

export function insertAttemptLinks(
  database: Database,
  patternId: number,
  links: readonly AttemptLink[],
): void {
  const insert = database.prepare(
    `INSERT INTO CodePatternContext (pattern_id, context_type, context_id, similarity_score, basis)
     VALUES (?, ?, ?, ?, ?)`,
  );
  for (const link of links) {
    insert.run(patternId, link.contextType, link.patternId, link.similarityScore, link.basis ?? null);
  }
}

export function markRepaired(database: Database, failureId: number, repairId: number | null): void {
  database.prepare('UPDATE CodePatterns SET repaired_by = ? WHERE id = ?').run(repairId, failureId);
}

/** What the caller said of a failure stays; what nobody said is known now. */
export function markFlaky(database: Database, patternIds: readonly number[]): void {
  const update = database.prepare(
    "UPDATE CodePatterns SET error_kind = 'flaky', kind_derived = 1 WHERE id = ? AND error_kind IS NULL",
  );
  for (const patternId of patternIds) update.run(patternId);
}

function unmarkFlaky(database: Database, patternId: number): void {
  database
    .prepare(
      'UPDATE CodePatterns SET error_kind = NULL, kind_derived = NULL WHERE id = ? AND kind_derived = 1',
    )
    .run(patternId);
}

/** null where a vector is pending, or the two are of two model files. */
function promptCosine(database: Database, one: number, other: number): number | null {
  const vectors = database
    .prepare<Buffer>(
      `SELECT e.vector FROM CodePatterns p JOIN Embeddings e ON e.vector_id = p.vector_id
         JOIN CodePatterns q ON q.id IN (?, ?) AND q.id <> p.id
         JOIN Embeddings f ON f.vector_id = q.vector_id AND f.model_hash = e.model_hash
        WHERE p.id IN (?, ?) AND e.vector IS NOT NULL AND f.vector IS NOT NULL`,
    )
    .pluck()
    .all(one, other, one, other) as Buffer[];
  const [a, b] = vectors.map(decodeVector);
  return a === undefined || b === undefined ? null : cosine(a, b);
}
