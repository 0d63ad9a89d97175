/** How attempts ended, failures of the environment and flaky ones left out. */
export interface AttemptOutcomes {
  pass: number;
  fail: number;
  partial: number;
}

/** Counters that live in the database, so that they outlast a process and add up over all of them. */
export interface MetricPort {
  /** Adds to each named counter in one transaction. */
  addToCounters(amounts: ReadonlyMap<string, number>): Promise<void>;
  counters(): Promise<Map<string, number>>;
  /** Of all attempts, and of those that named the attempts they started from. */
  attemptOutcomes(): Promise<{ all: AttemptOutcomes; informed: AttemptOutcomes }>;
  /** The ids of the newest attempts that may be found, newest first. */
  newestAttempts(limit: number): Promise<number[]>;
}
