import type { EmbeddingRole, OwnerKind } from '../../domain/embedding-text.ts';
import type { Database } from './database.ts';

/** Shows or hides every vector of an owner; the change is numbered so that other processes take it over. */
export function setVectorsVisible(
  database: Database,
  owner: { kind: OwnerKind; id: number },
  visible: boolean,
  changeNumber: number,
): void {
  database
    .prepare('UPDATE Embeddings SET visible = ?, change_number = ? WHERE owner_kind = ? AND owner_id = ?')
    .run(visible ? 1 : 0, changeNumber, owner.kind, owner.id);
}

/** Removes the vectors of an owner, of one role or all, and remembers that they are gone. Returns how many. */
export function removeVectors(
  database: Database,
  owner: { kind: OwnerKind; id: number; role?: EmbeddingRole },
  changeNumber: number,
): number {
  const role = owner.role ?? null;
  const chosen = 'owner_kind = ? AND owner_id = ? AND role = coalesce(?, role)';
  database
    .prepare(
      `INSERT OR REPLACE INTO RemovedVectors (vector_id, change_number)
       SELECT vector_id, ? FROM Embeddings WHERE ${chosen}`,
    )
    .run(changeNumber, owner.kind, owner.id, role);
  return database.prepare(`DELETE FROM Embeddings WHERE ${chosen}`).run(owner.kind, owner.id, role).changes;
}
