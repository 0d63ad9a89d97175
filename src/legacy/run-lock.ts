import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { LtmcError } from '../errors.ts';

/**
 * One migration or rollback of a database at a time: a small file beside it, locked for as long as the process
 * lives. A file that a killed run left is locked by nobody and is taken over.
 */
export class RunLock {
  readonly #path: string;
  readonly #connection: Sqlite.Database;

  private constructor(path: string, connection: Sqlite.Database) {
    this.#path = path;
    this.#connection = connection;
  }

  /** Throws `database_busy` where another run has it. */
  static take(databasePath: string): RunLock {
    const path = `${databasePath}.migrating-lock`;
    closeSync(openSync(path, 'a', 0o600));
    const identity = fileIdentity(path);
    const connection = new Sqlite(path, { timeout: 0 });
    try {
      connection.pragma('journal_mode = MEMORY');
      connection.exec('BEGIN EXCLUSIVE');
      // The run before may have removed the file between the two steps.
      if (identity === null || fileIdentity(path) !== identity) throw new Error('replaced');
      return new RunLock(path, connection);
    } catch (cause) {
      connection.close();
      throw new LtmcError(
        'database_busy',
        'Another migration or rollback of this database is under way.',
        'Wait until it has ended, then run the command again.',
        { cause },
      );
    }
  }

  release(): void {
    // Under the lock where the system allows that: nobody else has it then.
    if (process.platform !== 'win32') rmSync(this.#path, { force: true });
    this.#connection.close();
    if (process.platform === 'win32') rmSync(this.#path, { force: true });
  }
}

function fileIdentity(path: string): string | null {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? null : `${stats.dev}:${stats.ino}`;
}
