import { rmSync } from 'node:fs';
import type { Transfer } from '../domain/transfer.ts';
import { assertNewFile, putInPlace, unfinishedPath } from '../new-file.ts';
import { writeExport } from './write-export.ts';
import { writeFaiss } from './write-faiss.ts';

export interface ExportOptions {
  targetPath: string;
  force: boolean;
  /** The vectors alone, as a FAISS index. */
  faiss: boolean;
  programVersion: string;
  nowMs: number;
  onRow(done: number, total: number, table: string): void;
}

export interface ExportReport {
  /** Rows by table; for a FAISS index the vectors. */
  rows: Record<string, number>;
  /** Rows, by table, of tables that are not ours. */
  leftOut: Record<string, number>;
  /** Model files that made the vectors; only with `faiss`. */
  modelHashes: string[];
}

/** Writes one state of the database to a new file, which gets its name once it is whole. */
export function exportDatabase(transfer: Transfer, options: ExportOptions): ExportReport {
  const { targetPath, force } = options;
  assertNewFile(targetPath, transfer.databasePath, force);
  const unfinished = unfinishedPath(targetPath);
  rmSync(unfinished, { force: true });
  try {
    const report = transfer.read(({ header, rows, vectors }): ExportReport => {
      if (options.faiss) {
        writeFaiss(unfinished, vectors);
        return { rows: { vectors: vectors.count }, leftOut: {}, modelHashes: vectors.modelHashes };
      }
      const total = Object.values(header.rows).reduce((sum, count) => sum + count, 0);
      writeExport(unfinished, {
        header,
        rows: rows(),
        programVersion: options.programVersion,
        nowMs: options.nowMs,
        onRow: (done, table) => options.onRow(done, total, table),
      });
      return { rows: header.rows, leftOut: header.leftOut, modelHashes: [] };
    });
    putInPlace(unfinished, targetPath, force);
    return report;
  } finally {
    rmSync(unfinished, { force: true });
  }
}
