import type { EmbeddingRole } from '../../domain/embedding-text.ts';
import type { CosineSpread } from '../../domain/rows.ts';
import { limits } from '../../limits.ts';
import { BestOwners, type ScannedOwner } from './best-owners.ts';
import { rowsPerBlock, rowsPerSegment } from './slot-addresses.ts';
import { hashOf, SlotChains } from './slot-chains.ts';
import type { Stretch } from './stretch-queue.ts';
import { VectorBlocks } from './vector-blocks.ts';
import { type GroupFilter, type VectorGroup, VectorGroups } from './vector-groups.ts';

export interface ScanFilter extends GroupFilter {
  /** Owners that further filters let through; null: all. */
  owners: ReadonlySet<number> | null;
}

/** How the memory is divided. */
export interface VectorLayout {
  /** By number, each once. */
  groups: VectorGroup[];
  /** The number of each block's group. */
  groupOfBlock: number[];
}

/** The cosine of one vector of an owner with the query. */
export interface VectorCosine {
  role: EmbeddingRole;
  cosine: number;
  vectorId: number;
}

/** Until there is a floor every row matches, so the first scan is a short one. */
const firstScanRows = 512;

/**
 * Vectors by their ids and by their owners', in blocks of one group each, so that a scan leaves out what the
 * filter does not want. Every answer is exact but for the rounding of the vectors.
 */
export class GroupedVectors {
  readonly #blocks = new VectorBlocks();
  readonly #groups = new VectorGroups();
  readonly #groupOfBlock: number[] = [];
  /** By group: slots of its blocks that have no vector, and how many have one. */
  readonly #freeSlots: number[][] = [];
  readonly #counts: number[] = [];
  readonly #byVector = new SlotChains((slot) => this.#blocks.vectorId(slot));
  readonly #byOwner = new SlotChains((slot) => this.#blocks.ownerId(slot));

  /** With the blocks that a file describes; what is in them comes by `takeSegment`. */
  constructor({ groups, groupOfBlock }: VectorLayout = { groups: [], groupOfBlock: [] }) {
    groups.forEach((group, number) => {
      if (this.#groups.numberOf(group) !== number) throw new RangeError('Expected each group once.');
    });
    for (const group of groupOfBlock) {
      if (this.#groups.list[group] === undefined) throw new RangeError('Expected blocks of known groups.');
      this.#groupOfBlock.push(group);
    }
    this.#blocks.reserve(groupOfBlock.length * rowsPerBlock);
  }

  get layout(): VectorLayout {
    return { groups: [...this.#groups.list], groupOfBlock: [...this.#groupOfBlock] };
  }

  /** How many vectors there are. */
  get size(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** The memory of some thousand slots, as it is at this moment. */
  segment(index: number): Uint8Array {
    return this.#blocks.segment(index);
  }

  /**
   * Takes over what was written into a segment. A vector that is there twice moved while the file was written; the
   * caller takes over its row again. Throws where something cannot be: nothing counts then.
   */
  takeSegment(index: number): void {
    for (let slot = index * rowsPerSegment; slot < (index + 1) * rowsPerSegment; slot++) {
      const group = this.#groupOf(slot);
      if (!this.#blocks.isSound(slot)) throw new RangeError('Expected vectors with ids.');
      const isNew = !this.#blocks.isFree(slot) && this.#slotOf(this.#blocks.vectorId(slot)) < 0;
      if (group !== undefined && isNew) {
        this.#add(slot);
        continue;
      }
      this.#blocks.clear(slot);
      if (group !== undefined) this.#freeSlotsOf(group).push(slot);
    }
  }

  set(vectorId: number, ownerId: number, group: VectorGroup, vector: Float32Array): void {
    this.delete(vectorId);
    const slot = this.#freeSlot(this.#groups.numberOf(group));
    this.#blocks.set(slot, vector, vectorId, ownerId);
    this.#add(slot);
  }

  delete(vectorId: number): void {
    const slot = this.#slotOf(vectorId);
    if (slot < 0) return;
    this.#byVector.remove(slot);
    this.#byOwner.remove(slot);
    this.#blocks.clear(slot);
    this.#count(slot, -1);
    this.#freeSlotsOf(this.#groupOf(slot) as number).push(slot);
  }

  /**
   * The owners nearest to the query under the filter, best first, at most `limit`; and how many owners the
   * filter let through, and how near these are as a whole.
   */
  nearest(
    query: Float32Array,
    filter: ScanFilter,
    limit: number,
  ): { owners: ScannedOwner[]; searched: number; spread: CosineSpread } {
    const wanted = this.#groups.wanted(filter);
    if (!wanted.includes(true)) return { owners: [], searched: 0, spread: { mean: 0, deviation: 0 } };
    this.#blocks.setQuery(query);
    const best = new BestOwners(limit);
    if (filter.owners !== null) {
      const cosines = this.#score(filter.owners, wanted, best);
      return { owners: best.sorted(), searched: cosines.length, spread: spreadOf(cosines) };
    }
    this.#scan(wanted, best);
    const isCounted = wanted.map((isWanted, group) => isWanted && this.#groups.isPrimary(group));
    const searched = this.#counts.reduce((sum, count, group) => (isCounted[group] ? sum + count : sum), 0);
    const spread = spreadOf(this.#sampled(isCounted, searched));
    return { owners: best.sorted(), searched, spread };
  }

  /**
   * The approximate cosine of the query with each vector of these owners, of the groups that the filter lets
   * through; owners without one are left out. Off by less than 0.005, mostly by 0.0005.
   */
  cosinesOf(
    query: Float32Array,
    filter: GroupFilter,
    ownerIds: Iterable<number>,
  ): Map<number, VectorCosine[]> {
    const wanted = this.#groups.wanted(filter);
    this.#blocks.setQuery(query);
    const cosines = new Map<number, VectorCosine[]>();
    for (const ownerId of ownerIds) {
      const own: VectorCosine[] = [];
      this.#eachOf(ownerId, wanted, (cosine, group, slot) => {
        const { role } = this.#groups.list[group] as VectorGroup;
        own.push({ role, cosine, vectorId: this.#blocks.vectorId(slot) });
      });
      if (own.length > 0) cosines.set(ownerId, own);
    }
    return cosines;
  }

  /** Of these owners those that have a vector in the groups that the filter lets through. */
  has(filter: GroupFilter, ownerIds: Iterable<number>): Set<number> {
    const wanted = this.#groups.wanted(filter);
    const found = new Set<number>();
    for (const ownerId of ownerIds) {
      for (let slot = this.#byOwner.first(ownerId); slot >= 0; slot = this.#byOwner.after(slot)) {
        if (this.#blocks.ownerId(slot) === ownerId && wanted[this.#groupOf(slot) as number])
          found.add(ownerId);
      }
    }
    return found;
  }

  #scan(wanted: readonly boolean[], best: BestOwners): void {
    const [first, ...others] = this.#stretches(wanted);
    if (first === undefined) return;
    this.#blocks.scan([first], best);
    this.#blocks.scan(others, best);
  }

  /** Wanted blocks that follow one another, each time as many as one scan can do. */
  *#stretches(wanted: readonly boolean[]): Generator<Stretch> {
    let rowsMax = firstScanRows;
    for (let first = 0; first < this.#groupOfBlock.length; ) {
      let end = first;
      const slotsEnd = (Math.floor((first * rowsPerBlock) / rowsPerSegment) + 1) * rowsPerSegment;
      const endMax = Math.min(
        this.#groupOfBlock.length,
        slotsEnd / rowsPerBlock,
        first + rowsMax / rowsPerBlock,
      );
      while (end < endMax && wanted[this.#groupOfBlock[end] as number]) end++;
      if (end > first) {
        yield { first: first * rowsPerBlock, count: (end - first) * rowsPerBlock };
        rowsMax = rowsPerSegment;
      }
      first = Math.max(end, first + 1);
    }
  }

  /** The cosine of each of these owners that the filter lets through, by its primary vector. */
  #score(owners: Iterable<number>, wanted: readonly boolean[], best: BestOwners): number[] {
    const cosines: number[] = [];
    for (const ownerId of owners) {
      this.#eachOf(ownerId, wanted, (cosine, group) => {
        best.add(ownerId, cosine);
        if (this.#groups.isPrimary(group)) cosines.push(cosine);
      });
    }
    return cosines;
  }

  /**
   * Cosines of about limits.cosinesSampledMax of the `count` vectors in these groups with the query that was set. Which
   * ones depends on their ids alone, so that every process says the same of one state of the database.
   */
  #sampled(isCounted: readonly boolean[], count: number): number[] {
    const hashesBelow = 2 ** 32 * Math.min(1, limits.cosinesSampledMax / Math.max(1, count));
    const cosines: number[] = [];
    const slots = this.#slotsBelow(hashesBelow, isCounted, count);
    for (const slot of slots) {
      if (!isCounted[this.#groupOf(slot) as number]) continue;
      const cosine = this.#blocks.cosineOf(slot);
      if (cosine !== null) cosines.push(cosine);
    }
    return cosines;
  }

  /** Of those that the hash lets through, at least every one of these groups; by whichever way passes fewer slots. */
  *#slotsBelow(hashesBelow: number, isCounted: readonly boolean[], count: number): Generator<number> {
    if ((this.size * hashesBelow) / 2 ** 32 <= count) {
      yield* this.#byVector.sampled(hashesBelow);
      return;
    }
    for (let block = 0; block < this.#groupOfBlock.length; block++) {
      if (!isCounted[this.#groupOfBlock[block] as number]) continue;
      for (let slot = block * rowsPerBlock; slot < (block + 1) * rowsPerBlock; slot++) {
        if (hashOf(this.#blocks.vectorId(slot)) < hashesBelow) yield slot;
      }
    }
  }

  /** Every wanted vector of an owner, with its cosine to the query that was set. */
  #eachOf(
    ownerId: number,
    wanted: readonly boolean[],
    take: (cosine: number, group: number, slot: number) => void,
  ): void {
    for (let slot = this.#byOwner.first(ownerId); slot >= 0; slot = this.#byOwner.after(slot)) {
      const group = this.#groupOf(slot) as number;
      if (this.#blocks.ownerId(slot) !== ownerId || !wanted[group]) continue;
      take(this.#blocks.cosineOf(slot) as number, group, slot);
    }
  }

  /** undefined: the slot's block is not in use. */
  #groupOf(slot: number): number | undefined {
    return this.#groupOfBlock[Math.floor(slot / rowsPerBlock)];
  }

  /** Below 0: not there. */
  #slotOf(vectorId: number): number {
    let slot = this.#byVector.first(vectorId);
    while (slot >= 0 && this.#blocks.vectorId(slot) !== vectorId) slot = this.#byVector.after(slot);
    return slot;
  }

  #add(slot: number): void {
    this.#byVector.add(slot);
    this.#byOwner.add(slot);
    this.#count(slot, 1);
  }

  #count(slot: number, change: number): void {
    const group = this.#groupOf(slot) as number;
    this.#counts[group] = (this.#counts[group] ?? 0) + change;
  }

  #freeSlot(group: number): number {
    const free = this.#freeSlotsOf(group);
    if (free.length === 0) {
      const first = this.#groupOfBlock.length * rowsPerBlock;
      this.#blocks.reserve(first + rowsPerBlock);
      this.#groupOfBlock.push(group);
      for (let slot = first + rowsPerBlock - 1; slot >= first; slot--) free.push(slot);
    }
    return free.pop() as number;
  }

  #freeSlotsOf(group: number): number[] {
    this.#freeSlots[group] ??= [];
    return this.#freeSlots[group];
  }
}

/** In one order, so that sums of the same numbers are the same. */
function spreadOf(unordered: readonly number[]): CosineSpread {
  const cosines = Float64Array.from(unordered).sort();
  const count = Math.max(1, cosines.length);
  const mean = cosines.reduce((sum, cosine) => sum + cosine, 0) / count;
  const variance = cosines.reduce((sum, cosine) => sum + (cosine - mean) ** 2, 0) / count;
  return { mean, deviation: Math.sqrt(variance) };
}
