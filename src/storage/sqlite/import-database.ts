import type { ImportReport, RowSource, RowWords } from '../../domain/transfer.ts';
import { Database } from './database.ts';
import { newerDatabase } from './database-error.ts';
import { importExact, isEmptyDatabase } from './import-exact.ts';
import { importMerged, TextDigests } from './import-merge.ts';
import { writtenSchemaVersion } from './migrate-schema.ts';

export interface ImportRequest {
  databasePath: string;
  source: RowSource;
  words: RowWords;
  /** Do it all, then undo it. */
  dryRun: boolean;
  programVersion: string;
  now: () => number;
}

/**
 * Takes the rows of an export over. The file is read through before the database is locked, so that a wrong one
 * keeps nobody waiting; all rows are one transaction, so a kill leaves none of them. Throws `invalid_argument`,
 * naming the line, and the database codes of errors.ts.
 */
export function importDatabase(request: ImportRequest): ImportReport {
  const { source, words } = request;
  if (source.header.schemaVersion > writtenSchemaVersion) throw newerDatabase();
  const texts = new TextDigests();
  for (const { table, cells } of source.rows()) if (table === 'ResourceChunks') texts.add(cells);
  const database = new Database({
    path: request.databasePath,
    programVersion: request.programVersion,
    now: request.now,
  });
  const work = () =>
    isEmptyDatabase(database)
      ? importExact(database, source, words)
      : importMerged(database, source, texts.digests, words);
  try {
    return request.dryRun ? database.rehearse(work) : database.write(work);
  } finally {
    database.close();
  }
}
