import type { Timers } from '../../src/embedding/timers.ts';

/** Time that passes only when a test says so. */
export class ManualTimers implements Timers {
  #nowMs = 0;
  readonly #due = new Map<() => void, number>();

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    this.#due.set(run, this.#nowMs + delayMs);
    return () => this.#due.delete(run);
  }

  /** How many are to run after just this long. */
  dueIn(ms: number): number {
    return [...this.#due.values()].filter((dueMs) => dueMs === this.#nowMs + ms).length;
  }

  /** Lets time pass and runs what became due, in the order of its time. */
  advance(ms: number): void {
    this.#nowMs += ms;
    const ready = [...this.#due].filter(([, dueMs]) => dueMs <= this.#nowMs).sort((a, b) => a[1] - b[1]);
    for (const [run] of ready) if (this.#due.delete(run)) run();
  }
}
