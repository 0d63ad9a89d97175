import { randomUUID } from 'node:crypto';
import type { Cell, RowSource, TransferredRow } from '../../domain/transfer.ts';
import { LtmcError } from '../../errors.ts';
import type { Database } from './database.ts';
import { boundValue, placeholderOf } from './row-cells.ts';
import { columnsOf } from './transferred-tables.ts';
import { decodeVector } from './vector-blob.ts';
import { dimensions } from './vector-blocks.ts';

/** Writes rows of an export, and remembers what did not fit. */
export class RowWriter {
  readonly unknownColumns = new Set<string>();
  vectorsMadePending = 0;
  readonly #database: Database;
  readonly #columns = new Map<string, Set<string>>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** Returns the row's id, or what SQLite gave it. */
  insert(table: string, cells: Record<string, Cell>): bigint {
    const known = Object.entries(this.#known(table, cells));
    const names = known.map(([name]) => `"${name}"`).join(', ');
    const values = known.map(([, cell]) => placeholderOf(cell)).join(', ');
    const sql =
      known.length === 0
        ? `INSERT INTO ${table} DEFAULT VALUES`
        : `INSERT INTO ${table} (${names}) VALUES (${values})`;
    const { lastInsertRowid } = this.#database
      .prepare(sql)
      .safeIntegers(true)
      .run(...known.map(([, cell]) => boundValue(cell)));
    return BigInt(lastInsertRowid);
  }

  update(table: string, cells: Record<string, Cell>, where: string, ...parameters: unknown[]): void {
    const known = Object.entries(this.#known(table, cells));
    if (known.length === 0) return;
    const settings = known.map(([name, cell]) => `"${name}" = ${placeholderOf(cell)}`).join(', ');
    this.#database
      .prepare(`UPDATE ${table} SET ${settings} WHERE ${where}`)
      .run(...known.map(([, cell]) => boundValue(cell)), ...parameters);
  }

  /** A vector that is not of this model's size, or holds no numbers, is none: it becomes pending. */
  embedding(cells: Record<string, Cell>): Record<string, Cell> {
    const { vector = null } = cells;
    if (vector === null || isVector(vector)) return cells;
    this.vectorsMadePending++;
    return { ...cells, vector: null, model_hash: null, dimensions: BigInt(dimensions) };
  }

  #known(table: string, cells: Record<string, Cell>): Record<string, Cell> {
    let columns = this.#columns.get(table);
    if (columns === undefined) {
      columns = new Set(columnsOf(this.#database, table));
      this.#columns.set(table, columns);
    }
    const known: Record<string, Cell> = {};
    for (const [name, cell] of Object.entries(cells)) {
      if (columns.has(name)) known[name] = cell;
      else this.unknownColumns.add(`${table}.${name}`);
    }
    return known;
  }
}

function isVector(cell: Cell): boolean {
  if (!(cell instanceof Uint8Array) || cell.byteLength !== dimensions * 4) return false;
  return decodeVector(Buffer.from(cell)).every(Number.isFinite);
}

/** Runs `work` on each row; what SQLite refuses is told with the line. */
export function forEachRow(source: RowSource, work: (row: TransferredRow & { line: number }) => void): void {
  for (const row of source.rows()) {
    try {
      work(row);
    } catch (thrown) {
      const code = (thrown as { code?: string }).code ?? '';
      if (!/^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|ERROR)/.test(code)) throw thrown;
      throw wrongRow(
        row.line,
        `a row that ${row.table} can hold; the database refused it (${refusalWords(code)})`,
        thrown,
      );
    }
  }
}

function refusalWords(code: string): string {
  if (/PRIMARYKEY|UNIQUE|ROWID/.test(code)) return 'another row has its id';
  if (/NOTNULL/.test(code)) return 'a value is missing';
  if (/TRIGGER/.test(code)) return 'it does not say who wrote it';
  return 'its values do not fit';
}

export function wrongRow(line: number, expected: string, cause?: unknown): LtmcError {
  return new LtmcError(
    'invalid_argument',
    `Line ${line}: expected ${expected}. Nothing was imported.`,
    'Export again, or correct that line (and take "sha256" out of the last one).',
    { cause },
  );
}

/** What was derived from the database under its old store id is thrown away by every process. */
export function renewStoreId(database: Database): void {
  database.prepare('UPDATE StoreInfo SET store_id = ?').run(randomUUID());
}

export function addOne(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
