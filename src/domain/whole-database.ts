/** What a database that was looked through holds. */
export interface DatabaseFacts {
  schemaVersion: number;
  oldestWriter: number;
  lastVectorId: number;
  /** Rows by table. */
  counts: Record<string, number>;
}

export interface RestoreReport {
  facts: DatabaseFacts;
  /** What was there before, now beside the database; null where there was nothing. */
  keptPath: string | null;
  /** Rows, by table, that the database had and the backup has not; empty without `force`. */
  lost: Record<string, number>;
  /** Rows, by table, that were removed since the backup and are there again. */
  broughtBack: Record<string, number>;
}

/** What can be done with the database file as a whole, while other processes have it open. */
export interface WholeDatabase {
  /** Throws the database codes of errors.ts, and `invalid_argument` for a target that cannot be taken. */
  backUp(targetPath: string, options: { force: boolean }): Promise<DatabaseFacts>;
  /** Whole or not at all. Throws the same, and `not_confirmed` where rows would be lost without `force`. */
  restore(backupPath: string, options: { force: boolean }): Promise<RestoreReport>;
}
