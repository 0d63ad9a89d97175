/** A connection, or a Database (database.ts), as far as both prepare statements alike. */
export interface Preparing {
  prepare(sql: string): {
    pluck(): { all(...parameters: unknown[]): unknown[]; get(...parameters: unknown[]): unknown };
    all(...parameters: unknown[]): unknown[];
    iterate(...parameters: unknown[]): Iterable<unknown>;
  };
}
