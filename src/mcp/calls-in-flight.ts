/** Counts work that was begun and not ended, so that the process can wait for it before it goes. */
export class CallsInFlight {
  #count = 0;
  #waiting: (() => void)[] = [];

  async track<Result>(work: Promise<Result>): Promise<Result> {
    this.#count++;
    try {
      return await work;
    } finally {
      this.#count--;
      if (this.#count === 0) for (const resume of this.#waiting.splice(0)) resume();
    }
  }

  /** Resolves when nothing is in flight; at once if nothing is. */
  settled(): Promise<void> {
    return this.#count === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }
}
