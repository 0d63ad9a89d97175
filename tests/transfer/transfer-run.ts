import { rowWords } from '../../src/domain/row-words.ts';
import type { ImportReport, Transfer } from '../../src/domain/transfer.ts';
import { readDatabase } from '../../src/storage/sqlite/exported-rows.ts';
import { importDatabase } from '../../src/storage/sqlite/import-database.ts';
import { exportDatabase } from '../../src/transfer/export-database.ts';
import { ExportFile } from '../../src/transfer/read-export.ts';

/** The rows of one database, as app.ts wires them. */
function transferOf(databasePath: string): Transfer {
  return {
    databasePath,
    read: (work) => readDatabase(databasePath, work),
    importRows: (source, { dryRun }) =>
      importDatabase({
        databasePath,
        source,
        words: rowWords,
        dryRun,
        programVersion: 'test',
        now: Date.now,
      }),
  };
}

export function exportTo(databasePath: string, targetPath: string, { faiss = false, force = false } = {}) {
  return exportDatabase(transferOf(databasePath), {
    targetPath,
    force,
    faiss,
    programVersion: 'test',
    nowMs: Date.UTC(2026, 0, 2),
    onRow: () => undefined,
  });
}

export function importFrom(databasePath: string, file: string, dryRun = false): ImportReport {
  return transferOf(databasePath).importRows(new ExportFile(file), { dryRun });
}
