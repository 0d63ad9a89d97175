import type { FindingLevel } from '../../domain/checkup.ts';
import { indexedKinds, wordIndexes } from './row-words.ts';
import { dimensions } from './vector-blocks.ts';

export interface RowCheck {
  code: string;
  level: FindingLevel;
  /** Selects what is wrong; its rows are counted. */
  sql: string;
  message: string;
  hint: string;
  repairable: boolean;
}

const repairHint = 'Run: ltmc doctor --repair';

/** Which owners have which vectors, as the services write them. */
export const expectedVectors = `
  SELECT 'chunk' AS owner_kind, id AS owner_id, 'text' AS role FROM ResourceChunks
  UNION ALL SELECT 'pattern', id, 'prompt' FROM CodePatterns
  UNION ALL SELECT 'pattern', id, 'code' FROM CodePatterns
  UNION ALL SELECT 'pattern', id, 'lesson' FROM CodePatterns WHERE lesson IS NOT NULL
  UNION ALL SELECT 'message', id, 'text' FROM ChatHistory WHERE coalesce(is_query, 0) = 0
  UNION ALL SELECT 'todo', id, 'text' FROM Todos`;

/** Every row that can own vectors, whether it may be found, and its project. */
export const owners = `
  SELECT 'chunk' AS kind, c.id, r.project,
         r.id IS NOT NULL AND coalesce(c.archived, 0) = 0 AND coalesce(r.archived, 0) = 0 AS visible
    FROM ResourceChunks c LEFT JOIN Resources r ON r.id = c.resource_id
  UNION ALL SELECT 'pattern', id, project, coalesce(archived, 0) = 0 FROM CodePatterns
  UNION ALL SELECT 'message', id, project, coalesce(archived, 0) = 0 FROM ChatHistory
  UNION ALL SELECT 'todo', id, project, coalesce(archived, 0) = 0 FROM Todos`;

/** A vector of another size, without its model, or that is no BLOB; what its numbers are is read apart. */
export const unusableVector = `vector IS NOT NULL AND (typeof(vector) <> 'blob'
  OR length(vector) <> ${dimensions * 4} OR dimensions <> ${dimensions} OR model_hash IS NULL)`;

export const ownVector = (table: string, kind: string, role: string) => `
  SELECT o.id FROM ${table} o WHERE EXISTS (
      SELECT 1 FROM Embeddings WHERE owner_kind = '${kind}' AND owner_id = o.id AND role = '${role}')
    AND NOT EXISTS (
      SELECT 1 FROM Embeddings
       WHERE vector_id = o.vector_id AND owner_kind = '${kind}' AND owner_id = o.id AND role = '${role}')`;

/** Failures of a migrated database are repaired without a link. */
export const wrongRepair = `(repaired_by = id OR (
    EXISTS (SELECT 1 FROM CodePatternContext WHERE context_type = 'fixes' AND context_id = CodePatterns.id)
    AND NOT EXISTS (SELECT 1 FROM CodePatternContext
                     WHERE context_type = 'fixes' AND context_id = CodePatterns.id AND pattern_id = repaired_by)))
  AND repaired_by IS NOT NULL`;

/** Rows that an index should hold, and those that it holds; each index's own. */
const fullTextChecks = wordIndexes.flatMap((index): RowCheck[] => {
  const rows = `SELECT id FROM (${indexedKinds[index].rows.replaceAll('?', 'NULL')})`;
  const about = { level: 'problem' as const, hint: repairHint, repairable: true };
  return [
    {
      ...about,
      code: 'full_text_missing',
      sql: `${rows} EXCEPT SELECT id FROM ${index}_docsize`,
      message: `rows cannot be found by word: ${index} lacks them`,
    },
    {
      ...about,
      code: 'full_text_surplus',
      sql: `SELECT id FROM ${index}_docsize EXCEPT ${rows}`,
      message: `entries of ${index} are of rows that are gone or archived`,
    },
  ];
});

export const rowChecks: readonly RowCheck[] = [
  {
    code: 'foreign_keys',
    level: 'problem',
    sql: 'SELECT 1 FROM pragma_foreign_key_check',
    message: 'references point to rows that are not there',
    hint: 'Something other than LTMC removed rows. Put a backup back with: ltmc restore',
    repairable: false,
  },
  {
    code: 'sequence_rows',
    level: 'problem',
    sql: 'SELECT 1 FROM (SELECT count(*) AS rows FROM VectorIdSequence) WHERE rows <> 1',
    message: 'the sequence of vector ids has not exactly one row',
    hint: repairHint,
    repairable: true,
  },
  {
    code: 'sequence_behind',
    level: 'problem',
    sql: `SELECT vector_id FROM (SELECT vector_id FROM Embeddings UNION SELECT vector_id FROM RemovedVectors)
           WHERE vector_id > (SELECT coalesce(max(last_vector_id), 0) FROM VectorIdSequence)`,
    message: 'vector ids are above the sequence, which would give them again',
    hint: repairHint,
    repairable: true,
  },
  {
    code: 'vector_ids_twice',
    level: 'problem',
    sql: 'SELECT vector_id FROM Embeddings INTERSECT SELECT vector_id FROM RemovedVectors',
    message: 'vector ids are both there and said to be removed',
    hint: repairHint,
    repairable: true,
  },
  {
    code: 'change_numbers_ahead',
    level: 'problem',
    sql: `SELECT vector_id FROM Embeddings WHERE change_number > (SELECT last_change FROM StoreInfo)
          UNION ALL SELECT vector_id FROM RemovedVectors WHERE change_number > (SELECT last_change FROM StoreInfo)`,
    message: 'changes of vectors have a number above the counter, so running servers may miss the next ones',
    hint: repairHint,
    repairable: true,
  },
  {
    code: 'vectors_missing',
    level: 'problem',
    sql: `SELECT 1 FROM (${expectedVectors}) x WHERE NOT EXISTS (
            SELECT 1 FROM Embeddings e
             WHERE e.owner_kind = x.owner_kind AND e.owner_id = x.owner_id AND e.role = x.role)`,
    message: 'texts have no vector, nor is one pending',
    hint: repairHint,
    repairable: true,
  },
  {
    code: 'vectors_unusable',
    level: 'problem',
    sql: `SELECT vector_id FROM Embeddings WHERE ${unusableVector}`,
    message: 'vectors are of another size, or it is not known which model made them',
    hint: repairHint,
    repairable: true,
  },
  {
    code: 'vectors_not_named',
    level: 'problem',
    sql: `${ownVector('ResourceChunks', 'chunk', 'text')} UNION ALL ${ownVector('CodePatterns', 'pattern', 'prompt')}`,
    message: 'rows name another vector than their own',
    hint: repairHint,
    repairable: true,
  },
  {
    code: 'vectors_orphaned',
    level: 'problem',
    sql: `SELECT vector_id FROM Embeddings e
           WHERE NOT EXISTS (SELECT 1 FROM (${owners}) o WHERE o.kind = e.owner_kind AND o.id = e.owner_id)`,
    message: 'vectors belong to rows that are not there',
    hint: repairHint,
    repairable: true,
  },
  {
    code: 'vectors_visibility',
    level: 'problem',
    sql: `SELECT vector_id FROM Embeddings e JOIN (${owners}) o ON o.kind = e.owner_kind AND o.id = e.owner_id
           WHERE e.visible <> o.visible OR e.project IS NOT o.project`,
    message: 'vectors are shown or hidden, or in a project, otherwise than their rows',
    hint: repairHint,
    repairable: true,
  },
  {
    code: 'vectors_pending',
    level: 'notice',
    sql: 'SELECT vector_id FROM Embeddings WHERE vector IS NULL',
    message: 'texts wait for their vector; until then they are found by word',
    hint: 'A running server fills them in.',
    repairable: false,
  },
  ...fullTextChecks,
  {
    code: 'families_wrong',
    level: 'problem',
    sql: `SELECT f.id FROM PatternFamilies f
           WHERE f.representative_id IS NOT (SELECT min(id) FROM CodePatterns WHERE family_id = f.id)
          UNION ALL SELECT id FROM CodePatterns WHERE family_id IS NULL
          UNION ALL SELECT p.id FROM CodePatterns p JOIN PatternFamilies f ON f.id = p.family_id
                     WHERE f.project IS NOT p.project`,
    message: 'families of attempts do not fit their attempts',
    hint: repairHint,
    repairable: true,
  },
  {
    code: 'repairs_wrong',
    level: 'problem',
    sql: `SELECT id FROM CodePatterns WHERE ${wrongRepair}`,
    message: 'failures count as repaired by themselves, or by another attempt than their links say',
    hint: repairHint,
    repairable: true,
  },
  {
    code: 'pattern_links_dangling',
    level: 'notice',
    sql: `SELECT id FROM CodePatternContext WHERE context_type IN
            ('similar_function', 'same_file', 'same_module', 'fixes', 'informed_by')
            AND context_id NOT IN (SELECT id FROM CodePatterns)`,
    message: 'links of attempts point to attempts that are not there',
    hint: 'They do no harm.',
    repairable: false,
  },
  {
    code: 'memories_without_text',
    level: 'notice',
    sql: 'SELECT id FROM Resources WHERE id NOT IN (SELECT resource_id FROM ResourceChunks WHERE resource_id IS NOT NULL)',
    message: 'memories have no text: nothing of them can be found',
    hint: 'Store their text again, or remove them with: ltmc forget',
    repairable: false,
  },
];
