import { existsSync } from 'node:fs';
import { LtmcError } from '../../errors.ts';
import { damaged, newestBackup } from './database-error.ts';
import { databaseFileKind } from './database-file.ts';

/** Throws for a file that is there and no LTMC database: another program's, a Python LTMC's, or none at all. */
export function assertOurDatabase(path: string): void {
  const kind = databaseFileKind(path);
  // Emptied, or without its head: what it was is known by the backups beside it.
  const blank = kind === 'not_a_database' || (kind === 'new' && existsSync(path));
  if (blank && newestBackup(path) !== null) throw damaged(path);
  if (kind === 'python_ltmc') {
    throw new LtmcError(
      'needs_migration',
      `The database ${path} was made by the Python LTMC and has not been moved over yet. Nothing was written.`,
      `Run: ltmc migrate ${JSON.stringify(path)}`,
    );
  }
  if (kind === 'foreign') {
    throw new LtmcError(
      'foreign_database',
      `Expected ${path} to be an LTMC database; it belongs to another program. Nothing was written.`,
      'Name another file with --db or LTMC_DB.',
    );
  }
  if (kind === 'not_a_database') {
    throw new LtmcError(
      'not_a_database',
      `Expected ${path} to be an LTMC database; it is no SQLite file. Nothing was written.`,
      'Name another file with --db or LTMC_DB.',
    );
  }
}
