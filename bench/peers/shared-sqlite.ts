import Sqlite from 'better-sqlite3';

/**
 * The version of better-sqlite3 that some peers name has to be compiled or downloaded when it is installed. With
 * ours in its place they run without install scripts, and every server here runs the same SQLite on the same Node.
 */
export const sharedSqlite = { 'better-sqlite3': '13.2.0' };

export function rowsOf(file: string, table: string): number {
  const database = new Sqlite(file, { readonly: true });
  try {
    const { rows } = database.prepare(`SELECT count(*) AS rows FROM ${table}`).get() as { rows: number };
    return rows;
  } finally {
    database.close();
  }
}
