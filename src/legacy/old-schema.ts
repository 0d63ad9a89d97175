import type Sqlite from 'better-sqlite3';

export interface OldColumn {
  name: string;
  /** As it was declared, reduced to words that mean nothing but a type. */
  type: string;
}

/** A plain table of the old database, with the columns that it really has. */
export interface OldTable {
  name: string;
  columns: OldColumn[];
  /** The name by which its rowid can be asked for; null: WITHOUT ROWID, or all three names are columns. */
  rowid: string | null;
  /** Its `INTEGER PRIMARY KEY`, which is its rowid; null where it has none. */
  integerKey: string | null;
  rows: number;
  /** It belongs to a virtual table, and its name is kept for that. */
  isShadow: boolean;
}

/** Something of the old database that has no rows of its own: a view, trigger, index or virtual table. */
export interface OldObject {
  type: string;
  name: string;
  sql: string;
}

/** What an attached database holds. Its views and triggers are only named; nothing of them runs. */
export interface OldSchema {
  /** Every plain table by its name in lower case, SQLite's own left out. */
  tables: Map<string, OldTable>;
  others: OldObject[];
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function readOldSchema(connection: Sqlite.Database, schema: string): OldSchema {
  const listed = connection
    .prepare('SELECT name, type, wr AS withoutRowid FROM pragma_table_list WHERE schema = ? ORDER BY name')
    .all(schema) as { name: string; type: string; withoutRowid: number }[];
  const plain = listed.filter(({ name, type }) => {
    return (type === 'table' || type === 'shadow') && !name.toLowerCase().startsWith('sqlite_');
  });
  const tables = new Map<string, OldTable>();
  for (const { name, type, withoutRowid } of plain) {
    const table = readTable(connection, schema, name, withoutRowid === 1);
    tables.set(name.toLowerCase(), { ...table, isShadow: type === 'shadow' });
  }
  const virtual = new Set(listed.filter(({ type }) => type === 'virtual').map(({ name }) => name));
  const others = (
    connection
      .prepare(
        `SELECT type, name, sql FROM ${quoted(schema)}.sqlite_schema
          WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name`,
      )
      .all() as OldObject[]
  ).filter(({ type, name }) => type !== 'table' || virtual.has(name));
  return { tables, others };
}

function readTable(
  connection: Sqlite.Database,
  schema: string,
  name: string,
  withoutRowid: boolean,
): Omit<OldTable, 'isShadow'> {
  const columns = connection
    .prepare('SELECT name, type, pk, hidden FROM pragma_table_xinfo(?, ?) ORDER BY cid')
    .all(name, schema) as { name: string; type: string; pk: number; hidden: number }[];
  const readable = columns.filter(
    (column) => column.hidden !== 2 || canBeRead(connection, schema, name, column.name),
  );
  const taken = new Set(columns.map((column) => column.name.toLowerCase()));
  const rowid = withoutRowid ? undefined : ['rowid', '_rowid_', 'oid'].find((alias) => !taken.has(alias));
  const keys = columns.filter((column) => column.pk > 0);
  const isRowid = !withoutRowid && keys.length === 1 && keys[0]?.type.toUpperCase() === 'INTEGER';
  const rows = connection
    .prepare(`SELECT count(*) FROM ${quoted(schema)}.${quoted(name)}`)
    .pluck()
    .get() as number;
  return {
    name,
    columns: readable.map((column) => ({ name: column.name, type: plainType(column.type) })),
    rowid: rowid ?? null,
    integerKey: isRowid ? (keys[0]?.name ?? null) : null,
    rows,
  };
}

/** A value that is generated when it is read, perhaps by a function that only its own program has. */
function canBeRead(connection: Sqlite.Database, schema: string, table: string, column: string): boolean {
  try {
    connection.prepare(`SELECT ${quoted(column)} FROM ${quoted(schema)}.${quoted(table)}`);
    return true;
  } catch {
    return false;
  }
}

/**
 * `VARCHAR(20)`, `BOOLEAN`. `ANY` counts as none: in a strict table it keeps values as they are, elsewhere it makes
 * numbers of texts. A declared type that is more than words, digits and brackets counts as none too.
 */
function plainType(declared: string): string {
  if (/^any$/i.test(declared)) return '';
  return /^[A-Za-z][A-Za-z0-9_ ]{0,60}(\([0-9, ]{1,20}\))?$/.test(declared) ? declared : '';
}
