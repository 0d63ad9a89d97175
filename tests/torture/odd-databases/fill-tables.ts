import type Sqlite from 'better-sqlite3';
import {
  type Chooser,
  oddText,
  oddTextBytes,
  oddTime,
  oddValue,
  oddVectorId,
  type Value,
} from './odd-values.ts';
import type { MadeColumn, MadeTable } from './old-tables.ts';

const unusualIds = [
  -9223372036854775808n,
  -7n,
  0n,
  9007199254740991n,
  9007199254740992n,
  9007199254740993n,
  9223372036854775806n,
];

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Makes the tables and fills them; a row that a constraint refuses is left out. */
export function fillTables(database: Sqlite.Database, tables: readonly MadeTable[], choose: Chooser): void {
  const ids = new Map<string, bigint[]>();
  for (const { name, columns, ending } of tables) {
    const declared = columns.map((column) => `${quoted(column.name)} ${column.declared}`);
    database.exec(`CREATE TABLE ${quoted(name)} (${declared.join(', ')})${ending}`);
  }
  const isEmpty = choose.chance(0.06);
  // Whatever the order of the tables: what is referred to is there first.
  for (const made of [...tables].sort((a, b) => references(a) - references(b))) {
    if (isEmpty || choose.chance(0.08)) continue;
    ids.set(made.name.toLowerCase(), fillTable(database, made, choose, ids));
  }
}

function references({ columns }: MadeTable): number {
  return columns.filter(({ kind }) => kind === 'reference').length;
}

function fillTable(
  database: Sqlite.Database,
  { name, columns }: MadeTable,
  choose: Chooser,
  ids: ReadonlyMap<string, bigint[]>,
): bigint[] {
  const rows = name === 'RetrievalWeights' ? choose.one([1, 1, 1, 3]) : choose.below(14);
  const hasUnusualIds = choose.chance(0.15);
  const given: bigint[] = [];
  for (let row = 1; row <= rows; row++) {
    const id = hasUnusualIds && choose.chance(0.4) ? choose.one(unusualIds) : BigInt(row + choose.below(2));
    const parameters = columns.map((column) => {
      // Bytes that are no UTF-8 come in as text all the same.
      const isBytes = column.kind === 'text' && choose.chance(0.05);
      return {
        sql: isBytes ? 'CAST(? AS TEXT)' : '?',
        value: isBytes ? oddTextBytes(choose) : valueFor(column, id, choose, ids),
      };
    });
    const sql = `INSERT INTO ${quoted(name)} (${columns.map((column) => quoted(column.name)).join(', ')}) VALUES (${parameters.map((parameter) => parameter.sql).join(', ')})`;
    try {
      database.prepare(sql).run(...parameters.map((parameter) => parameter.value));
      given.push(id);
    } catch (thrown) {
      if (!String((thrown as { code?: string }).code).startsWith('SQLITE_')) throw thrown;
    }
  }
  return given;
}

function valueFor(
  { kind, to, choices }: MadeColumn,
  id: bigint,
  choose: Chooser,
  ids: ReadonlyMap<string, bigint[]>,
): Value {
  if (kind === 'key') return id;
  if (choose.chance(0.03)) return oddValue(choose);
  if (choose.chance(0.03)) return null;
  const known = ids.get(to?.toLowerCase() ?? '') ?? [];
  switch (kind) {
    case 'text':
      return oddText(choose);
    case 'time':
      return oddTime(choose);
    case 'vectorId':
      return choose.chance(0.7) ? BigInt.asIntN(64, id * 7n + 3n) : oddVectorId(choose);
    case 'number':
      return choose.one<Value>([0, 1, 1, choose.below(5000), -1, 0.5, '007', ' 12 ', 'true', '1e3']);
    case 'json':
      return choose.one<Value>([
        '["a", "b"]',
        '{"key": 1}',
        '[]',
        'a, b',
        '{',
        '',
        null,
        `${'['.repeat(1200)}`,
      ]);
    case 'reference':
      return known.length > 0 && choose.chance(0.9) ? choose.one(known) : BigInt(choose.below(2000) - 5);
    case 'choice':
      return choose.one(choices ?? ['']);
    default:
      return oddValue(choose);
  }
}
