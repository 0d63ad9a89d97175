import type { EmbeddingRole, OwnerKind } from '../../domain/embedding-text.ts';
import type { ProjectName, ReadScope } from '../../domain/ports.ts';
import type { Database } from './database.ts';
import { decodeVector } from './vector-blob.ts';
import { dimensions, VectorBlocks } from './vector-blocks.ts';

interface EmbeddingRow {
  vector_id: number;
  owner_kind: OwnerKind;
  owner_id: number;
  role: EmbeddingRole;
  model_hash: string | null;
  vector: Buffer | null;
  project: ProjectName;
  visible: number;
}

export interface ScanFilter {
  ownerKind: OwnerKind;
  scope: ReadScope;
  modelHashes: readonly string[] | undefined;
  /** Owners that further filters let through; null: all. */
  owners: ReadonlySet<number> | null;
}

/** An owner's best approximate cosine over its vectors. */
export interface ScannedOwner {
  ownerId: number;
  cosine: number;
}

/** What vectors have in common that filters ask for; numbered from 1. */
interface VectorGroup {
  ownerKind: OwnerKind;
  project: ProjectName;
  modelHash: string;
  /** An owner has one vector of a primary role, so that counting these counts owners. */
  primary: boolean;
}

const primaryRoles: ReadonlySet<EmbeddingRole> = new Set(['text', 'prompt']);
const columns = 'vector_id, owner_kind, owner_id, role, model_hash, vector, project, visible';
const free = 0;
/** Below every change number. */
const nothingKnown = -1;
const growthFactor = 1.5;

/**
 * Every visible vector of the database, quantised, in this process's memory. Derived from the rows: before
 * each search it takes over what changed since the last change number it knows, and begins anew when the
 * database's store id or its file is another. It may lag the rows, never lead them; the caller looks each hit up.
 */
export class VectorIndex {
  #blocks = new VectorBlocks();
  #storeId = '';
  #connectionNumber = 0;
  #lastChange = nothingKnown;
  #slots = 0;
  #freeSlots: number[] = [];
  #slotOfVector = new Map<number, number>();
  /** Not of 32 bits: migrated rows keep ids that may be large, or below 0. */
  #ownerIds = new Float64Array(0);
  /** 0 marks a free slot, else the number of its group. */
  #groups = new Uint32Array(0);
  #groupNumbers = new Map<string, number>();
  #groupList: VectorGroup[] = [];
  #scores = new Float32Array(0);

  /** Takes over what other transactions committed; call it inside a read, before `nearest`. */
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

  /** In the order of the table, which is twice as fast for all of it as through the index of changes. */
  #takeAll(database: Database): void {
    const rows = database.prepare<EmbeddingRow>(`SELECT ${columns} FROM Embeddings`).iterate();
    for (const row of rows) this.#take(row);
  }

  #takeChanges(database: Database): void {
    const removed = database
      .prepare<number>('SELECT vector_id FROM RemovedVectors WHERE change_number > ?')
      .pluck()
      .all(this.#lastChange) as number[];
    for (const vectorId of removed) this.#remove(vectorId);
    const changed = database
      .prepare<EmbeddingRow>(`SELECT ${columns} FROM Embeddings WHERE change_number > ?`)
      .iterate(this.#lastChange);
    for (const row of changed) this.#take(row);
  }

  /**
   * The owners nearest to the query under the filter, best first, at most `limit`; and how many owners the
   * filter let through.
   */
  nearest(
    query: Float32Array,
    filter: ScanFilter,
    limit: number,
  ): { owners: ScannedOwner[]; searched: number } {
    const wanted = this.#wantedGroups(filter);
    if (!wanted.includes(1)) return { owners: [], searched: 0 };
    const primary = [0, ...this.#groupList.map((group) => (group.primary ? 1 : 0))];
    this.#blocks.scan(query, this.#slots, this.#scores);
    const best = new Map<number, number>();
    let searched = 0;
    let floor = Number.NEGATIVE_INFINITY;
    for (let slot = 0; slot < this.#slots; slot++) {
      const group = this.#groups[slot] as number;
      if (wanted[group] !== 1) continue;
      const ownerId = this.#ownerIds[slot] as number;
      if (filter.owners !== null && !filter.owners.has(ownerId)) continue;
      searched += primary[group] as number;
      const cosine = this.#scores[slot] as number;
      if (cosine < floor) continue;
      if (cosine > (best.get(ownerId) ?? Number.NEGATIVE_INFINITY)) best.set(ownerId, cosine);
      if (best.size >= limit * 4) floor = keepBest(best, limit);
    }
    keepBest(best, limit);
    const owners = [...best].map(([ownerId, cosine]) => ({ ownerId, cosine }));
    owners.sort((a, b) => b.cosine - a.cosine || a.ownerId - b.ownerId);
    return { owners, searched };
  }

  /** 1 for each group number that the filter lets through. */
  #wantedGroups({ ownerKind, scope, modelHashes }: ScanFilter): number[] {
    const wanted = this.#groupList.map((group) => {
      const seen = scope === 'all' || group.project === null || group.project === scope.project;
      const comparable = modelHashes === undefined || modelHashes.includes(group.modelHash);
      return group.ownerKind === ownerKind && seen && comparable ? 1 : 0;
    });
    return [0, ...wanted];
  }

  #take(row: EmbeddingRow): void {
    if (row.vector === null || row.visible === 0 || row.vector.byteLength !== dimensions * 4) {
      this.#remove(row.vector_id);
      return;
    }
    const slot = this.#slotOfVector.get(row.vector_id) ?? this.#freeSlots.pop() ?? this.#slots++;
    if (slot >= this.#ownerIds.length) this.#grow();
    this.#slotOfVector.set(row.vector_id, slot);
    this.#ownerIds[slot] = row.owner_id;
    this.#groups[slot] = this.#groupNumber(row);
    this.#blocks.set(slot, decodeVector(row.vector));
  }

  #remove(vectorId: number): void {
    const slot = this.#slotOfVector.get(vectorId);
    if (slot === undefined) return;
    this.#slotOfVector.delete(vectorId);
    this.#groups[slot] = free;
    this.#freeSlots.push(slot);
  }

  #groupNumber(row: EmbeddingRow): number {
    const group: VectorGroup = {
      ownerKind: row.owner_kind,
      project: row.project,
      modelHash: row.model_hash ?? '',
      primary: primaryRoles.has(row.role),
    };
    const key = JSON.stringify(group);
    let number = this.#groupNumbers.get(key);
    if (number === undefined) {
      this.#groupList.push(group);
      number = this.#groupList.length;
      this.#groupNumbers.set(key, number);
    }
    return number;
  }

  #grow(): void {
    const capacity = Math.max(1024, Math.ceil(this.#slots * growthFactor));
    this.#ownerIds = grown(this.#ownerIds, new Float64Array(capacity));
    this.#groups = grown(this.#groups, new Uint32Array(capacity));
    this.#scores = new Float32Array(capacity);
  }

  #reset(storeId: string, connectionNumber: number): void {
    this.#blocks = new VectorBlocks();
    this.#storeId = storeId;
    this.#connectionNumber = connectionNumber;
    this.#lastChange = nothingKnown;
    this.#slots = 0;
    this.#freeSlots = [];
    this.#slotOfVector = new Map();
    this.#groupNumbers = new Map();
    this.#groupList = [];
  }
}

function grown<Numbers extends Uint32Array | Float64Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}

/**
 * Drops all but the `limit` best entries, of equally near ones the older; returns the smallest value kept once
 * there are that many.
 */
function keepBest(best: Map<number, number>, limit: number): number {
  if (best.size < limit) return Number.NEGATIVE_INFINITY;
  const ordered = [...best].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  for (const [ownerId] of ordered.slice(limit)) best.delete(ownerId);
  return (ordered[limit - 1] as [number, number])[1];
}
