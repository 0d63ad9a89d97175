import type { Database } from 'better-sqlite3';

/** One step of the schema. Applied once, in order, inside the transaction that also records it. */
export interface SchemaMigration {
  version: number;
  name: string;
  /** The oldest schema version whose program may still write a database of this version. */
  oldestWriter: number;
  apply(database: Database, context: { programVersion: string; nowText: string }): void;
}
