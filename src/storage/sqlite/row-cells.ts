import { createHash } from 'node:crypto';
import type { Cell } from '../../domain/transfer.ts';

/** A SELECT list that gives each column's type and its value, texts as their bytes. Read with `raw` and `safeIntegers`. */
export function cellColumns(columns: readonly string[]): string {
  return columns
    .map((name) => {
      const column = `"${name.replaceAll('"', '""')}"`;
      return `typeof(${column}), CASE typeof(${column}) WHEN 'text' THEN CAST(${column} AS BLOB) ELSE ${column} END`;
    })
    .join(', ');
}

export function cellsOf(columns: readonly string[], values: readonly unknown[]): Record<string, Cell> {
  const cells: Record<string, Cell> = Object.create(null);
  columns.forEach((name, i) => {
    cells[name] = cellOf(values[i * 2] as string, values[i * 2 + 1]);
  });
  return cells;
}

function cellOf(type: string, value: unknown): Cell {
  if (type !== 'text') return value as Cell;
  const bytes = value as Buffer;
  const text = bytes.toString('utf8');
  // What cannot be decoded becomes the replacement character; so does that character itself.
  if (text.includes('\uFFFD') && !Buffer.from(text).equals(bytes)) return { textBytes: bytes };
  return text;
}

/** The placeholder that keeps a cell's type where the column's own would not change it. */
export function placeholderOf(cell: Cell): string {
  if (typeof cell === 'number') return 'CAST(? AS REAL)';
  return isTextBytes(cell) ? 'CAST(? AS TEXT)' : '?';
}

export function boundValue(cell: Cell): unknown {
  return isTextBytes(cell) ? cell.textBytes : cell;
}

function isTextBytes(cell: Cell): cell is { textBytes: Uint8Array } {
  return typeof cell === 'object' && cell !== null && 'textBytes' in cell;
}

/** The same for the same cells: SHA-256 over their types and values. */
export function digestOf(cells: readonly Cell[]): string {
  const hash = createHash('sha256');
  for (const cell of cells) {
    const value = boundValue(cell);
    const bytes = value instanceof Uint8Array ? value : Buffer.from(String(value));
    const type = isTextBytes(cell) ? 'text bytes' : cell instanceof Uint8Array ? 'bytes' : typeof cell;
    hash.update(`${type} ${bytes.length} `).update(bytes);
  }
  return hash.digest('base64');
}
