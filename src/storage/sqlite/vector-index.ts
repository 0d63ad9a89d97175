import type { EmbeddingRole, OwnerKind } from '../../domain/embedding-text.ts';
import type { ProjectName } from '../../domain/ports.ts';
import { limits } from '../../limits.ts';
import type { Database } from './database.ts';
import { GroupedVectors, type ScanFilter } from './grouped-vectors.ts';
import { decodeVector } from './vector-blob.ts';
import { dimensions } from './vector-blocks.ts';
import type { GroupFilter } from './vector-groups.ts';

type EmbeddingRow = [
  vectorId: number,
  changeNumber: number,
  ownerKind: OwnerKind,
  ownerId: number,
  role: EmbeddingRole,
  modelHash: string | null,
  vector: Buffer | null,
  project: ProjectName,
  visible: number,
];

/** Which database the vectors are of; another connection may have another file. */
export interface IndexedStore {
  storeId: string;
  connectionNumber: number;
}

const columns = 'vector_id, change_number, owner_kind, owner_id, role, model_hash, vector, project, visible';
/** Below every change number. */
const nothingKnown = -1;

/**
 * Every visible vector of the database, quantised, in this process's memory. Derived from the rows: before
 * each search it takes over what changed since the last change number it knows, and begins anew when the
 * database's store id or its file is another. It may lag the rows, never lead them; the caller looks each hit up.
 */
export class VectorIndex {
  #vectors = new GroupedVectors();
  #store: IndexedStore = { storeId: '', connectionNumber: 0 };
  /** Every change up to this one is taken over. */
  #lastChange = nothingKnown;
  /** Of those behind it, what comes up to this row; rows are taken by rising change number, then vector id. */
  #position = { changeNumber: nothingKnown, vectorId: Number.POSITIVE_INFINITY };
  /** While all rows are read for the first time: by rising vector id, up to this one; later changes come after. */
  #firstReading: { upToChange: number; vectorId: number } | null = null;
  /** Rows taken over since the vectors came from a file or went into one; and whether vectors were removed. */
  unfiled = { rows: 0, removed: false };

  /** Nothing is known of any database. */
  get isEmpty(): boolean {
    return this.#lastChange === nothingKnown && this.#firstReading === null;
  }

  /** What can be written to a file; null while not every row was read. */
  get state(): (IndexedStore & { vectors: GroupedVectors; lastChange: number }) | null {
    if (this.#lastChange === nothingKnown) return null;
    return { ...this.#store, vectors: this.#vectors, lastChange: this.#lastChange };
  }

  /** Begins with the vectors of a file; where others are known already, nothing happens. */
  adopt(vectors: GroupedVectors, store: IndexedStore, lastChange: number): void {
    if (!this.isEmpty) return;
    this.#reset(store);
    this.#vectors = vectors;
    this.#reached(lastChange);
  }

  /**
   * Takes over what other transactions committed, at most limits.vectorRowsPerTurn rows; call it inside a read,
   * before `nearest` and `cosinesOf`. False: more is to come, and until then nothing may be asked.
   */
  catchUp(database: Database): boolean {
    const { lastChange, ...store } = storeOf(database);
    const isOther =
      store.storeId !== this.#store.storeId || store.connectionNumber !== this.#store.connectionNumber;
    const known = this.#firstReading?.upToChange ?? this.#lastChange;
    if (isOther || lastChange < known) this.#reset(store);
    if (lastChange === this.#lastChange) return true;
    if (this.#lastChange === nothingKnown) return this.#readFirst(database, lastChange);
    return this.#readChanges(database, lastChange);
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
  #readFirst(database: Database, lastChange: number): boolean {
    this.#firstReading ??= { upToChange: lastChange, vectorId: Number.NEGATIVE_INFINITY };
    const reading = this.#firstReading;
    const rows = database
      .prepare<EmbeddingRow>(
        `SELECT ${columns} FROM Embeddings WHERE vector_id > ? ORDER BY vector_id LIMIT ?`,
      )
      .raw()
      .all(reading.vectorId, limits.vectorRowsPerTurn) as EmbeddingRow[];
    for (const row of rows) this.#take(row);
    if (rows.length === limits.vectorRowsPerTurn) {
      reading.vectorId = (rows.at(-1) as EmbeddingRow)[0];
      return false;
    }
    this.#reached(reading.upToChange);
    return lastChange === reading.upToChange || this.#readChanges(database, lastChange);
  }

  #readChanges(database: Database, lastChange: number): boolean {
    const removed = database
      .prepare<number>('SELECT vector_id FROM RemovedVectors WHERE change_number > ?')
      .pluck()
      .all(this.#lastChange) as number[];
    for (const vectorId of removed) this.#vectors.delete(vectorId);
    if (removed.length > 0) this.unfiled.removed = true;
    const rows = database
      .prepare<EmbeddingRow>(
        `SELECT ${columns} FROM Embeddings WHERE (change_number, vector_id) > (?, ?)
          ORDER BY change_number, vector_id LIMIT ?`,
      )
      .raw()
      .all(this.#position.changeNumber, this.#position.vectorId, limits.vectorRowsPerTurn) as EmbeddingRow[];
    for (const row of rows) this.#take(row);
    if (rows.length === limits.vectorRowsPerTurn) {
      const [vectorId, changeNumber] = rows.at(-1) as EmbeddingRow;
      this.#position = { changeNumber, vectorId };
      return false;
    }
    this.#reached(lastChange);
    return true;
  }

  #take([vectorId, , ownerKind, ownerId, role, modelHash, vector, project, visible]: EmbeddingRow): void {
    this.unfiled.rows++;
    if (vector === null || visible === 0 || vector.byteLength !== dimensions * 4) {
      this.#vectors.delete(vectorId);
      return;
    }
    const group = { ownerKind, role, project, modelHash: modelHash ?? '' };
    this.#vectors.set(vectorId, ownerId, group, decodeVector(vector));
  }

  #reached(lastChange: number): void {
    this.#firstReading = null;
    this.#lastChange = lastChange;
    this.#position = { changeNumber: lastChange, vectorId: Number.POSITIVE_INFINITY };
  }

  #reset(store: IndexedStore): void {
    this.#vectors = new GroupedVectors();
    this.#store = store;
    this.#reached(nothingKnown);
    this.unfiled = { rows: 0, removed: false };
  }
}

/** Only to be used inside read or write. */
export function storeOf(database: Database): IndexedStore & { lastChange: number } {
  const info = database
    .prepare<{ storeId: string; lastChange: number }>(
      'SELECT store_id AS storeId, last_change AS lastChange FROM StoreInfo',
    )
    .get() as { storeId: string; lastChange: number };
  return { ...info, connectionNumber: database.connectionNumber };
}
