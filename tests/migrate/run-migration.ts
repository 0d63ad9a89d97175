import { existsSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll } from 'vitest';
import { OnnxEmbedder } from '../../src/embedding/onnx-embedder.ts';
import { type MigrateOptions, migrateDatabase } from '../../src/legacy/migrate-database.ts';
import { isFaithful, type MigrationReport } from '../../src/legacy/migration-report.ts';
import { rollbackDatabase } from '../../src/legacy/rollback-database.ts';
import { databaseProblems } from '../storage/whole-database.ts';

let embedder: OnnxEmbedder;
beforeAll(() => {
  embedder = new OnnxEmbedder({});
});
afterAll(() => embedder.close());

/** Runs a migration with the real model and gives its report; fails where there was nothing to move. */
export async function migrated(
  database: string,
  options: Partial<MigrateOptions> = {},
): Promise<MigrationReport> {
  const result = await migrateDatabase(
    {
      database,
      rechunk: false,
      dryRun: false,
      now: Date.now,
      platform: process.platform,
      onNote: () => {},
      onProgress: () => {},
      timezone: 'UTC',
      ...options,
    },
    embedder,
  );
  if (result.outcome === 'already_migrated') throw new Error('Expected a database that was not moved yet.');
  if (!isFaithful(result)) throw new Error('Expected the result to hold what the original holds.');
  return result;
}

/** Everything that is wrong with a moved database; the old server left resources without a chunk. */
export function problemsOf(path: string): string[] {
  return databaseProblems(path).filter((problem) => !problem.startsWith('resources without a chunk'));
}

export function rolledBack(database: string, force = false) {
  return rollbackDatabase({ database, force, now: Date.now, platform: process.platform });
}

/** What a query gives on a database file that nobody writes. */
export function rowsOf<Row = Record<string, unknown>>(path: string, sql: string): Row[] {
  if (!existsSync(path)) throw new Error(`Expected ${path} to be there.`);
  const database = new Sqlite(path, { readonly: true });
  try {
    return database.prepare(sql).all() as Row[];
  } finally {
    database.close();
  }
}

export function valuesOf<Value>(path: string, sql: string): Value[] {
  return rowsOf(path, sql).map((row) => Object.values(row)[0] as Value);
}
