/** An owner's best approximate cosine over its vectors. */
export interface ScannedOwner {
  ownerId: number;
  cosine: number;
}

/**
 * Keeps the owners with the largest cosines, each once with its largest; of equally near ones the older. Holds
 * at most four times what is asked for, and cuts that down when it is full.
 */
export class BestOwners {
  /** What is below it is not among the best; rises with what was added. */
  floor = Number.NEGATIVE_INFINITY;
  readonly #limit: number;
  readonly #owners: Float64Array;
  readonly #cosines: Float64Array;
  readonly #indexOfOwner = new Map<number, number>();
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
    this.#owners = new Float64Array(limit * 4);
    this.#cosines = new Float64Array(limit * 4);
  }

  add(ownerId: number, cosine: number): void {
    if (cosine < this.floor) return;
    const known = this.#indexOfOwner.get(ownerId);
    if (known !== undefined) {
      if (cosine > (this.#cosines[known] as number)) this.#cosines[known] = cosine;
      return;
    }
    if (this.#count === this.#owners.length) {
      this.cut();
      if (cosine < this.floor) return;
    }
    this.#indexOfOwner.set(ownerId, this.#count);
    this.#owners[this.#count] = ownerId;
    this.#cosines[this.#count] = cosine;
    this.#count++;
  }

  /** Drops all but the best and raises the floor to the smallest of them, where there are enough. */
  cut(): void {
    if (this.#count < this.#limit) return;
    this.#partition();
    this.#count = this.#limit;
    this.#indexOfOwner.clear();
    let smallest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#limit; i++) {
      this.#indexOfOwner.set(this.#owners[i] as number, i);
      smallest = Math.min(smallest, this.#cosines[i] as number);
    }
    this.floor = smallest;
  }

  /** Best first. */
  sorted(): ScannedOwner[] {
    this.cut();
    const owners = Array.from({ length: this.#count }, (_, i) => ({
      ownerId: this.#owners[i] as number,
      cosine: this.#cosines[i] as number,
    }));
    return owners.sort((a, b) => b.cosine - a.cosine || a.ownerId - b.ownerId);
  }

  /** Puts the best `limit` in front, in any order (Hoare's quickselect). */
  #partition(): void {
    let low = 0;
    let high = this.#count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      const cosine = this.#cosines[middle] as number;
      const ownerId = this.#owners[middle] as number;
      let i = low;
      let j = high;
      while (i <= j) {
        while (this.#order(i, cosine, ownerId) < 0) i++;
        while (this.#order(j, cosine, ownerId) > 0) j--;
        if (i <= j) this.#swap(i++, j--);
      }
      if (this.#limit - 1 <= j) high = j;
      else if (this.#limit - 1 >= i) low = i;
      else return;
    }
  }

  /** Below 0: it is better than the other. */
  #order(at: number, cosine: number, ownerId: number): number {
    return cosine - (this.#cosines[at] as number) || (this.#owners[at] as number) - ownerId;
  }

  #swap(a: number, b: number): void {
    const ownerId = this.#owners[a] as number;
    const cosine = this.#cosines[a] as number;
    this.#owners[a] = this.#owners[b] as number;
    this.#cosines[a] = this.#cosines[b] as number;
    this.#owners[b] = ownerId;
    this.#cosines[b] = cosine;
  }
}
