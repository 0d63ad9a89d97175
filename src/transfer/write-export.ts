import { createHash } from 'node:crypto';
import type { TransferHeader, TransferredRow } from '../domain/transfer.ts';
import { LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';
import { writeFileWith } from './buffered-file.ts';
import { cellToJson } from './cell-json.ts';

/** The version of the format that this program writes, and the newest that it reads. */
export const exportVersion = 1;
export const exportFormat = 'ltmc-export';

export interface ExportRequest {
  header: TransferHeader;
  rows: Iterable<TransferredRow>;
  programVersion: string;
  nowMs: number;
  onRow(done: number, table: string): void;
}

/**
 * Writes JSON Lines: a header, a line a row, and a last line that says how many rows there were and the SHA-256 of
 * all bytes before it. Returns the number of rows. docs/data-model.md describes the format.
 */
export function writeExport(path: string, request: ExportRequest): number {
  const { header } = request;
  const hash = createHash('sha256');
  let rows = 0;
  writeFileWith(path, (file) => {
    const line = (value: unknown) => {
      const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
      hash.update(bytes);
      file.write(bytes);
      return bytes.byteLength;
    };
    line({
      format: exportFormat,
      version: exportVersion,
      schema_version: header.schemaVersion,
      program_version: request.programVersion,
      exported_at: new Date(request.nowMs).toISOString(),
      rows: header.rows,
      left_out: header.leftOut,
    });
    for (const { table, cells } of request.rows) {
      const row = Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, cellToJson(cell)]));
      if (line({ table, row }) > limits.exportLineBytesMax) throw tooLong(table);
      request.onRow(++rows, table);
    }
    line({ end: true, rows, sha256: hash.copy().digest('hex') });
  });
  return rows;
}

function tooLong(table: string): LtmcError {
  return new LtmcError(
    'too_large',
    `Expected rows of at most ${limits.exportLineBytesMax} bytes; one of ${table} is longer. Nothing was written.`,
    'ltmc backup keeps rows of any length.',
  );
}
