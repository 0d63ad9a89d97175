import type { EmbeddingRole, OwnerKind } from '../../domain/embedding-text.ts';
import type { PendingEmbedding, ProjectName } from '../../domain/ports.ts';
import type { Database } from './database.ts';
import { takeChangeNumber, takeVectorIds } from './sequence.ts';
import { messageTextSql, precedingIdSql } from './session-order.ts';
import { decodeVector, encodeVector } from './vector-blob.ts';
import { dimensions } from './vector-blocks.ts';

export interface NewEmbeddingRow {
  vectorId: number;
  ownerKind: OwnerKind;
  ownerId: number;
  role: EmbeddingRole;
  vector: Float32Array | null;
  modelHash: string | null;
  project: ProjectName;
  changeNumber: number;
}

export function insertEmbedding(database: Database, row: NewEmbeddingRow): void {
  database
    .prepare(
      `INSERT INTO Embeddings
         (vector_id, owner_kind, owner_id, role, dimensions, model_hash, vector, project, visible, change_number)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?)`,
    )
    .run(
      row.vectorId,
      row.ownerKind,
      row.ownerId,
      row.role,
      dimensions,
      row.vector === null ? null : row.modelHash,
      row.vector === null ? null : encodeVector(row.vector),
      row.project,
      row.changeNumber,
    );
}

type VectorRow = [ownerId: number, role: EmbeddingRole, modelHash: string | null, vector: Buffer];

/** The full vectors of some owners, by owner and role; pending ones are left out. */
export function ownerVectors(
  database: Database,
  ownerKind: OwnerKind,
  ownerIds: readonly number[],
  modelHashes: readonly string[] | undefined,
  onlyRole: EmbeddingRole | null = null,
): Map<number, { role: EmbeddingRole; vector: Float32Array }[]> {
  const rows = database
    .prepare<VectorRow>(
      `SELECT owner_id, role, model_hash, vector FROM Embeddings
        WHERE owner_kind = ? AND owner_id IN (SELECT value FROM json_each(?)) AND vector IS NOT NULL
          AND (? IS NULL OR role = ?)`,
    )
    .raw()
    .all(ownerKind, JSON.stringify(ownerIds), onlyRole, onlyRole) as VectorRow[];
  const vectors = new Map<number, { role: EmbeddingRole; vector: Float32Array }[]>();
  for (const [ownerId, role, modelHash, vector] of rows) {
    if (modelHashes !== undefined && !modelHashes.includes(modelHash ?? '')) continue;
    const known = vectors.get(ownerId) ?? [];
    known.push({ role, vector: decodeVector(vector) });
    vectors.set(ownerId, known);
  }
  return vectors;
}

/** Vectors of attempts with the same prompt and with the same code that this model file made. */
export function vectorsOfSame(
  database: Database,
  texts: { inputPrompt: string; promptKey: string; codeKey: string },
  modelHash: string,
): { prompt: Float32Array | null; code: Float32Array | null } {
  const vectorOf = (role: EmbeddingRole, condition: string, parameters: string[]): Float32Array | null => {
    const vector = database
      .prepare<Buffer>(
        // CROSS JOIN keeps the order: the few attempts with the text first, then their vectors.
        `SELECT e.vector FROM CodePatterns p
           CROSS JOIN Embeddings e ON e.owner_kind = 'pattern' AND e.owner_id = p.id AND e.role = ?
          WHERE ${condition} AND e.model_hash = ? AND e.vector IS NOT NULL LIMIT 1`,
      )
      .pluck()
      .get(role, ...parameters, modelHash) as Buffer | undefined;
    return vector === undefined ? null : decodeVector(vector);
  };
  return {
    prompt: vectorOf('prompt', 'p.prompt_key = ? AND p.input_prompt = ?', [
      texts.promptKey,
      texts.inputPrompt,
    ]),
    code: vectorOf('code', 'p.code_key = ?', [texts.codeKey]),
  };
}

/**
 * Where the text of each role is kept; for messages and todos as domain/message-text.ts and domain/todos.ts join it. A
 * column of a migrated row may be NULL.
 */
const sourceColumns: Record<OwnerKind, { table: string; columns: Partial<Record<EmbeddingRole, string>> }> = {
  chunk: { table: 'ResourceChunks', columns: { text: 'chunk_text', rest: 'chunk_text' } },
  pattern: {
    table: 'CodePatterns',
    columns: { prompt: 'input_prompt', code: 'generated_code', lesson: 'lesson' },
  },
  message: { table: 'ChatHistory', columns: { text: messageTextSql('ChatHistory') } },
  todo: {
    table: 'Todos',
    columns: { text: "coalesce(title, '') || coalesce(char(10) || nullif(description, ''), '')" },
  },
};

export function pendingRows(database: Database, limit: number): PendingEmbedding[] {
  const rows = database
    .prepare<Omit<PendingEmbedding, 'sourceText'> & { start: number | null; end: number | null }>(
      `SELECT vector_id AS vectorId, owner_kind AS ownerKind, owner_id AS ownerId, role,
              start_offset AS start, end_offset AS end
         FROM Embeddings WHERE vector IS NULL ORDER BY vector_id LIMIT ?`,
    )
    .all(limit);
  return rows.map(({ start, end, ...row }) => {
    const { table, columns } = sourceColumns[row.ownerKind];
    const column = columns[row.role];
    const text =
      column === undefined
        ? null
        : database
            .prepare<string | null>(`SELECT ${column} FROM ${table} WHERE id = ?`)
            .pluck()
            .get(row.ownerId);
    const whole = (text as string | null | undefined) ?? '';
    return {
      ...row,
      sourceText: start === null ? whole : whole.slice(start, end ?? undefined),
      ...(row.ownerKind === 'message' ? precedingText(database, row.ownerId) : {}),
    };
  });
}

function precedingText(database: Database, messageId: number): { precedingText?: string } {
  const text = database
    .prepare<string>(
      `SELECT ${messageTextSql('p')} FROM ChatHistory o JOIN ChatHistory p ON p.id = ${precedingIdSql} WHERE o.id = ?`,
    )
    .pluck()
    .get(messageId) as string | undefined;
  return text === undefined ? {} : { precedingText: text };
}

/**
 * Takes a vector away that does not stand for its owner's text any more. It is made anew under another id: under the old one,
 * what is just being made of the old text could still be filled in.
 */
export function makePending(
  database: Database,
  owner: { kind: OwnerKind; id: number; role: EmbeddingRole },
  changeNumber: number,
): void {
  const chosen = 'owner_kind = ? AND owner_id = ? AND role = ?';
  const key = [owner.kind, owner.id, owner.role];
  database
    .prepare(
      `INSERT INTO RemovedVectors (vector_id, change_number) SELECT vector_id, ? FROM Embeddings WHERE ${chosen}`,
    )
    .run(changeNumber, ...key);
  database
    .prepare(
      `UPDATE Embeddings SET vector_id = ?, vector = NULL, model_hash = NULL, change_number = ? WHERE ${chosen}`,
    )
    .run(takeVectorIds(database, 1), changeNumber, ...key);
}

export function fillPending(
  database: Database,
  filled: readonly { vectorId: number; vector: Float32Array }[],
  modelHash: string,
): number {
  const changeNumber = takeChangeNumber(database);
  const update = database.prepare(
    `UPDATE Embeddings SET vector = ?, model_hash = ?, change_number = ?
      WHERE vector_id = ? AND vector IS NULL`,
  );
  let count = 0;
  for (const { vectorId, vector } of filled) {
    count += update.run(encodeVector(vector), modelHash, changeNumber, vectorId).changes;
  }
  return count;
}
