import type { RowRules } from '../../domain/checkup.ts';
import type { Preparing } from './preparing.ts';
import { unusableVector } from './row-checks.ts';
import { decodeVector } from './vector-blob.ts';

/** A unit vector's length in float32 is off by less. */
const lengthTolerance = 1e-3;

/** Vectors of the right size whose numbers are none, or do not make a unit vector. */
export function unusableVectorIds(connection: Preparing): number[] {
  const rows = connection
    .prepare(
      `SELECT vector_id AS id, vector FROM Embeddings WHERE vector IS NOT NULL AND NOT (${unusableVector})`,
    )
    .iterate() as Iterable<{ id: number; vector: Buffer }>;
  const ids: number[] = [];
  for (const { id, vector } of rows) {
    let sum = 0;
    for (const value of decodeVector(vector)) sum += value * value;
    // False for NaN.
    if (!(Math.abs(Math.sqrt(sum) - 1) < lengthTolerance)) ids.push(id);
  }
  return ids;
}

/** Memories whose chunks do not make up the text whose hash they carry. */
export function changedTexts(connection: Preparing, rules: RowRules): number[] {
  const memories = connection
    .prepare(
      'SELECT id, content_hash AS hash, coalesce(revision, 1) AS revision FROM Resources WHERE content_hash IS NOT NULL',
    )
    .iterate() as Iterable<{ id: number; hash: unknown; revision: number }>;
  const chunks = connection.prepare(
    `SELECT coalesce(CAST(chunk_text AS TEXT), '') AS text, start_offset AS start, end_offset AS end FROM ResourceChunks
      WHERE resource_id = ? AND coalesce(revision, 1) = ? ORDER BY start_offset, id`,
  );
  const changed: number[] = [];
  for (const { id, hash, revision } of memories) {
    const parts = chunks.all(id, revision) as { text: string; start: number | null; end: number | null }[];
    if (rules.textHash(parts) !== hash) changed.push(id);
  }
  return changed;
}

export interface PatternKeys {
  id: number;
  codeKey: string;
  promptKey: string;
  nameKey: string | null;
}

/** Attempts whose stored keys are not those of their texts, with the right ones. */
export function wrongKeys(connection: Preparing, rules: RowRules): PatternKeys[] {
  const rows = connection
    .prepare(
      `SELECT id, coalesce(input_prompt, '') AS inputPrompt, coalesce(generated_code, '') AS generatedCode,
              function_name AS functionName, code_key, prompt_key, name_key FROM CodePatterns`,
    )
    .iterate() as Iterable<Record<string, unknown> & { id: number }>;
  const wrong: PatternKeys[] = [];
  for (const row of rows) {
    const keys = rules.keysOf({
      inputPrompt: String(row.inputPrompt),
      generatedCode: String(row.generatedCode),
      functionName: row.functionName === null ? null : String(row.functionName),
    });
    const isRight =
      keys.codeKey === row.code_key && keys.promptKey === row.prompt_key && keys.nameKey === row.name_key;
    if (!isRight) wrong.push({ id: row.id, ...keys });
  }
  return wrong;
}
