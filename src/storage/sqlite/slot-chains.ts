const none = -1;
const growthFactor = 1.5;
const slotsAtFirst = 1_024;
/** 2^32 divided by the golden ratio: ids that follow one another, or have like steps, come to lie apart. */
const spread = 0x9e3779b1;

/** Of 32 bits. */
export function hashOf(id: number): number {
  return Math.imul(id, spread) >>> 0;
}

/**
 * Finds slots by an id of what is in them. Slots of one id, and now and then of others, form a chain: the reader
 * looks at each. About 10 bytes a slot, where a Map has 40 and more.
 */
export class SlotChains {
  readonly #idOf: (slot: number) => number;
  #heads = new Int32Array(slotsAtFirst).fill(none);
  #next = new Int32Array(slotsAtFirst);
  #count = 0;

  /** `idOf` answers for slots that were added and not removed. */
  constructor(idOf: (slot: number) => number) {
    this.#idOf = idOf;
  }

  /** The first slot of the chain that holds those of the id; below 0: none. */
  first(id: number): number {
    return this.#heads[this.#chainOf(id)] as number;
  }

  /** The slot behind another one of its chain; below 0: none. */
  after(slot: number): number {
    return this.#next[slot] as number;
  }

  /** The slots with ids whose hash is below: a share of all, the same whenever they came and wherever they lie. */
  *sampled(hashesBelow: number): Generator<number> {
    const hashesPerChain = 2 ** 32 / this.#heads.length;
    for (let chain = 0; chain * hashesPerChain < hashesBelow; chain++) {
      for (let slot = this.#heads[chain] as number; slot >= 0; slot = this.after(slot)) {
        if (hashOf(this.#idOf(slot)) < hashesBelow) yield slot;
      }
    }
  }

  add(slot: number): void {
    if (slot >= this.#next.length) {
      const grown = new Int32Array(Math.ceil((slot + 1) * growthFactor));
      grown.set(this.#next);
      this.#next = grown;
    }
    if (this.#count === this.#heads.length) this.#grow();
    this.#count++;
    this.#link(slot);
  }

  remove(slot: number): void {
    const chain = this.#chainOf(this.#idOf(slot));
    let before = none;
    for (let at = this.#heads[chain] as number; at !== slot; at = this.#next[at] as number) before = at;
    const after = this.#next[slot] as number;
    if (before === none) this.#heads[chain] = after;
    else this.#next[before] = after;
    this.#count--;
  }

  #link(slot: number): void {
    const chain = this.#chainOf(this.#idOf(slot));
    this.#next[slot] = this.#heads[chain] as number;
    this.#heads[chain] = slot;
  }

  #chainOf(id: number): number {
    return hashOf(id) >>> (Math.clz32(this.#heads.length) + 1);
  }

  #grow(): void {
    const heads = this.#heads;
    this.#heads = new Int32Array(heads.length * 2).fill(none);
    for (const head of heads) {
      for (let slot = head; slot !== none; ) {
        const after = this.#next[slot] as number;
        this.#link(slot);
        slot = after;
      }
    }
  }
}
