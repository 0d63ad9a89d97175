import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SearchInput } from '../../domain/ports.ts';
import { limits } from '../../limits.ts';
import { unfinishedPath } from '../../new-file.ts';
import type { Database } from './database.ts';
import { renameFile } from './rename-file.ts';
import { VectorsBeyondMemory } from './vector-blocks.ts';
import { readVectorFile, readVectorFileHeader, writeVectorFile } from './vector-file.ts';
import { vectorFilePath } from './vector-file-removal.ts';
import { type IndexedStore, storeOf, VectorIndex } from './vector-index.ts';

/**
 * The vectors in memory and their file: reads the file before the first search, takes over what it lacks from the
 * rows, and writes it anew once it lacks much. Reading and writing leave other calls their turn, and whatever
 * goes wrong with the file costs time alone.
 *
 * A file is believed if the database holds the key that is in it: the key is random, and written to the database
 * when the file's change number is a part of its past. So it fits no copy of the database that went another way
 * from an earlier state, though that may have the same store id and give the same change numbers again.
 */
export class IndexedVectors {
  readonly #database: Database;
  #index = new VectorIndex();
  /** Why vectors cannot be used, for as long as this process runs. */
  #problem: string | null = null;
  #reading: Promise<void> | null = null;
  #writing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;
  /** It could not be written, and will not be the next time either. */
  #isGivenUp = false;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Runs a search in one read; for one with a vector, with an index that knows that state of the database. Where the
   * vectors do not fit into memory `work` gets the search without its vector.
   */
  async search<Result>(
    input: SearchInput,
    work: (database: Database, index: VectorIndex, input: SearchInput) => Result,
  ): Promise<Result> {
    if (input.vector !== null && this.#problem === null) {
      const found = await this.#withVectors((database) => ({ result: work(database, this.#index, input) }));
      if (found !== null) return found.result;
    }
    return this.#database.read((database) => work(database, this.#index, { ...input, vector: null }));
  }

  /** Why no search can use vectors; null: it can. */
  async problem(): Promise<string | null> {
    if (this.#problem === null) await this.#withVectors(() => null);
    return this.#problem;
  }

  /** null: there is a problem. */
  async #withVectors<Result>(work: (database: Database) => Result): Promise<Result | null> {
    try {
      return await this.#caughtUp(work);
    } catch (thrown) {
      if (!(thrown instanceof VectorsBeyondMemory)) throw thrown;
      this.#problem = thrown.message;
      this.#index = new VectorIndex();
      return null;
    }
  }

  async #caughtUp<Result>(work: (database: Database) => Result): Promise<Result> {
    if (this.#index.isEmpty) await this.#readOnce();
    for (;;) {
      const found = this.#database.read((database) =>
        this.#index.catchUp(database) ? { result: work(database) } : null,
      );
      if (found !== null) {
        if (this.#timer === null && this.#isDue()) this.#writeLater();
        return found.result;
      }
      await nextTurn();
    }
  }

  /** Writes what is due, so that a program that runs for one search helps the next. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#isClosed = true;
    await (this.#writing ?? (this.#isDue() ? this.#write() : null));
  }

  #readOnce(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    const { key, ...store } = this.#database.read((database) => ({
      ...storeOf(database),
      key: keyOf(database),
    }));
    const path = vectorFilePath(this.#database.path);
    const reading = readVectorFile(
      path,
      (state) => state.storeId === store.storeId && state.key === key && state.lastChange <= store.lastChange,
    );
    let step = reading.next();
    for (; step.done !== true; step = reading.next()) await nextTurn();
    const read = step.value;
    if (read !== null) this.#index.adopt(read.vectors, store, read.state.lastChange);
    // It may hold what was removed from the database, and is of no use.
    else removeQuietly(path);
  }

  #isDue(): boolean {
    const state = this.#index.state;
    if (this.#isGivenUp || state === null || state.vectors.size < limits.vectorFileRowsMin) return false;
    const { rows, removed } = this.#index.unfiled;
    return removed || rows >= rowsAllowed(state.vectors.size);
  }

  #writeLater(): void {
    this.#timer = setTimeout(() => {
      this.#writing = this.#write().finally(() => {
        this.#writing = null;
        this.#timer = null;
      });
    }, limits.vectorFileDelayMs);
    this.#timer.unref();
  }

  /** Never throws: without the file the rows are read. */
  async #write(): Promise<void> {
    const path = vectorFilePath(this.#database.path);
    const unfinished = unfinishedPath(path);
    try {
      if (this.#isWrittenByAnother(path)) return;
      const state = this.#index.state;
      if (state === null) return;
      const { unfiled } = this.#index;
      this.#index.unfiled = { rows: 0, removed: false };
      const key = randomUUID();
      removeQuietly(unfinished);
      const turn = this.#isClosed ? async () => {} : nextTurn;
      await writeVectorFile(unfinished, { ...state, key }, state.vectors, turn);
      if (this.#own(state, key)) await renameFile(unfinished, path);
      else this.#stillUnfiled(unfiled);
    } catch (thrown) {
      // A removal took it away; or a full disk, a folder that cannot be written.
      this.#isGivenUp = (thrown as NodeJS.ErrnoException).code !== 'ENOENT';
    } finally {
      removeQuietly(unfinished);
    }
  }

  /** More may have come while the file was written. */
  #stillUnfiled(unfiled: VectorIndex['unfiled']): void {
    const { rows, removed } = this.#index.unfiled;
    this.#index.unfiled = { rows: rows + unfiled.rows, removed: removed || unfiled.removed };
  }

  /** Writes the key of a finished file into the database, unless it went another way or something was removed. */
  #own(state: IndexedStore & { lastChange: number }, key: string): boolean {
    let isOwned = false;
    const isDone = this.#database.writeIfFree((database) => {
      const present = storeOf(database);
      isOwned =
        present.storeId === state.storeId &&
        present.connectionNumber === state.connectionNumber &&
        present.lastChange >= state.lastChange &&
        !isRemovedSince(database, state.lastChange);
      if (isOwned) database.prepare('UPDATE StoreInfo SET vectors_key = ?').run(key);
    });
    return isDone && isOwned;
  }

  /** Then there is no need to do it again. */
  #isWrittenByAnother(path: string): boolean {
    const header = readVectorFileHeader(path);
    if (header === null) return false;
    const missing = this.#database.read((database) => {
      const { storeId } = storeOf(database);
      if (header.storeId !== storeId || header.key !== keyOf(database)) return null;
      return database
        .prepare<number>('SELECT count(*) FROM Embeddings WHERE change_number > ?')
        .pluck()
        .get(header.lastChange) as number;
    });
    const size = this.#index.state?.vectors.size ?? 0;
    if (missing === null || missing >= rowsAllowed(size)) return false;
    this.#index.unfiled = { rows: missing, removed: false };
    return true;
  }
}

/** Rows that a file of so many vectors may lack. */
function rowsAllowed(size: number): number {
  return Math.max(limits.vectorFileRowsMin, size * limits.vectorFileRowsShare);
}

function keyOf(database: Database): string | null {
  return database.prepare<string | null>('SELECT vectors_key FROM StoreInfo').pluck().get() as string | null;
}

function isRemovedSince(database: Database, lastChange: number): boolean {
  return (
    database
      .prepare<number>('SELECT EXISTS (SELECT 1 FROM RemovedVectors WHERE change_number > ?)')
      .pluck()
      .get(lastChange) === 1
  );
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A folder that cannot be written, or a file that a process on Windows reads: it stays as useless as it is.
  }
}
