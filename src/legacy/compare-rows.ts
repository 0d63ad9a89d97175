import { createHash } from 'node:crypto';
import type Sqlite from 'better-sqlite3';
import { columnAffinities, comparedValue, textOf } from './column-values.ts';
import { knownTables } from './known-tables.ts';
import type { MovedTable } from './move-rows.ts';
import { type OldSchema, quoted } from './old-schema.ts';

/** A table of the old database held against what became of it. */
export interface ComparedTable {
  table: string;
  newName: string;
  rowsBefore: number;
  /** The old rows that are there now; the rest is in MigrationQuarantine. */
  rowsKept: number;
  quarantined: number;
  /** SHA-256 over every value of the kept rows, before and after: texts, links, times, ids. */
  digestBefore: string;
  digestAfter: string;
  same: boolean;
}

/** Compares every value of every old row with what is in `main` now, row by row under its id. */
export function compareRows(
  connection: Sqlite.Database,
  schema: OldSchema,
  moved: readonly MovedTable[],
  isRechunked: boolean,
): ComparedTable[] {
  return moved.map((table) => {
    const { before, after } = rowsOf(connection, schema, table, isRechunked);
    const [digestBefore, rowsBefore] = digest(connection, before);
    const [digestAfter, rowsAfter] = digest(connection, after);
    return {
      table: table.table,
      newName: table.newName,
      rowsBefore: table.rowsBefore,
      rowsKept: rowsAfter,
      quarantined: table.quarantined,
      digestBefore,
      digestAfter,
      same:
        digestBefore === digestAfter &&
        rowsBefore === rowsAfter &&
        rowsAfter + table.quarantined === table.rowsBefore,
    };
  });
}

/** The same rows of the same columns, in the same order: the old ones that stay, and those of their ids now. */
function rowsOf(
  connection: Sqlite.Database,
  schema: OldSchema,
  moved: MovedTable,
  isRechunked: boolean,
): { before: string; after: string } {
  const old = schema.tables.get(moved.table.toLowerCase());
  if (old === undefined) throw new Error(`Expected the table ${moved.table} to be there still.`);
  const known = moved.isKnown ? knownTables.find(({ name }) => name === moved.newName) : undefined;
  const affinities = columnAffinities(connection, moved.newName);
  const pairs: { before: string; after: string }[] = [];
  for (const { name } of old.columns) {
    const lower = name.toLowerCase();
    const extra = moved.extraColumns.find(({ column }) => column === name);
    if (extra === undefined && known?.replaced?.includes(lower)) continue;
    // Filled in where it was empty; set because a newer revision of the text stands in for the chunk.
    if (known?.name === 'CodePatterns' && lower === 'language') continue;
    if (known?.name === 'ResourceChunks' && lower === 'archived' && isRechunked) continue;
    // A later version's `status` also says whether a todo is done, where `completed` does not.
    const hasStatus = moved.extraColumns.some(({ column }) => column.toLowerCase() === 'status');
    if (known?.name === 'Todos' && lower === 'completed' && hasStatus) continue;
    const affinity = extra === undefined ? (affinities.get(lower) ?? 'as it is') : 'as it is';
    const value = (column: string) =>
      known === undefined || extra !== undefined
        ? typedValue(quoted(column))
        : comparedValue(quoted(column), affinity);
    pairs.push({ before: value(name), after: value(extra?.newName ?? name) });
  }
  const key = known === undefined ? (old.integerKey ?? old.rowid) : 'id';
  const order = key === null ? '' : `ORDER BY ${quoted(key)}`;
  const values = (side: 'before' | 'after') => pairs.map((pair) => `CAST(${pair[side]} AS BLOB)`).join(', ');
  const kept = known === undefined ? '' : `WHERE id IN (SELECT id FROM main.${moved.newName})`;
  const ours = known === undefined ? '' : `WHERE id IN (SELECT id FROM old.${quoted(moved.table)})`;
  return {
    before: `SELECT ${values('before')} FROM old.${quoted(moved.table)} ${kept} ${order}`,
    after: `SELECT ${values('after')} FROM main.${quoted(moved.newName)} ${ours} ${order}`,
  };
}

/** A value that was to stay what it is, with its type. */
function typedValue(column: string): string {
  return `typeof(${column}) || ' ' || ${textOf(column)}`;
}

function digest(connection: Sqlite.Database, sql: string): [sha256: string, rows: number] {
  const hash = createHash('sha256');
  let count = 0;
  for (const row of connection.prepare(sql).raw().iterate() as IterableIterator<(Buffer | null)[]>) {
    for (const value of row) {
      hash.update(value === null ? 'null ' : `${value.length} `);
      if (value !== null) hash.update(value);
    }
    count++;
  }
  return [hash.digest('hex'), count];
}
