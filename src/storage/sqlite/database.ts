import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { LtmcError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { databaseError, newerDatabase } from './database-error.ts';
import { journalModeFor, probeFileSystem } from './journal-mode.ts';
import { migrateSchema, writtenSchemaVersion } from './migrate-schema.ts';
import { assertOurDatabase } from './our-database.ts';

export interface DatabaseOptions {
  path: string;
  programVersion: string;
  now: () => number;
  busyTimeoutMs?: number;
}

/**
 * One connection to one LTMC database.
 *
 * Invariants: nothing is awaited inside a transaction (the callbacks are synchronous); a write transaction
 * begins IMMEDIATE and reads first whether this program may still write; a file that was replaced (by a
 * restore, a rollback or a migration) is noticed before every transaction, closed, and looked at anew.
 */
export class Database {
  readonly path: string;
  readonly #options: DatabaseOptions;
  #connection: Sqlite.Database | null = null;
  #identity = '';
  #connections = 0;
  #statements = new Map<string, Sqlite.Statement>();
  #closed = false;

  constructor(options: DatabaseOptions) {
    this.path = options.path;
    this.#options = options;
  }

  /** Runs `work` on one state of the database. */
  read<Result>(work: (database: this) => Result): Result {
    return this.#run((connection) => connection.transaction(() => work(this)).deferred());
  }

  /** Runs `work` in one write transaction: all of it is on disk when this returns, or none of it. */
  write<Result>(work: (database: this) => Result): Result {
    for (;;) {
      const done = this.#run((connection) =>
        connection
          .transaction(() => {
            // Whoever replaced the file held this lock until now: a write here would go with the old file.
            if (this.#identity !== fileIdentity(this.path)) return null;
            this.#refuseOldWriter();
            return { result: work(this) };
          })
          .immediate(),
      );
      if (done !== null) return done.result;
    }
  }

  /** Like `write`, but gives up at once where another process is writing; says whether it was done. */
  writeIfFree(work: (database: this) => void): boolean {
    return this.#run((connection) => {
      connection.pragma('busy_timeout = 0');
      try {
        this.write(work);
        return true;
      } catch (thrown) {
        if (thrown instanceof LtmcError && thrown.code === 'database_busy') return false;
        throw thrown;
      } finally {
        // A file that was replaced has another connection by now.
        const timeoutMs = this.#options.busyTimeoutMs ?? limits.busyTimeoutMs;
        if (connection.open) connection.pragma(`busy_timeout = ${timeoutMs}`);
      }
    });
  }

  /** Runs `work` in a write transaction that is undone at its end, to say what it would do. */
  rehearse<Result>(work: (database: this) => Result): Result {
    const undo = new Error('rehearsal');
    let result: { value: Result } | undefined;
    try {
      this.write((database) => {
        result = { value: work(database) };
        throw undo;
      });
    } catch (thrown) {
      if (thrown !== undo) throw thrown;
    }
    return (result as { value: Result }).value;
  }

  /**
   * Does `first` in a write transaction, rewrites the file without its free pages, which still hold what was
   * removed, and empties the write-ahead log.
   */
  purge(first: (database: this) => void): void {
    try {
      this.write(first);
      this.#run((connection) => connection.exec('VACUUM'));
    } catch (thrown) {
      if (thrown instanceof LtmcError && thrown.code === 'database_busy') throw notPurged();
      throw thrown;
    }
    this.#run((connection) => {
      const [state] = connection.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
      if (state?.busy === 1) throw notPurged();
    });
  }

  /** A prepared statement, made once a connection. Only to be used inside read or write. */
  prepare<Row = unknown>(sql: string): Sqlite.Statement<unknown[], Row> {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#open().prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement as Sqlite.Statement<unknown[], Row>;
  }

  /** Which of this object's connections is open: another number, another file. Only to be used inside read or write. */
  get connectionNumber(): number {
    return this.#connections;
  }

  close(): void {
    this.#closed = true;
    this.#disconnect();
  }

  #run<Result>(work: (connection: Sqlite.Database) => Result): Result {
    try {
      return work(this.#open());
    } catch (thrown) {
      throw databaseError(thrown, this.path);
    }
  }

  #open(): Sqlite.Database {
    if (this.#closed) {
      throw new LtmcError('database_unreachable', 'The database was closed.', 'Restart the server.');
    }
    // Inside a transaction the file is ours by its lock; asking again would only cost time.
    if (this.#connection?.inTransaction) return this.#connection;
    if (this.#connection !== null && this.#identity !== fileIdentity(this.path)) this.#disconnect();
    this.#connection ??= this.#connect();
    return this.#connection;
  }

  #connect(): Sqlite.Database {
    assertOurDatabase(this.path);
    const folder = dirname(this.path);
    if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Made here and not by SQLite, so that it is never readable by others; -wal and -shm take its mode.
    if (!existsSync(this.path)) closeSync(openSync(this.path, 'a', 0o600));
    // Before it is opened: a file that is replaced meanwhile is noticed at the next transaction.
    this.#identity = fileIdentity(this.path);
    const connection = new Sqlite(this.path, {
      timeout: this.#options.busyTimeoutMs ?? limits.busyTimeoutMs,
    });
    try {
      connection.pragma('foreign_keys = ON');
      connection.pragma('trusted_schema = OFF');
      connection.pragma('synchronous = FULL');
      connection.pragma('fullfsync = ON');
      connection.pragma('temp_store = MEMORY');
      connection.pragma(`cache_size = -${limits.pageCacheKibibytes}`);
      migrateSchema(connection, {
        path: this.path,
        programVersion: this.#options.programVersion,
        now: this.#options.now,
      });
      setJournalMode(connection, this.path);
      this.#connections++;
      return connection;
    } catch (thrown) {
      connection.close();
      throw thrown;
    }
  }

  #disconnect(): void {
    this.#statements.clear();
    this.#connection?.close();
    this.#connection = null;
  }

  #refuseOldWriter(): void {
    const oldestWriter = this.prepare<number>('SELECT oldest_writer FROM StoreInfo').pluck().get() as number;
    if (oldestWriter > writtenSchemaVersion) throw newerDatabase();
  }
}

/** Device and inode; a file put in another's place has others. '' when there is no file. */
function fileIdentity(path: string): string {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.dev}:${stats.ino}`;
}

/** A reader that does not end keeps the old pages in use; a writer keeps the file from being rewritten at all. */
function notPurged(): LtmcError {
  return new LtmcError(
    'database_busy',
    'The rows are removed, but another process is using the database: their text is still in its files.',
    'End the programs that use it: the text goes when the last of them closes the database, or with the next removal.',
  );
}

function isBusy(thrown: unknown): boolean {
  return (thrown as { code?: string } | null)?.code?.startsWith('SQLITE_BUSY') === true;
}

function setJournalMode(connection: Sqlite.Database, path: string): void {
  const wanted = journalModeFor(path, probeFileSystem(path));
  if (connection.pragma('journal_mode', { simple: true }) === wanted) return;
  // Changing the mode needs the file alone. Whoever comes second finds it changed, or changes it next time.
  try {
    connection.pragma(`journal_mode = ${wanted}`);
  } catch (thrown) {
    if (!isBusy(thrown)) throw thrown;
  }
}
