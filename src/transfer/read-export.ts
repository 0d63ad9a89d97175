import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { Cell, RowSource, TransferHeader, TransferredRow } from '../domain/transfer.ts';
import { LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';
import { cellFromJson } from './cell-json.ts';
import { exportFormat, exportVersion } from './write-export.ts';

interface Line {
  number: number;
  /** With its line end. */
  bytes: Buffer;
}

type JsonObject = Record<string, unknown>;

/** An export file, checked line by line as it is read. Throws `not_found`, and `invalid_argument` with the line. */
export class ExportFile implements RowSource {
  readonly header: TransferHeader;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
      throw new LtmcError(
        'not_found',
        `Expected a file at ${path}; there is none.`,
        'Name a file that `ltmc export` wrote.',
      );
    }
    this.header = this.#readHeader();
  }

  *rows(): Iterable<TransferredRow & { line: number }> {
    const hash = createHash('sha256');
    let rows = 0;
    let isEnded = false;
    let last = 0;
    for (const { number, bytes } of linesOf(this.#path)) {
      last = number;
      const value = objectOf(number, bytes);
      if (isEnded) throw wrongLine(number, 'nothing behind the last line of an export');
      if (number > 1 && value.end === true) {
        checkEnd(number, value, rows, hash.copy().digest('hex'));
        isEnded = true;
      } else if (number > 1) {
        rows++;
        yield { ...rowOf(number, value), line: number };
      }
      hash.update(bytes);
    }
    if (!isEnded) throw wrongLine(last + 1, 'the last line of an export; the file ends before it');
  }

  #readHeader(): TransferHeader {
    const [first] = linesOf(this.#path);
    const value = first === undefined ? {} : objectOf(1, first.bytes);
    if (value.format !== exportFormat) throw wrongLine(1, `"format": "${exportFormat}"`);
    if (typeof value.version !== 'number' || value.version > exportVersion || value.version < 1) {
      throw new LtmcError(
        'invalid_argument',
        `Line 1: expected version ${exportVersion} of the format; got ${String(JSON.stringify(value.version)).slice(0, 40)}. Nothing was imported.`,
        'Update LTMC: a newer one wrote this file.',
      );
    }
    const schemaVersion = value.schema_version;
    if (typeof schemaVersion !== 'number' || !Number.isSafeInteger(schemaVersion) || schemaVersion < 1) {
      throw wrongLine(1, 'schema_version to be a whole number');
    }
    return { schemaVersion, rows: countsOf(value.rows), leftOut: countsOf(value.left_out) };
  }
}

function* linesOf(path: string): Iterable<Line> {
  const file = openSync(path, 'r');
  try {
    let number = 1;
    let parts: Buffer[] = [];
    let length = 0;
    for (;;) {
      const piece = Buffer.allocUnsafe(limits.exportReadBytes);
      const bytesRead = readSync(file, piece, 0, piece.byteLength, null);
      if (bytesRead === 0) break;
      let rest = piece.subarray(0, bytesRead);
      for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
        yield { number: number++, bytes: Buffer.concat([...parts, rest.subarray(0, end + 1)]) };
        parts = [];
        length = 0;
        rest = rest.subarray(end + 1);
      }
      parts.push(rest);
      length += rest.byteLength;
      if (length > limits.exportLineBytesMax) {
        throw wrongLine(number, `at most ${limits.exportLineBytesMax} bytes`);
      }
    }
    if (length > 0) yield { number, bytes: Buffer.concat(parts) };
  } finally {
    closeSync(file);
  }
}

function objectOf(number: number, bytes: Buffer): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: number !== 1 }).decode(bytes));
  } catch (cause) {
    throw wrongLine(number, 'JSON in UTF-8', cause);
  }
  if (!isObject(value)) throw wrongLine(number, 'a JSON object');
  return value;
}

function rowOf(number: number, { table, row, ...others }: JsonObject): TransferredRow {
  if (typeof table !== 'string' || !isObject(row) || Object.keys(others).length > 0) {
    throw wrongLine(number, '"table" and "row"');
  }
  const cells: Record<string, Cell> = Object.create(null);
  for (const [name, value] of Object.entries(row)) {
    const cell = cellFromJson(value);
    if (cell === undefined) throw wrongLine(number, `${shown(name)} to be a value of a row`);
    cells[name] = cell;
  }
  if ('id' in cells && cells.id !== null && typeof cells.id !== 'bigint') {
    throw wrongLine(number, 'id to be a whole number');
  }
  return { table, cells };
}

/** The hash is checked where it stands: whoever changes a file by hand takes it out. */
function checkEnd(number: number, end: JsonObject, rows: number, sha256: string): void {
  if (end.rows !== rows) throw wrongLine(number, `as many rows as were written; there are ${rows}`);
  if (end.sha256 !== undefined && end.sha256 !== sha256) {
    throw wrongLine(
      number,
      'the file as it was written; its SHA-256 is another, so something in it was changed',
    );
  }
}

function countsOf(value: unknown): Record<string, number> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, number] => Number.isSafeInteger(entry[1]) && (entry[1] as number) >= 0,
    ),
  );
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, limits.echoedArgumentCharactersMax));
}

function wrongLine(number: number, expected: string, cause?: unknown): LtmcError {
  return new LtmcError(
    'invalid_argument',
    `Line ${number}: expected ${expected}. Nothing was imported.`,
    'Export again. In a file that was changed on purpose, take "sha256" out of the last line.',
    { cause },
  );
}
