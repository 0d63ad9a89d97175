import type Sqlite from 'better-sqlite3';
import { LtmcError } from '../errors.ts';
import { changesValues, columnAffinities, textOf } from './column-values.ts';
import { hasShape, type KnownTable, knownTables, replacedTable } from './known-tables.ts';
import { type OldSchema, type OldTable, quoted } from './old-schema.ts';
import type { OldTimes } from './old-times.ts';
import { quarantineRows } from './quarantine.ts';
import { moveUserTable } from './user-tables.ts';

/** What became of one table of the old database. */
export interface MovedTable {
  /** Its name before, and now where it is another. */
  table: string;
  newName: string;
  rowsBefore: number;
  rowsAfter: number;
  quarantined: number;
  /** Columns that our table did not have: they came along, under these names. */
  extraColumns: { column: string; newName: string }[];
  /** One of the tables of Python LTMC, not one that a user or a later version added. */
  isKnown: boolean;
}

interface Moving {
  connection: Sqlite.Database;
  schema: OldSchema;
  times: OldTimes;
  writtenBy: string;
}

/**
 * Copies every row of the attached database `old` into `main`, which holds our schema and no rows: inside SQLite,
 * so that each value keeps its bytes and each row its id. Vector ids are given anew (VectorIdMap); rows whose
 * reference points nowhere go into MigrationQuarantine; tables that are not known come along.
 */
export function moveRows(moving: Moving): MovedTable[] {
  const { connection, schema, times } = moving;
  connection.function('utc_ms', { directOnly: true }, (table: unknown, id: unknown, value: unknown) =>
    times.utcMs(String(table), String(id), value),
  );
  connection.exec(
    `CREATE TEMP TABLE NewVectorIds (kind TEXT, owner_id INTEGER, new_id INTEGER, PRIMARY KEY (kind, owner_id)) WITHOUT ROWID`,
  );
  const moved: MovedTable[] = [];
  const done = new Set([replacedTable.toLowerCase()]);
  for (const known of knownTables) {
    const table = schema.tables.get(known.name.toLowerCase());
    const isUsable = table !== undefined && hasShape(table, known) && hasWholeIds(connection, table);
    if (isUsable) {
      moved.push(moveKnownTable(moving, known, table));
      done.add(known.name.toLowerCase());
    } else if (known.name === 'Resources' || known.name === 'ResourceChunks') throw notPython(known.name);
  }
  for (const [key, table] of schema.tables) {
    if (!done.has(key)) moved.push(moveUserTable(connection, table));
  }
  keepObjects(connection, schema);
  keepSequences(connection, moved);
  afterwards(connection, moved);
  return moved;
}

/** Ids that are whole numbers, each once: only such a table can keep them. */
function hasWholeIds(connection: Sqlite.Database, table: OldTable): boolean {
  if (table.integerKey?.toLowerCase() === 'id') return true;
  return (
    connection
      .prepare(
        `SELECT count(*) = count(DISTINCT id) AND total(typeof(id) = 'integer') = count(*) FROM old.${quoted(table.name)}`,
      )
      .pluck()
      .get() === 1
  );
}

function moveKnownTable(moving: Moving, known: KnownTable, table: OldTable): MovedTable {
  const { connection } = moving;
  const own = new Map(table.columns.map((column) => [column.name.toLowerCase(), column.name]));
  const extraColumns = addExtraColumns(connection, known, table);
  const stays = known.references.map(
    ({ column, table: parent }) => `(o.${column} IS NULL OR o.${column} IN (SELECT id FROM main.${parent}))`,
  );
  let quarantined = 0;
  known.references.forEach(({ column, table: parent }, i) => {
    // A row that hangs on two missing ones is put aside once.
    const before = stays.slice(0, i).map((condition) => `${condition} AND `);
    quarantined += quarantineRows(
      connection,
      table,
      `${before.join('')}NOT ${stays[i]}`,
      `${column} names no row of ${parent}`,
    );
  });
  if (known.name === 'RetrievalWeights') {
    stays.push('o.id = 1');
    quarantined += quarantineRows(
      connection,
      table,
      'o.id <> 1',
      'there is one row of weights, with the id 1',
    );
  }
  const condition = stays.length === 0 ? '1' : stays.join(' AND ');
  if (known.numbered !== undefined) giveVectorIds(connection, known.numbered, table, condition);

  const values = new Map<string, string>([['id', 'o.id']]);
  const affinities = columnAffinities(connection, known.name);
  for (const column of known.columns) {
    const source = own.get(column) ?? own.get(known.aliases?.[column] ?? '');
    if (source === undefined) continue;
    const value = `o.${quoted(source)}`;
    // What reads a column of text expects text.
    values.set(column, affinities.get(column) === 'text' ? textOf(value) : value);
  }
  for (const [text, ms] of known.times) {
    const source = values.get(text);
    if (source !== undefined) values.set(ms, `utc_ms('${known.name}', CAST(o.id AS TEXT), ${source})`);
  }
  for (const [column, sql] of Object.entries(known.derived)) {
    if (!values.has(column)) values.set(column, sql);
  }
  for (const { column, newName } of extraColumns) values.set(quoted(newName), `o.${quoted(column)}`);
  if (known.numbered !== undefined) {
    values.set(
      'vector_id',
      `(SELECT new_id FROM temp.NewVectorIds n WHERE n.kind = '${known.numbered}' AND n.owner_id = o.id)`,
    );
  }
  const insert = connection.prepare(
    `INSERT INTO main.${known.name} (${[...values.keys()].join(', ')})
     SELECT ${[...values.values()].join(', ')} FROM old.${quoted(table.name)} o WHERE ${condition} ORDER BY o.id`,
  );
  const needsMark = [...values.values()].includes('@writtenBy');
  const rowsAfter = insert.run(...(needsMark ? [{ writtenBy: moving.writtenBy }] : [])).changes;
  return {
    table: table.name,
    newName: known.name,
    rowsBefore: table.rows,
    rowsAfter,
    quarantined,
    extraColumns,
    isKnown: true,
  };
}

/** Columns that ours lack, and those whose values a column of ours would change: they also stay as they are. */
function addExtraColumns(connection: Sqlite.Database, known: KnownTable, table: OldTable) {
  const affinities = columnAffinities(connection, known.name);
  const ours = new Set([...affinities.keys()].map((name) => name.toLowerCase()));
  const taken = new Set(['id', ...known.columns, ...(known.replaced ?? [])]);
  const extra: { column: string; newName: string }[] = [];
  for (const { name, type: declared } of table.columns) {
    const isTaken = taken.has(name.toLowerCase());
    const affinity = affinities.get(name.toLowerCase()) ?? 'as it is';
    const changes = isTaken && changesValues(connection, { table: table.name, column: name }, affinity);
    if (isTaken && !changes) continue;
    const type = changes ? '' : declared;
    let newName = name;
    // Its rowid has three names of its own, which no column can be given later.
    while (ours.has(newName.toLowerCase()) || /^(rowid|oid|_rowid_)$/i.test(newName))
      newName = `python_${newName}`;
    ours.add(newName.toLowerCase());
    connection.exec(`ALTER TABLE main.${known.name} ADD COLUMN ${quoted(newName)} ${type}`);
    extra.push({ column: name, newName });
  }
  return extra;
}

/** Chunks first, then attempts, each by its id: 1..N without a gap. */
function giveVectorIds(
  connection: Sqlite.Database,
  kind: 'chunk' | 'pattern',
  table: OldTable,
  condition: string,
): void {
  const hasOld = table.columns.some((column) => column.name.toLowerCase() === 'vector_id');
  connection
    .prepare(
      `INSERT INTO main.VectorIdMap (old_id, new_id, owner_kind, owner_id)
       SELECT ${hasOld ? 'o.vector_id' : 'NULL'},
              (SELECT coalesce(max(new_id), 0) FROM main.VectorIdMap) + row_number() OVER (ORDER BY o.id), ?, o.id
         FROM old.${quoted(table.name)} o WHERE ${condition} ORDER BY o.id`,
    )
    .run(kind);
  connection
    .prepare(
      'INSERT INTO temp.NewVectorIds SELECT owner_kind, owner_id, new_id FROM main.VectorIdMap WHERE owner_kind = ?',
    )
    .run(kind);
}

/** What would run by itself stays out; its text is kept. */
function keepObjects(connection: Sqlite.Database, schema: OldSchema): void {
  const insert = connection.prepare(
    'INSERT INTO main.MigrationQuarantine (source_table, source_rowid, reason, row_json) VALUES (?, NULL, ?, ?)',
  );
  for (const { type, name, sql } of schema.others) {
    const what = type === 'table' ? 'virtual table' : type;
    insert.run(
      'sqlite_schema',
      `a ${what} is not taken over; its rows, where it has any, are`,
      JSON.stringify({ type, name, sql }),
    );
  }
}

/** An id that was given is never given again, even if its row is gone. */
function keepSequences(connection: Sqlite.Database, moved: readonly MovedTable[]): void {
  const hasOld = connection
    .prepare("SELECT count(*) FROM old.sqlite_schema WHERE name = 'sqlite_sequence' AND type = 'table'")
    .pluck()
    .get();
  if (hasOld === 0) return;
  for (const { table, newName } of moved) {
    const last = connection
      .prepare(
        "SELECT max(seq) FROM old.sqlite_sequence WHERE name = ? COLLATE NOCASE AND typeof(seq) = 'integer'",
      )
      .pluck()
      .safeIntegers()
      .get(table) as bigint | null;
    if (last === null || last < 1n) continue;
    const isCounted = connection
      .prepare(
        "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = ? AND sql LIKE '%AUTOINCREMENT%'",
      )
      .pluck()
      .get(newName);
    if (isCounted === 0) continue;
    const changed = connection
      .prepare('UPDATE main.sqlite_sequence SET seq = max(seq, ?) WHERE name = ?')
      .run(last, newName).changes;
    if (changed === 0)
      connection.prepare('INSERT INTO main.sqlite_sequence (name, seq) VALUES (?, ?)').run(newName, last);
  }
}

/** What follows from the rows themselves. */
function afterwards(connection: Sqlite.Database, moved: readonly MovedTable[]): void {
  // The log of an HTTP call: its arguments are told again by the rows that the call made.
  connection.exec(
    `UPDATE main.ChatHistory SET is_query =
       CASE WHEN role = 'tool' AND CAST(content AS TEXT) LIKE 'tools/call:%' THEN 1 ELSE 0 END`,
  );
  const todos = moved.find(({ newName }) => newName === 'Todos');
  const status = todos?.extraColumns.find(({ column }) => column.toLowerCase() === 'status');
  if (todos !== undefined && status !== undefined) {
    connection.exec(
      `UPDATE main.Todos SET completed = 1
        WHERE coalesce(completed, 0) = 0 AND lower(${quoted(status.newName)}) IN ('completed', 'done')`,
    );
  }
  edgesFromLinks(connection, moved);
}

/** A later version kept links between resources under the name ContextLinks. */
function edgesFromLinks(connection: Sqlite.Database, moved: readonly MovedTable[]): void {
  const links = moved.find(({ table, isKnown }) => !isKnown && table.toLowerCase() === 'contextlinks');
  if (links === undefined) return;
  const columns = connection
    .prepare("SELECT lower(name) FROM pragma_table_info(?, 'main')")
    .pluck()
    .all(links.newName) as string[];
  if (!['source_id', 'target_id', 'relationship'].every((name) => columns.includes(name))) return;
  connection.exec(
    `INSERT OR IGNORE INTO main.GraphEdges (source_id, target_id, relation, created_at)
     SELECT 'memory-' || source_id, 'memory-' || target_id, relationship,
            ${columns.includes('created_at') ? "coalesce(created_at, '')" : "''"}
       FROM main.${quoted(links.newName)}
      WHERE typeof(source_id) = 'integer' AND typeof(target_id) = 'integer' AND relationship IS NOT NULL`,
  );
}

function notPython(table: string): LtmcError {
  return new LtmcError(
    'foreign_database',
    `Expected a database of the Python LTMC; its table ${table} has other columns or ids. Nothing was changed.`,
    'Check the path: another program may use the same table names.',
  );
}
