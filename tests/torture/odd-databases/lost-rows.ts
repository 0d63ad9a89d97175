/**
 * Says what of an old database is not in the new one. Reads both files by itself and knows nothing of how rows are
 * moved: every value of every row must be found again, in the table of its name, in `<name>_python`, or whole in
 * MigrationQuarantine.
 */
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { quoted } from './fill-tables.ts';

interface Cell {
  type: string;
  bytes: Buffer | null;
}
type Row = Map<string, Cell>;
interface ReadTable {
  name: string;
  rows: Row[];
}

/** What stands there, as text for a person; [] when nothing is lost. */
export function lostRows(oldPath: string, newPath: string): string[] {
  const old = readTables(oldPath);
  const now = readTables(newPath);
  const set = quarantinedRows(newPath);
  const vectorIds = givenVectorIds(newPath);
  const lost: string[] = [];
  for (const table of old) {
    if (table.name.toLowerCase() === 'vectoridsequence') continue;
    const lower = table.name.toLowerCase();
    const pools = now
      .filter(({ name }) => name.toLowerCase().replace(/_python\d*$/, '') === lower)
      .map(({ name, rows }) => ({ name, byId: grouped(rows) }));
    for (const row of table.rows) {
      const id = idOf(row);
      const isThere =
        pools.some(({ name, byId }) =>
          takeRow(byId, id, (candidate) => holds(row, candidate, name, vectorIds)),
        ) || takeSet(set, lower, row);
      if (!isThere) lost.push(`${table.name}: ${described(row)}`);
    }
  }
  return lost;
}

function readTables(path: string): ReadTable[] {
  const folder = mkdtempSync(join(tmpdir(), 'ltmc-odd-read-'));
  try {
    const copy = join(folder, 'read.db');
    for (const suffix of ['', '-wal', '-journal']) {
      const isFile = existsSync(path + suffix) && statSync(path + suffix).isFile();
      if (isFile) copyFileSync(path + suffix, copy + suffix);
    }
    const connection = new Sqlite(copy);
    connection.function('matches', { deterministic: true }, (value: unknown) => (value === null ? 0 : 1));
    connection.function('kind_of', { deterministic: true }, (value: unknown) => `kind of ${value}`);
    const names = connection
      .prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL%'",
      )
      .pluck()
      .all() as string[];
    const tables = names.map((name) => ({ name, rows: readRows(connection, name) }));
    connection.close();
    return tables;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readRows(connection: Sqlite.Database, name: string): Row[] {
  // Without generated columns: they follow from the others.
  const columns = connection.pragma(`table_info(${quoted(name)})`) as { name: string }[];
  const isUtf8 = connection.pragma('encoding', { simple: true }) === 'UTF-8';
  const rows: Row[] = [];
  for (let from = 0; from < columns.length; from += 500) {
    const some = columns.slice(from, from + 500);
    const values = some
      .map((column) => `typeof(${quoted(column.name)}), CAST(${quoted(column.name)} AS BLOB)`)
      .join(', ');
    const reals = some.map((column) => quoted(column.name)).join(', ');
    const read = connection
      .prepare(`SELECT ${values} FROM ${quoted(name)} NOT INDEXED`)
      .raw()
      .all() as (string | Buffer | null)[][];
    const plain = connection
      .prepare(`SELECT ${reals} FROM ${quoted(name)} NOT INDEXED`)
      .raw()
      .safeIntegers()
      .all() as unknown[][];
    read.forEach((cells, i) => {
      const row = rows[i] ?? new Map<string, Cell>();
      some.forEach((column, j) => {
        const type = cells[2 * j] as string;
        const isSpoken = type === 'real' || type === 'integer' || (type === 'text' && !isUtf8);
        const exact = isSpoken ? Buffer.from(String(plain[i]?.[j])) : (cells[2 * j + 1] as Buffer | null);
        row.set(column.name.toLowerCase(), { type, bytes: exact });
      });
      rows[i] = row;
    });
  }
  return rows;
}

function idOf(row: Row): string {
  return row.get('id')?.bytes?.toString('latin1') ?? '';
}

function grouped(rows: readonly Row[]): Map<string, Row[]> {
  const byId = new Map<string, Row[]>();
  for (const row of rows) byId.set(idOf(row), [...(byId.get(idOf(row)) ?? []), row]);
  return byId;
}

function takeRow(byId: Map<string, Row[]>, id: string, fits: (row: Row) => boolean): boolean {
  const rows = byId.get(id) ?? [];
  const at = rows.findIndex(fits);
  if (at === -1) return false;
  rows.splice(at, 1);
  return true;
}

/** Columns that the new server fills or gives anew, table by table. */
function isOurs(table: string, column: string, old: Cell): boolean {
  if (table === 'ResourceChunks') return column === 'generation_method';
  if (table === 'Todos') return column === 'completed';
  return table === 'CodePatterns' && column === 'language' && old.type === 'null';
}

function holds(old: Row, now: Row, table: string, vectorIds: Map<string, Cell>): boolean {
  return [...old].every(([column, cell]) => {
    if (isOurs(table, column, cell)) return true;
    if (column === 'vector_id' && (table === 'ResourceChunks' || table === 'CodePatterns')) {
      const before = vectorIds.get(`${table} ${idOf(old)}`);
      const asItWas = now.get('python_vector_id');
      return (
        (before !== undefined && isSame(cell, before)) || (asItWas !== undefined && isSame(cell, asItWas))
      );
    }
    const names = [column, `python_${column}`, `python_python_${column}`];
    return names.some((name) => {
      const found = now.get(name);
      return found !== undefined && isSame(cell, found);
    });
  });
}

/** The same value; a number may have become its text, bytes the text of the same bytes. */
function isSame(old: Cell, now: Cell): boolean {
  if (old.bytes === null || now.bytes === null) return old.bytes === now.bytes;
  if (old.bytes.equals(now.bytes)) return true;
  const isNumber = old.type === 'real' || old.type === 'integer';
  return (
    isNumber &&
    now.type !== 'blob' &&
    Number(old.bytes.toString()) === Number(now.bytes.toString()) &&
    (old.type === 'real' || Number.isSafeInteger(Number(old.bytes.toString())))
  );
}

function givenVectorIds(path: string): Map<string, Cell> {
  const connection = new Sqlite(path, { readonly: true });
  const rows = connection
    .prepare(
      `SELECT CASE owner_kind WHEN 'chunk' THEN 'ResourceChunks ' ELSE 'CodePatterns ' END || owner_id AS owner,
              typeof(old_id) AS type, CAST(old_id AS BLOB) AS bytes, old_id AS plain FROM VectorIdMap`,
    )
    .safeIntegers()
    .all() as { owner: string; type: string; bytes: Buffer | null; plain: unknown }[];
  connection.close();
  return new Map(
    rows.map(({ owner, type, bytes, plain }) => [
      owner,
      { type, bytes: type === 'real' || type === 'integer' ? Buffer.from(String(plain)) : bytes },
    ]),
  );
}

interface SetAside {
  table: string;
  values: Map<string, unknown>;
}

function quarantinedRows(path: string): SetAside[] {
  const connection = new Sqlite(path, { readonly: true });
  const rows = connection
    .prepare("SELECT source_table, row_json FROM MigrationQuarantine WHERE source_table <> 'sqlite_schema'")
    .raw()
    .all() as [string, string][];
  connection.close();
  return rows.map(([table, json]) => ({
    table: table.toLowerCase(),
    values: new Map(Object.entries(parseExactly(json)).map(([name, value]) => [name.toLowerCase(), value])),
  }));
}

/** Whole numbers with every digit. */
function parseExactly(json: string): Record<string, unknown> {
  const reviver = (_: string, value: unknown, context: { source?: string }) =>
    typeof value === 'number' && /^-?\d+$/.test(context.source ?? '')
      ? BigInt(context.source as string)
      : value;
  return JSON.parse(json, reviver as (key: string, value: unknown) => unknown) as Record<string, unknown>;
}

function takeSet(set: SetAside[], table: string, row: Row): boolean {
  const at = set.findIndex(
    (aside) =>
      aside.table === table && [...row].every(([name, cell]) => isSameJson(cell, aside.values.get(name))),
  );
  if (at === -1) return false;
  set.splice(at, 1);
  return true;
}

function isSameJson({ type, bytes }: Cell, value: unknown): boolean {
  if (bytes === null) return value === null;
  if (typeof value === 'string') return type === 'text' && Buffer.from(value).equals(bytes);
  if (typeof value === 'bigint' || typeof value === 'number') {
    return type === 'integer'
      ? String(value) === bytes.toString()
      : Number(value) === Number(bytes.toString());
  }
  const { $blob, $text, $real } = value as Record<string, string>;
  if ($real !== undefined) return type === 'real' && $real === bytes.toString();
  return ($blob ?? $text) === bytes.toString('hex');
}

function described(row: Row): string {
  return [...row]
    .slice(0, 12)
    .map(
      ([name, { type, bytes }]) =>
        `${name}=${type}:${bytes === null ? '' : bytes.toString('latin1').slice(0, 40)}`,
    )
    .join(' ');
}
