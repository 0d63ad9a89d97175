import type { RowRules } from '../../domain/checkup.ts';
import type { EmbeddingRole, OwnerKind } from '../../domain/embedding-text.ts';
import type { Database } from './database.ts';
import { insertEmbedding } from './embedding-rows.ts';
import { expectedVectors, owners, ownVector, unusableVector, wrongRepair } from './row-checks.ts';
import { indexInBatches, wordIndexes } from './row-words.ts';
import { schemaSql } from './schema-objects.ts';
import { raiseSequence, takeChangeNumber, takeVectorIds } from './sequence.ts';
import { unusableVectorIds, wrongKeys } from './value-checks.ts';
import { dimensions } from './vector-blocks.ts';

export interface RepairStep {
  /** The finding, or findings, that it mends. */
  code: string | string[];
  message: string;
  /** Inside a write transaction. Returns how much was mended. */
  run(database: Database, rules: RowRules): number;
}

/** In this order: what a later step relies on comes first. */
export const repairSteps: readonly RepairStep[] = [
  { code: 'sequence_rows', message: 'one row of the sequence is left, the furthest', run: oneSequenceRow },
  {
    code: 'vector_ids_twice',
    message: 'vectors that are there are not said to be removed',
    run: forgetRemovals,
  },
  { code: 'sequence_behind', message: 'the sequence is at the last vector id again', run: raiseSequence },
  { code: 'change_numbers_ahead', message: 'the counter is above every change again', run: raiseChanges },
  { code: 'vectors_orphaned', message: 'vectors without a row removed', run: removeOrphans },
  { code: 'vectors_missing', message: 'pending vectors added for texts without one', run: addMissing },
  { code: 'vectors_not_named', message: 'rows name their own vector again', run: nameOwnVectors },
  { code: 'vectors_unusable', message: 'vectors to be made anew', run: emptyUnusable },
  { code: 'vectors_other_model', message: 'vectors to be made anew with this model', run: emptyOtherModel },
  {
    code: 'vectors_visibility',
    message: 'vectors shown, hidden and placed as their rows are',
    run: followOwners,
  },
  { code: 'pattern_keys_wrong', message: 'keys of attempts made anew', run: renewKeys },
  { code: 'families_wrong', message: 'families set right', run: renewFamilies },
  { code: 'repairs_wrong', message: 'failures follow their links again', run: renewRepairs },
  {
    code: ['full_text_damaged', 'full_text_missing', 'full_text_surplus'],
    message: 'rows in full text, built anew',
    run: rebuildFullText,
  },
];

function changes(database: Database, sql: string, ...parameters: unknown[]): number {
  return database.prepare(sql).run(...parameters).changes;
}

function oneSequenceRow(database: Database): number {
  const last = database
    .prepare<number | null>('SELECT max(last_vector_id) FROM VectorIdSequence')
    .pluck()
    .get();
  const removed = changes(database, 'DELETE FROM VectorIdSequence');
  changes(
    database,
    'INSERT INTO VectorIdSequence (id, last_vector_id, written_by) VALUES (1, ?, ?)',
    last ?? 0,
    'ltmc doctor',
  );
  raiseSequence(database);
  return Math.max(1, removed - 1);
}

function forgetRemovals(database: Database): number {
  return changes(
    database,
    'DELETE FROM RemovedVectors WHERE vector_id IN (SELECT vector_id FROM Embeddings)',
  );
}

function raiseChanges(database: Database): number {
  return changes(
    database,
    `UPDATE StoreInfo SET last_change = max(last_change,
       (SELECT coalesce(max(change_number), 0) FROM Embeddings),
       (SELECT coalesce(max(change_number), 0) FROM RemovedVectors))`,
  );
}

function removeOrphans(database: Database): number {
  const orphans = `SELECT vector_id FROM Embeddings e
    WHERE NOT EXISTS (SELECT 1 FROM (${owners}) o WHERE o.kind = e.owner_kind AND o.id = e.owner_id)`;
  changes(
    database,
    `INSERT OR REPLACE INTO RemovedVectors (vector_id, change_number) SELECT vector_id, ? FROM (${orphans})`,
    takeChangeNumber(database),
  );
  return changes(database, `DELETE FROM Embeddings WHERE vector_id IN (${orphans})`);
}

function addMissing(database: Database): number {
  const missing = database
    .prepare<{ ownerKind: OwnerKind; ownerId: number; role: EmbeddingRole; project: string | null }>(
      `SELECT x.owner_kind AS ownerKind, x.owner_id AS ownerId, x.role, o.project
         FROM (${expectedVectors}) x JOIN (${owners}) o ON o.kind = x.owner_kind AND o.id = x.owner_id
        WHERE NOT EXISTS (SELECT 1 FROM Embeddings e
                           WHERE e.owner_kind = x.owner_kind AND e.owner_id = x.owner_id AND e.role = x.role)`,
    )
    .all();
  const changeNumber = takeChangeNumber(database);
  const first = missing.length === 0 ? 0 : takeVectorIds(database, missing.length);
  missing.forEach((row, i) => {
    insertEmbedding(database, {
      ...row,
      vectorId: first + i,
      vector: null,
      modelHash: null,
      changeNumber,
    });
  });
  if (missing.length > 0) {
    nameOwnVectors(database);
    followOwners(database);
  }
  return missing.length;
}

function nameOwnVectors(database: Database): number {
  const name = (table: string, kind: string, role: string) => {
    const wrong = database
      .prepare<number>(ownVector(table, kind, role))
      .pluck()
      .all() as number[];
    const list = JSON.stringify(wrong);
    // Two rows may each name the other's: no id may stand twice on the way.
    changes(
      database,
      `UPDATE ${table} SET vector_id = NULL WHERE id IN (SELECT value FROM json_each(?))`,
      list,
    );
    return changes(
      database,
      `UPDATE ${table} SET vector_id = (SELECT min(vector_id) FROM Embeddings
          WHERE owner_kind = '${kind}' AND owner_id = ${table}.id AND role = '${role}')
        WHERE id IN (SELECT value FROM json_each(?))`,
      list,
    );
  };
  return name('ResourceChunks', 'chunk', 'text') + name('CodePatterns', 'pattern', 'prompt');
}

const emptied = `UPDATE Embeddings
  SET vector = NULL, model_hash = NULL, dimensions = ${dimensions}, change_number = ?`;

function emptyUnusable(database: Database): number {
  const changeNumber = takeChangeNumber(database);
  const ids = JSON.stringify(unusableVectorIds(database));
  return (
    changes(database, `${emptied} WHERE ${unusableVector}`, changeNumber) +
    changes(database, `${emptied} WHERE vector_id IN (SELECT value FROM json_each(?))`, changeNumber, ids)
  );
}

function emptyOtherModel(database: Database, { modelHashes }: RowRules): number {
  if (modelHashes === null) return 0;
  return changes(
    database,
    `${emptied} WHERE vector IS NOT NULL AND model_hash NOT IN (SELECT value FROM json_each(?))`,
    takeChangeNumber(database),
    JSON.stringify(modelHashes),
  );
}

function followOwners(database: Database): number {
  return changes(
    database,
    `UPDATE Embeddings SET visible = o.visible, project = o.project, change_number = ?
       FROM (${owners}) o
      WHERE o.kind = owner_kind AND o.id = owner_id
        AND (Embeddings.visible <> o.visible OR Embeddings.project IS NOT o.project)`,
    takeChangeNumber(database),
  );
}

function renewKeys(database: Database, rules: RowRules): number {
  const wrong = wrongKeys(database, rules);
  const update = database.prepare(
    'UPDATE CodePatterns SET code_key = ?, prompt_key = ?, name_key = ? WHERE id = ?',
  );
  for (const { id, codeKey, promptKey, nameKey } of wrong) update.run(codeKey, promptKey, nameKey, id);
  return wrong.length;
}

/** An attempt without a family, or in one of another project, joins that of the same prompt, or gets its own. */
function renewFamilies(database: Database): number {
  const lost = database
    .prepare<{ id: number; project: string | null; promptKey: string | null }>(
      `SELECT p.id, p.project, p.prompt_key AS promptKey FROM CodePatterns p
         LEFT JOIN PatternFamilies f ON f.id = p.family_id
        WHERE f.id IS NULL OR f.project IS NOT p.project ORDER BY p.id`,
    )
    .all();
  const same = database
    .prepare<number>(
      `SELECT p.family_id FROM CodePatterns p JOIN PatternFamilies f ON f.id = p.family_id AND f.project IS p.project
        WHERE p.prompt_key = ? AND p.project IS ? ORDER BY p.family_id LIMIT 1`,
    )
    .pluck();
  for (const { id, project, promptKey } of lost) {
    const known = same.get(promptKey, project) as number | undefined;
    const familyId =
      known ??
      database.prepare('INSERT INTO PatternFamilies (project) VALUES (?)').run(project).lastInsertRowid;
    changes(database, 'UPDATE CodePatterns SET family_id = ? WHERE id = ?', familyId, id);
  }
  const removed = changes(
    database,
    'DELETE FROM PatternFamilies WHERE id NOT IN (SELECT family_id FROM CodePatterns WHERE family_id IS NOT NULL)',
  );
  const renamed = changes(
    database,
    `UPDATE PatternFamilies SET representative_id = (SELECT min(id) FROM CodePatterns WHERE family_id = PatternFamilies.id)
      WHERE representative_id IS NOT (SELECT min(id) FROM CodePatterns WHERE family_id = PatternFamilies.id)`,
  );
  return lost.length + removed + renamed;
}

function renewRepairs(database: Database): number {
  return changes(
    database,
    `UPDATE CodePatterns SET repaired_by = (
        SELECT max(pattern_id) FROM CodePatternContext
         WHERE context_type = 'fixes' AND context_id = CodePatterns.id)
      WHERE ${wrongRepair}`,
  );
}

/** From the statements that make a new database: a damaged table is not asked for anything. */
function rebuildFullText(database: Database, { words }: RowRules): number {
  for (const index of wordIndexes) {
    for (const name of [`${index}Vocabulary`, index]) database.prepare(`DROP TABLE IF EXISTS ${name}`).run();
    for (const name of [index, `${index}Vocabulary`]) database.prepare(schemaSql(name)).run();
  }
  return wordIndexes.reduce((sum, index) => sum + indexInBatches(database, index, words), 0);
}
