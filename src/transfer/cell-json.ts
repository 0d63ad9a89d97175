import type { Cell } from '../domain/transfer.ts';

/**
 * A cell as JSON: a whole number is an INTEGER, one with a fraction a REAL. What JSON cannot say that way is an
 * object with one member: `{"integer": "…"}` beyond 2^53, `{"real": "…"}` for a REAL that is whole or no finite
 * number, `{"base64": "…"}` for a BLOB, `{"text_base64": "…"}` for a TEXT whose bytes are no UTF-8.
 */
export function cellToJson(cell: Cell): unknown {
  if (cell === null || typeof cell === 'string') return cell;
  if (typeof cell === 'bigint') {
    const number = Number(cell);
    return Number.isSafeInteger(number) ? number : { integer: String(cell) };
  }
  if (typeof cell === 'number') {
    if (Number.isFinite(cell) && !Number.isInteger(cell)) return cell;
    return { real: Object.is(cell, -0) ? '-0' : String(cell) };
  }
  if (cell instanceof Uint8Array) return { base64: Buffer.from(cell).toString('base64') };
  return { text_base64: Buffer.from(cell.textBytes).toString('base64') };
}

const int64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n };

/** undefined for what is no cell. */
export function cellFromJson(value: unknown): Cell | undefined {
  if (value === null) return null;
  // SQLite ends no text at a lone surrogate, but would store another character.
  if (typeof value === 'string') return value.isWellFormed() ? value : undefined;
  if (typeof value === 'number') return numberCell(value);
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  const [member, ...others] = Object.entries(value);
  if (member === undefined || others.length > 0 || typeof member[1] !== 'string') return undefined;
  return objectCell(member[0], member[1]);
}

function numberCell(value: number): Cell | undefined {
  if (!Number.isFinite(value)) return undefined;
  if (!Number.isInteger(value)) return value;
  return Number.isSafeInteger(value) ? BigInt(value) : undefined;
}

function objectCell(name: string, text: string): Cell | undefined {
  if (name === 'integer' && /^-?\d{1,19}$/.test(text)) {
    const integer = BigInt(text);
    return integer < int64.least || integer > int64.most ? undefined : integer;
  }
  if (name === 'real' && /^(-?Infinity|-?\d[\d.e+-]{0,400})$/.test(text)) {
    const number = Number(text);
    return Number.isNaN(number) ? undefined : number;
  }
  const bytes = name === 'base64' || name === 'text_base64' ? bytesOf(text) : undefined;
  if (bytes === undefined) return undefined;
  return name === 'base64' ? bytes : { textBytes: bytes };
}

function bytesOf(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
