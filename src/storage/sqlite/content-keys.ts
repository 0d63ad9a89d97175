import type { Cell } from '../../domain/transfer.ts';
import type { Database } from './database.ts';
import { cellColumns, cellsOf, digestOf } from './row-cells.ts';

/**
 * The rows that a table had before an import, by their content. Two rows with the same content stand for two: each
 * is met once.
 */
export class ContentKeys {
  readonly #columns: readonly string[];
  readonly #ids = new Map<string, bigint[]>();

  /** `extra`: what of a row's content is in other tables. */
  constructor(
    database: Database,
    table: string,
    columns: readonly string[],
    extra: (id: bigint) => string = () => '',
  ) {
    this.#columns = columns;
    const all = ['id', ...columns];
    const rows = database
      .prepare<unknown[]>(`SELECT ${cellColumns(all)} FROM ${table} ORDER BY id`)
      .raw(true)
      .safeIntegers(true)
      .iterate();
    for (const values of rows) {
      const cells = cellsOf(all, values);
      const id = cells.id as bigint;
      const key = this.#keyOf(cells, extra(id));
      const ids = this.#ids.get(key);
      if (ids === undefined) this.#ids.set(key, [id]);
      else ids.push(id);
    }
  }

  /** The id of an equal row, which is met then; undefined when there is none left. */
  take(cells: Record<string, Cell>, extra = ''): bigint | undefined {
    return this.#ids.get(this.#keyOf(cells, extra))?.shift();
  }

  #keyOf(cells: Record<string, Cell>, extra: string): string {
    return digestOf([...this.#columns.map((name) => cells[name] ?? null), extra]);
  }
}
