/** Counters that live in the database, so that they outlast a process and add up over all of them. */
export interface MetricPort {
  /** Adds to each named counter in one transaction. */
  addToCounters(amounts: ReadonlyMap<string, number>): Promise<void>;
  counters(): Promise<Map<string, number>>;
}
