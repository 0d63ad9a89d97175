/** Says on stderr how far a long run is, at most once in ten seconds. */
export class Progress {
  readonly #what: string;
  readonly #total: number;
  readonly #begun = performance.now();
  #count = 0;
  #saidAt = performance.now();

  constructor(what: string, total: number) {
    this.#what = what;
    this.#total = total;
  }

  done(count: number): void {
    this.#count += count;
    const now = performance.now();
    if (now - this.#saidAt < 10_000 && this.#count < this.#total) return;
    this.#saidAt = now;
    const seconds = ((now - this.#begun) / 1_000).toFixed(0);
    console.error(`${this.#what}: ${this.#count} of ${this.#total}, ${seconds} s`);
  }
}
