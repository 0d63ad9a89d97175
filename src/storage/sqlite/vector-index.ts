import type { EmbeddingRole, OwnerKind } from '../../domain/embedding-text.ts';
import type { ProjectName } from '../../domain/ports.ts';
import type { Database } from './database.ts';
import { GroupedVectors, type ScanFilter } from './grouped-vectors.ts';
import { decodeVector } from './vector-blob.ts';
import { dimensions } from './vector-blocks.ts';
import type { GroupFilter } from './vector-groups.ts';

type EmbeddingRow = [
  vectorId: number,
  ownerKind: OwnerKind,
  ownerId: number,
  role: EmbeddingRole,
  modelHash: string | null,
  vector: Buffer | null,
  project: ProjectName,
  visible: number,
];

const columns = 'vector_id, owner_kind, owner_id, role, model_hash, vector, project, visible';
/** Below every change number. */
const nothingKnown = -1;

/**
 * Every visible vector of the database, quantised, in this process's memory. Derived from the rows: before
 * each search it takes over what changed since the last change number it knows, and begins anew when the
 * database's store id or its file is another. It may lag the rows, never lead them; the caller looks each hit up.
 */
export class VectorIndex {
  #vectors = new GroupedVectors();
  #storeId = '';
  #connectionNumber = 0;
  #lastChange = nothingKnown;

  /** Takes over what other transactions committed; call it inside a read, before `nearest` and `cosinesOf`. */
  catchUp(database: Database): void {
    const info = database
      .prepare<{ storeId: string; lastChange: number }>(
        'SELECT store_id AS storeId, last_change AS lastChange FROM StoreInfo',
      )
      .get() as { storeId: string; lastChange: number };
    const { connectionNumber } = database;
    const isOther = info.storeId !== this.#storeId || connectionNumber !== this.#connectionNumber;
    if (isOther || info.lastChange < this.#lastChange) this.#reset(info.storeId, connectionNumber);
    if (info.lastChange === this.#lastChange) return;
    if (this.#lastChange === nothingKnown) this.#takeAll(database);
    else this.#takeChanges(database);
    this.#lastChange = info.lastChange;
  }

  /** See GroupedVectors. */
  nearest(query: Float32Array, filter: ScanFilter, limit: number) {
    return this.#vectors.nearest(query, filter, limit);
  }

  /** See GroupedVectors: for candidates whose full vectors need not be read. */
  cosinesOf(query: Float32Array, filter: GroupFilter, ownerIds: Iterable<number>) {
    return this.#vectors.cosinesOf(query, filter, ownerIds);
  }

  /** See GroupedVectors. */
  has(filter: GroupFilter, ownerIds: Iterable<number>) {
    return this.#vectors.has(filter, ownerIds);
  }

  /** In the order of the table, which is twice as fast for all of it as through the index of changes. */
  #takeAll(database: Database): void {
    const rows = database.prepare<EmbeddingRow>(`SELECT ${columns} FROM Embeddings`).raw().iterate();
    for (const row of rows) this.#take(row as EmbeddingRow);
  }

  #takeChanges(database: Database): void {
    const removed = database
      .prepare<number>('SELECT vector_id FROM RemovedVectors WHERE change_number > ?')
      .pluck()
      .all(this.#lastChange) as number[];
    for (const vectorId of removed) this.#vectors.delete(vectorId);
    const changed = database
      .prepare<EmbeddingRow>(`SELECT ${columns} FROM Embeddings WHERE change_number > ?`)
      .raw()
      .iterate(this.#lastChange);
    for (const row of changed) this.#take(row as EmbeddingRow);
  }

  #take([vectorId, ownerKind, ownerId, role, modelHash, vector, project, visible]: EmbeddingRow): void {
    if (vector === null || visible === 0 || vector.byteLength !== dimensions * 4) {
      this.#vectors.delete(vectorId);
      return;
    }
    const group = { ownerKind, role, project, modelHash: modelHash ?? '' };
    this.#vectors.set(vectorId, ownerId, group, decodeVector(vector));
  }

  #reset(storeId: string, connectionNumber: number): void {
    this.#vectors = new GroupedVectors();
    this.#storeId = storeId;
    this.#connectionNumber = connectionNumber;
    this.#lastChange = nothingKnown;
  }
}
