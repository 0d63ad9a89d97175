import type Sqlite from 'better-sqlite3';
import { quoted } from './old-schema.ts';

/** How SQLite changes what is written into a column (https://www.sqlite.org/datatype3.html#affinity). */
type Affinity = 'text' | 'whole' | 'real' | 'as it is';

/** The columns of a table of ours with what they do to values. */
export function columnAffinities(connection: Sqlite.Database, table: string): Map<string, Affinity> {
  const columns = connection
    .prepare("SELECT name, upper(type) AS type FROM pragma_table_info(?, 'main')")
    .all(table) as { name: string; type: string }[];
  const known: Record<string, Affinity> = {
    TEXT: 'text',
    INTEGER: 'whole',
    // To SQLite a number of any kind.
    BOOLEAN: 'whole',
    REAL: 'real',
  };
  return new Map(columns.map(({ name, type }) => [name, known[type] ?? 'as it is']));
}

/**
 * SQL of a value as text that keeps every byte and every digit: bytes become the text of the same bytes, and a
 * fraction has as many digits as it takes to read it back.
 */
export function textOf(value: string): string {
  return `CASE typeof(${value})
    WHEN 'blob' THEN CAST(${value} AS TEXT)
    WHEN 'real' THEN CASE WHEN CAST(CAST(${value} AS TEXT) AS REAL) = ${value} THEN CAST(${value} AS TEXT) ELSE printf('%!.17g', ${value}) END
    ELSE CAST(${value} AS TEXT) END`;
}

/** SQL of a number by its value, whatever kind of number it is; of anything else as textOf. */
function numberOrTextOf(value: string): string {
  const isWhole = `${value} BETWEEN -9007199254740992.0 AND 9007199254740992.0 AND ${value} = CAST(${value} AS INTEGER)`;
  return `CASE WHEN typeof(${value}) = 'real' AND ${isWhole} THEN CAST(CAST(${value} AS INTEGER) AS TEXT) ELSE ${textOf(value)} END`;
}

/** SQL of how a value is held against what became of it in a column of this kind. */
export function comparedValue(value: string, affinity: Affinity): string {
  return affinity === 'whole' || affinity === 'real' ? numberOrTextOf(value) : textOf(value);
}

/** Whether a column of numbers would turn a value of the old column into another one, such as '007' into 7. */
export function changesValues(
  connection: Sqlite.Database,
  old: { table: string; column: string },
  affinity: Affinity,
): boolean {
  if (affinity !== 'whole' && affinity !== 'real') return false;
  connection.exec(`CREATE TEMP TABLE Tried (before, after ${affinity === 'whole' ? 'INTEGER' : 'REAL'})`);
  try {
    const column = quoted(old.column);
    connection
      .prepare(
        `INSERT INTO temp.Tried SELECT ${column}, ${column} FROM old.${quoted(old.table)} WHERE ${column} IS NOT NULL`,
      )
      .run();
    return (
      connection
        .prepare(
          `SELECT EXISTS (SELECT 1 FROM temp.Tried WHERE ${numberOrTextOf('before')} <> ${numberOrTextOf('after')})`,
        )
        .pluck()
        .get() === 1
    );
  } finally {
    connection.exec('DROP TABLE temp.Tried');
  }
}
