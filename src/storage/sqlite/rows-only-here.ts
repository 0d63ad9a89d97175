import type Sqlite from 'better-sqlite3';

/** What a person wrote; everything else follows from it or is counted. */
const writtenTables = [
  'Resources',
  'ResourceRevisions',
  'ResourceChunks',
  'ChatHistory',
  'ContextLinks',
  'Summaries',
  'Todos',
  'CodePatterns',
  'CodePatternContext',
  'GraphEdges',
  'MigrationQuarantine',
] as const;

export interface ComparedRows {
  /** Rows of the database that the other one lacks or has otherwise. */
  onlyHere: Record<string, number>;
  /** Rows of the other one whose id the database has no more. */
  onlyThere: Record<string, number>;
}

/** Compares row by row what was written in two databases, in bounded memory. */
export function compareRows(connection: Sqlite.Database, otherPath: string): ComparedRows {
  connection.prepare('ATTACH ? AS other').run(otherPath);
  try {
    const compared: ComparedRows = { onlyHere: {}, onlyThere: {} };
    for (const table of writtenTables) {
      const columns = sharedColumns(connection, table);
      const isSame = columns.map((name) => `here."${name}" IS there."${name}"`).join(' AND ');
      const key = table === 'ResourceRevisions' ? ['resource_id', 'revision'] : ['id'];
      const meets = key.map((name) => `there."${name}" = here."${name}"`).join(' AND ');
      const count = (sql: string) => connection.prepare(sql).pluck().get() as number;
      const here = count(
        `SELECT count(*) FROM main.${table} AS here
          WHERE NOT EXISTS (SELECT 1 FROM other.${table} AS there WHERE ${meets} AND ${isSame})`,
      );
      const there = count(
        `SELECT count(*) FROM other.${table} AS there
          WHERE NOT EXISTS (SELECT 1 FROM main.${table} AS here WHERE ${meets})`,
      );
      if (here > 0) compared.onlyHere[table] = here;
      if (there > 0) compared.onlyThere[table] = there;
    }
    return compared;
  } finally {
    connection.exec('DETACH other');
  }
}

/** Those that both have: their schema versions may differ. Vector ids are given anew where a store is built anew. */
function sharedColumns(connection: Sqlite.Database, table: string): string[] {
  return connection
    .prepare(
      `SELECT name FROM pragma_table_info(?, 'main') WHERE name <> 'vector_id'
       INTERSECT SELECT name FROM pragma_table_info(?, 'other')`,
    )
    .pluck()
    .all(table, table) as string[];
}
