import type Sqlite from 'better-sqlite3';
import type { MovedTable } from './move-rows.ts';
import { type OldTable, quoted } from './old-schema.ts';

/**
 * Copies a table that is not known: its columns with their types, its key, its rows with their rowids. Constraints,
 * references, defaults and indexes stay behind, so that no row is refused and none stands in the way of ours.
 */
export function moveUserTable(connection: Sqlite.Database, table: OldTable): MovedTable {
  const newName = freeName(connection, table);
  const columns = table.columns.map(({ name, type }) =>
    name === table.integerKey
      ? `${quoted(name)} INTEGER PRIMARY KEY${autoincrement(connection, table)}`
      : `${quoted(name)} ${type}`,
  );
  connection.exec(`CREATE TABLE main.${quoted(newName)} (${columns.join(', ')})`);
  const names = table.columns.map(({ name }) => quoted(name));
  if (table.integerKey === null && table.rowid !== null) names.unshift(table.rowid);
  const { changes } = connection
    .prepare(
      `INSERT INTO main.${quoted(newName)} (${names.join(', ')}) SELECT ${names.join(', ')} FROM old.${quoted(table.name)}`,
    )
    .run();
  return {
    table: table.name,
    newName,
    rowsBefore: table.rows,
    rowsAfter: changes,
    quarantined: 0,
    extraColumns: [],
    isKnown: false,
  };
}

function autoincrement(connection: Sqlite.Database, table: OldTable): string {
  const sql = connection
    .prepare("SELECT sql FROM old.sqlite_schema WHERE type = 'table' AND name = ?")
    .pluck()
    .get(table.name) as string | undefined;
  return /\bAUTOINCREMENT\b/i.test(sql ?? '') ? ' AUTOINCREMENT' : '';
}

/** A name of ours stays ours, and SQLite keeps those of a virtual table's parts for itself. */
function freeName(connection: Sqlite.Database, { name, isShadow }: OldTable): string {
  const isTaken = connection
    .prepare('SELECT count(*) FROM main.sqlite_schema WHERE name = ? COLLATE NOCASE')
    .pluck();
  let free = isShadow ? `${name}_python` : name;
  for (let i = 1; isTaken.get(free) !== 0; i++) free = `${name}_python${i === 1 ? '' : i}`;
  return free;
}
