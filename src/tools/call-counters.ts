/** Calls of this process since it began. */
export class CallCounters {
  #calls = 0;
  #errors = 0;
  #totalMs = 0;
  #slowestMs = 0;

  record(durationMs: number, failed: boolean): void {
    this.#calls++;
    if (failed) this.#errors++;
    this.#totalMs += durationMs;
    this.#slowestMs = Math.max(this.#slowestMs, durationMs);
  }

  report(): { calls: number; errors: number; meanMs: number; slowestMs: number } {
    return {
      calls: this.#calls,
      errors: this.#errors,
      meanMs: this.#calls === 0 ? 0 : this.#totalMs / this.#calls,
      slowestMs: this.#slowestMs,
    };
  }
}
