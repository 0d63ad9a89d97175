/** Time as the embedder needs it; a parameter, so that tests need not wait. */
export interface Timers {
  /** Milliseconds that only rise; not a time of day. */
  nowMs(): number;
  /** Runs `run` once after the delay, without keeping the process alive; the function returned calls it off. */
  after(delayMs: number, run: () => void): () => void;
}

export const systemTimers: Timers = {
  nowMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
