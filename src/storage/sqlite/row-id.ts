import type { Database } from './database.ts';

/**
 * The id for a new row where SQLite's own choice would be one that JavaScript cannot hold: a database that was moved
 * over keeps its ids, and one beyond 2^53 among them would make every later one larger still. Otherwise null, which
 * lets SQLite choose. Ids below it are not given twice as long as the largest of them stays.
 */
export function idForNewRow(database: Database, table: string): number | null {
  const last = database
    .prepare<number>('SELECT CAST(seq AS REAL) FROM sqlite_sequence WHERE name = ?')
    .pluck()
    .get(table) as number | undefined;
  if (last === undefined || last < Number.MAX_SAFE_INTEGER) return null;
  return database
    .prepare<number>(`SELECT coalesce(max(id), 0) + 1 FROM ${table} WHERE id BETWEEN 1 AND ?`)
    .pluck()
    .get(Number.MAX_SAFE_INTEGER - 1) as number;
}
