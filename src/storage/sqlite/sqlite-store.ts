import type { Store } from '../../domain/ports.ts';
import { programVersion } from '../../package-root.ts';
import { attemptFacts, attemptsWithCode, repairsAt } from './attempt-facts.ts';
import { newestAttemptIds, readAttemptOutcomes } from './attempt-outcomes.ts';
import { insertMessage, insertQueryLog, readMessages } from './chat-rows.ts';
import { addToCounters, readCounters } from './counter-rows.ts';
import { Database } from './database.ts';
import { fillPending, pendingRows, vectorsOfSame } from './embedding-rows.ts';
import { dropRemovedWords, wordIndexOf } from './full-text.ts';
import { edgesAround, putEdges } from './graph-rows.ts';
import { IndexedVectors } from './indexed-vectors.ts';
import { insertCheckedLinks, linkStatistics, linksOfMessage, messagesOfChunk } from './link-rows.ts';
import { changeMemory, listMemories, resourceOfChunk, resourcesNamed } from './memory-changes.ts';
import { insertResource, readChunks, readMemory, takeOverUnchanged } from './memory-rows.ts';
import { searchChunks } from './memory-search.ts';
import { searchMessages } from './message-search.ts';
import { changeAttempt } from './pattern-changes.ts';
import { attemptHeads, insertAttempt, readPatterns } from './pattern-rows.ts';
import {
  attemptsAt,
  familiesOf,
  familyCounts,
  familyMembers,
  newestWithWord,
  searchPatterns,
} from './pattern-search.ts';
import { attemptContext } from './related-attempts.ts';
import { removeRows } from './removal.ts';
import { lastMessage } from './session-order.ts';
import { readStatus } from './store-status.ts';
import { completeTodo, insertTodo, listTodos, readTodos, searchTodos } from './todo-rows.ts';
import { disownVectorFile, removeVectorFiles } from './vector-file-removal.ts';
import { lookUpWords } from './word-search.ts';

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
  readonly #vectors: IndexedVectors;

  constructor(database: Database, writtenBy: string) {
    this.#database = database;
    this.#writtenBy = writtenBy;
    this.#vectors = new IndexedVectors(database);
  }

  storeResource: Store['storeResource'] = async (resource) =>
    this.#database.write((database) => insertResource(database, resource, this.#writtenBy));

  touchUnchanged: Store['touchUnchanged'] = async (key) =>
    this.#database.write((database) => takeOverUnchanged(database, key));

  getMemory: Store['getMemory'] = async (resourceId, revision) =>
    this.#database.read((database) => readMemory(database, resourceId, revision));

  searchChunks: Store['searchChunks'] = async (input, filters) =>
    this.#vectors.search(input, (database, index, asked) => searchChunks(database, index, asked, filters));

  getChunks: Store['getChunks'] = async (chunkIds) =>
    this.#database.read((database) => readChunks(database, chunkIds));

  logAttempt: Store['logAttempt'] = async (attempt, place) =>
    this.#database.write((database) =>
      insertAttempt(database, attempt, place(attemptContext(database, attempt)), this.#writtenBy),
    );

  searchPatterns: Store['searchPatterns'] = async (input, filters) =>
    this.#vectors.search(input, (database, index, asked) => searchPatterns(database, index, asked, filters));

  newestWithWord: Store['newestWithWord'] = async (word, filters, limit) =>
    this.#database.read((database) => newestWithWord(database, word, filters, limit));

  familyMembers: Store['familyMembers'] = async (familyIds, input, filters) =>
    this.#vectors.search(input, (database, index, asked) =>
      familyMembers(database, index, familyIds, asked, filters),
    );

  familiesOf: Store['familiesOf'] = async (patternIds) =>
    this.#database.read((database) => familiesOf(database, patternIds));

  attemptsAt: Store['attemptsAt'] = async (nameKeys, scope) =>
    this.#database.read((database) => attemptsAt(database, nameKeys, scope));

  getPatterns: Store['getPatterns'] = async (patternIds) =>
    this.#database.read((database) => readPatterns(database, patternIds));

  attemptHeads: Store['attemptHeads'] = async (patternIds) =>
    this.#database.read((database) => attemptHeads(database, patternIds));

  familyCounts: Store['familyCounts'] = async (familyIds) =>
    this.#database.read((database) => familyCounts(database, familyIds));

  listMemories: Store['listMemories'] = async (filters, page) =>
    this.#database.read((database) => listMemories(database, filters, page));

  resourceOfChunk: Store['resourceOfChunk'] = async (chunkId) =>
    this.#database.read((database) => resourceOfChunk(database, chunkId));

  resourcesNamed: Store['resourcesNamed'] = async (project, fileName) =>
    this.#database.read((database) => resourcesNamed(database, project, fileName));

  changeMemory: Store['changeMemory'] = async (resourceId, change, searchTextOf) =>
    this.#database.write((database) => changeMemory(database, resourceId, change, searchTextOf));

  changeAttempt: Store['changeAttempt'] = async (patternId, change, reconsider) =>
    this.#database.write((database) => changeAttempt(database, patternId, change, reconsider));

  attemptFacts: Store['attemptFacts'] = async (filters, sinceMs, page) =>
    this.#database.read((database) => attemptFacts(database, filters, sinceMs, page));

  attemptsWithCode: Store['attemptsWithCode'] = async (codeKey, scope) =>
    this.#database.read((database) => attemptsWithCode(database, codeKey, scope));

  repairsAt: Store['repairsAt'] = async (place, limit) =>
    this.#database.read((database) => repairsAt(database, place, limit));

  vectorsOfSame: Store['vectorsOfSame'] = async (texts, modelHash) =>
    this.#database.read((database) => vectorsOfSame(database, texts, modelHash));

  logMessage: Store['logMessage'] = async (message) =>
    this.#database.write((database) => insertMessage(database, message, this.#writtenBy));

  lastMessage: Store['lastMessage'] = async (project, conversationId) =>
    this.#database.read((database) => lastMessage(database, project, conversationId));

  logQuery: Store['logQuery'] = async (query) =>
    this.#database.write((database) => insertQueryLog(database, query, this.#writtenBy));

  searchMessages: Store['searchMessages'] = async (input, filters) =>
    this.#vectors.search(input, (database, index, asked) => searchMessages(database, index, asked, filters));

  getMessages: Store['getMessages'] = async (messageIds) =>
    this.#database.read((database) => readMessages(database, messageIds));

  addTodo: Store['addTodo'] = async (todo) =>
    this.#database.write((database) => insertTodo(database, todo, this.#writtenBy));

  listTodos: Store['listTodos'] = async (filters, page) =>
    this.#database.read((database) => listTodos(database, filters, page));

  completeTodo: Store['completeTodo'] = async (todoId, completedAt) =>
    this.#database.write((database) => completeTodo(database, todoId, completedAt));

  searchTodos: Store['searchTodos'] = async (input, filters) =>
    this.#vectors.search(input, (database, index, asked) => searchTodos(database, index, asked, filters));

  getTodos: Store['getTodos'] = async (todoIds) =>
    this.#database.read((database) => readTodos(database, todoIds));

  storeLinks: Store['storeLinks'] = async (messageId, chunkIds) =>
    this.#database.write((database) => insertCheckedLinks(database, messageId, chunkIds, this.#writtenBy));

  linksOfMessage: Store['linksOfMessage'] = async (messageId, page) =>
    this.#database.read((database) => linksOfMessage(database, messageId, page));

  messagesOfChunk: Store['messagesOfChunk'] = async (chunkId, page) =>
    this.#database.read((database) => messagesOfChunk(database, chunkId, page));

  linkStatistics: Store['linkStatistics'] = async (scope, limit) =>
    this.#database.read((database) => linkStatistics(database, scope, limit));

  putEdges: Store['putEdges'] = async (edges) =>
    this.#database.write((database) => putEdges(database, edges));

  edgesAround: Store['edgesAround'] = async (query, page) =>
    this.#database.read((database) => edgesAround(database, query, page));

  addToCounters: Store['addToCounters'] = async (amounts) =>
    this.#database.write((database) => addToCounters(database, amounts));

  counters: Store['counters'] = async () => this.#database.read(readCounters);

  attemptOutcomes: Store['attemptOutcomes'] = async () => this.#database.read(readAttemptOutcomes);

  newestAttempts: Store['newestAttempts'] = async (limit) =>
    this.#database.read((database) => newestAttemptIds(database, limit));

  remove: Store['remove'] = async (refs, { dryRun }) => {
    const work = (database: Database) => removeRows(database, refs);
    return dryRun ? this.#database.rehearse(work) : this.#database.write(work);
  };

  purgeRemoved: Store['purgeRemoved'] = async () => {
    try {
      this.#database.purge((database) => {
        dropRemovedWords(database);
        disownVectorFile(database);
      });
    } finally {
      removeVectorFiles(this.#database.path);
    }
  };

  lookUpWords: Store['lookUpWords'] = async (kind, words) =>
    this.#database.read((database) => lookUpWords(database, wordIndexOf[kind], words));

  vectorsProblem: Store['vectorsProblem'] = () => this.#vectors.problem();

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

  close: Store['close'] = async () => {
    await this.#vectors.close();
    this.#database.close();
  };
}
