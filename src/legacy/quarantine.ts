import type Sqlite from 'better-sqlite3';
import { type OldTable, quoted } from './old-schema.ts';

const pageRows = 100;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Puts the rows of an old table that `condition` finds (over the row `o`) whole into MigrationQuarantine. Returns
 * how many.
 */
export function quarantineRows(
  connection: Sqlite.Database,
  table: OldTable,
  condition: string,
  reason: string,
): number {
  const values = table.columns.map(({ name }, i) => {
    const column = `o.${quoted(name)}`;
    return `typeof(${column}) AS t${i}, CASE typeof(${column}) WHEN 'text' THEN CAST(${column} AS BLOB) ELSE ${column} END AS v${i}`;
  });
  const rowid = table.rowid ?? table.integerKey;
  const insert = connection.prepare(
    'INSERT INTO main.MigrationQuarantine (source_table, source_rowid, reason, row_json) VALUES (?, ?, ?, ?)',
  );
  let count = 0;
  const key = rowid === null ? 'NULL' : `o.${quoted(rowid)}`;
  // Read to the end before anything is written: one connection does not do both at once.
  for (let after: bigint | null = null; ; ) {
    const found = connection
      .prepare(
        `SELECT ${key} AS k, ${values.join(', ')} FROM old.${quoted(table.name)} o
          WHERE ${condition} ${rowid === null || after === null ? '' : `AND ${key} > ?`}
          ${rowid === null ? '' : `ORDER BY ${key} LIMIT ${pageRows}`}`,
      )
      .safeIntegers()
      .all(...(rowid === null || after === null ? [] : [after])) as Record<string, unknown>[];
    for (const row of found) {
      insert.run(table.name, row.k, reason, rowJson(table, row));
      count++;
    }
    const last = found.at(-1)?.k;
    if (rowid === null || typeof last !== 'bigint') return count;
    after = last;
  }
}

/**
 * A row as one JSON object. Whole numbers keep every digit; bytes are `{"$blob": hex}`, a text that is no UTF-8 is
 * `{"$text": hex}`, and a number that JSON does not know is `{"$real": text}`.
 */
function rowJson(table: OldTable, row: Record<string, unknown>): string {
  const fields = table.columns.map(
    ({ name }, i) => `${JSON.stringify(name)}:${valueJson(row[`t${i}`], row[`v${i}`])}`,
  );
  return `{${fields.join(',')}}`;
}

function valueJson(type: unknown, value: unknown): string {
  if (type === 'integer') return String(value);
  if (type === 'real') {
    return Number.isFinite(value) ? JSON.stringify(value) : `{"$real":${JSON.stringify(String(value))}}`;
  }
  if (!Buffer.isBuffer(value)) return 'null';
  if (type === 'blob') return `{"$blob":"${value.toString('hex')}"}`;
  try {
    return JSON.stringify(decoder.decode(value));
  } catch {
    return `{"$text":"${value.toString('hex')}"}`;
  }
}
