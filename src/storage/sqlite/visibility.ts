import type { OwnerKind } from '../../domain/embedding-text.ts';
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

/** Removes every vector of an owner and remembers that they are gone. Returns how many. */
export function removeVectors(
  database: Database,
  owner: { kind: OwnerKind; id: number },
  changeNumber: number,
): number {
  database
    .prepare(
      `INSERT OR REPLACE INTO RemovedVectors (vector_id, change_number)
       SELECT vector_id, ? FROM Embeddings WHERE owner_kind = ? AND owner_id = ?`,
    )
    .run(changeNumber, owner.kind, owner.id);
  return database
    .prepare('DELETE FROM Embeddings WHERE owner_kind = ? AND owner_id = ?')
    .run(owner.kind, owner.id).changes;
}
