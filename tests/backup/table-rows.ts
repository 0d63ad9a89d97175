import Sqlite from 'better-sqlite3';

/** Every row of every table with its exact types, by table; what full text knows, by word. */
export function tableRows(path: string): Record<string, unknown[]> {
  const database = new Sqlite(path);
  try {
    const tables = database
      .prepare(
        `SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'
            AND name NOT LIKE '%Words%' ORDER BY name`,
      )
      .pluck()
      .all() as string[];
    const rows: Record<string, unknown[]> = {};
    for (const table of tables) {
      const columns = database
        .prepare('SELECT name FROM pragma_table_info(?)')
        .pluck()
        .all(table) as string[];
      const quoted = columns.map((name) => `quote("${name}")`).join(" || ',' || ");
      const exact = columns.map((name) => `typeof("${name}") || hex("${name}")`).join(" || ',' || ");
      rows[table] = database
        .prepare(`SELECT ${quoted} || '|' || ${exact} AS line FROM "${table}" ORDER BY line`)
        .pluck()
        .all();
    }
    for (const index of ['ChunkWords', 'PatternWords', 'MessageWords', 'TodoWords']) {
      rows[index] = [
        ...database.prepare(`SELECT term, doc, cnt FROM ${index}Vocabulary ORDER BY term`).all(),
        ...database.prepare(`SELECT id FROM ${index}_docsize ORDER BY id`).pluck().all(),
      ];
    }
    return rows;
  } finally {
    database.close();
  }
}

/** The same without what a restore and an import renew. */
export function lastingRows(path: string): Record<string, unknown[]> {
  const { StoreInfo, ...rows } = tableRows(path);
  const database = new Sqlite(path);
  const info = database.prepare('SELECT * FROM StoreInfo').get() as Record<string, unknown>;
  database.close();
  return { ...rows, StoreInfo: [{ ...info, store_id: null }] };
}
