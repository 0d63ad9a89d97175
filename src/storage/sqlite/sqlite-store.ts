import type { Store } from '../../domain/ports.ts';
import { programVersion } from '../../package-root.ts';
import { Database } from './database.ts';
import { fillPending, pendingRows } from './embedding-rows.ts';
import { insertResource, readChunks, readMemory, takeOverUnchanged } from './memory-rows.ts';
import { searchChunks } from './memory-search.ts';
import { insertAttempt, readPatterns } from './pattern-rows.ts';
import { familyCounts, familyMembers, searchPatterns } from './pattern-search.ts';
import { attemptContext } from './related-attempts.ts';
import { readStatus } from './store-status.ts';
import { VectorIndex } from './vector-index.ts';

export interface SqliteStoreOptions {
  /** The database file; it and its folder are made where they are missing. */
  path: string;
  /** Default: the system's clock. */
  now?: () => number;
  /** How long a write waits for another process's. Default: limits.busyTimeoutMs. */
  busyTimeoutMs?: number;
}

/**
 * Opens (or makes) the database at `path`; its schema is brought up to date first. Throws the database codes
 * of errors.ts: a file that is not ours is refused and left as it is.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const version = programVersion();
  const database = new Database({
    path: options.path,
    programVersion: version,
    now: options.now ?? Date.now,
    ...(options.busyTimeoutMs === undefined ? {} : { busyTimeoutMs: options.busyTimeoutMs }),
  });
  database.read(() => undefined);
  return new SqliteStore(database, `ltmc ${version}`);
}

/** The Store port over one SQLite connection: each method is one transaction. */
class SqliteStore implements Store {
  readonly #database: Database;
  readonly #writtenBy: string;
  readonly #index = new VectorIndex();

  constructor(database: Database, writtenBy: string) {
    this.#database = database;
    this.#writtenBy = writtenBy;
  }

  storeResource: Store['storeResource'] = async (resource) =>
    this.#database.write((database) => insertResource(database, resource, this.#writtenBy));

  touchUnchanged: Store['touchUnchanged'] = async (key) =>
    this.#database.write((database) => takeOverUnchanged(database, key));

  getMemory: Store['getMemory'] = async (resourceId) =>
    this.#database.read((database) => readMemory(database, resourceId));

  searchChunks: Store['searchChunks'] = async (input, filters) =>
    this.#database.read((database) => searchChunks(database, this.#index, input, filters));

  getChunks: Store['getChunks'] = async (chunkIds) =>
    this.#database.read((database) => readChunks(database, chunkIds));

  logAttempt: Store['logAttempt'] = async (attempt, place) =>
    this.#database.write((database) =>
      insertAttempt(database, attempt, place(attemptContext(database, attempt)), this.#writtenBy),
    );

  searchPatterns: Store['searchPatterns'] = async (input, filters) =>
    this.#database.read((database) => searchPatterns(database, this.#index, input, filters));

  familyMembers: Store['familyMembers'] = async (familyIds, input, filters) =>
    this.#database.read((database) => familyMembers(database, familyIds, input, filters));

  getPatterns: Store['getPatterns'] = async (patternIds) =>
    this.#database.read((database) => readPatterns(database, patternIds));

  familyCounts: Store['familyCounts'] = async (familyIds) =>
    this.#database.read((database) => familyCounts(database, familyIds));

  pendingEmbeddings: Store['pendingEmbeddings'] = async (limit) =>
    this.#database.read((database) => pendingRows(database, limit));

  fillEmbeddings: Store['fillEmbeddings'] = async (filled, modelHash) =>
    this.#database.write((database) => fillPending(database, filled, modelHash));

  projects: Store['projects'] = async (limit) =>
    this.#database.read(
      (database) =>
        database
          .prepare<string>(
            `SELECT project FROM Embeddings WHERE project IS NOT NULL
              GROUP BY project ORDER BY count(*) DESC, project LIMIT ?`,
          )
          .pluck()
          .all(limit) as string[],
    );

  maskKey: Store['maskKey'] = async () =>
    this.#database.read(
      (database) =>
        new Uint8Array(database.prepare<Buffer>('SELECT mask_key FROM StoreInfo').pluck().get() as Buffer),
    );

  status: Store['status'] = async () => this.#database.read(readStatus);

  close: Store['close'] = async () => this.#database.close();
}
