import { closeSync, existsSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { defined } from '../defined.ts';
import type { Embedder } from '../domain/ports.ts';
import { programVersion } from '../package-root.ts';
import { Database } from '../storage/sqlite/database.ts';
import { migrateSchema } from '../storage/sqlite/migrate-schema.ts';
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts';
import { type AskedQueries, askNewServer, askOldVectors, makeQuestions } from './ask-queries.ts';
import { compareRows } from './compare-rows.ts';
import { compareVectors } from './compare-vectors.ts';
import { contentDigest, plainTables } from './content-digest.ts';
import { RowEmbedding } from './embed-rows.ts';
import { IndexFile } from './index-file.ts';
import { replacedTable } from './known-tables.ts';
import type { MigrationReport } from './migration-report.ts';
import { moveRows } from './move-rows.ts';
import { findDamage } from './old-damage.ts';
import type { OldDatabase } from './old-database.ts';
import { readOldSchema } from './old-schema.ts';
import { OldTimes } from './old-times.ts';
import { placeAttempts, unplacedProject } from './place-attempts.ts';
import { restoreWholeTexts } from './whole-texts.ts';

export interface BuildOptions {
  /** The file to be made; nothing may be there. */
  path: string;
  /** The original's path, for its name and the index file beside it. */
  database: string;
  /** The old index file; default: `faiss_index` beside the database. */
  indexFile?: string;
  timezone?: string;
  rechunk: boolean;
  backupName: string | null;
  now: () => number;
  onProgress: (done: number, total: number) => void;
}

export type BuiltReport = Omit<MigrationReport, 'outcome' | 'database' | 'result' | 'backup' | 'totalMs'>;

/** Tables that say nothing about what a user stored, or can be derived from the others. */
const notGround =
  /^(sqlite_.*|StoreInfo|SchemaMigrations|MigratedFrom|VectorIdMap|MigrationQuarantine|Embeddings|RemovedVectors|VectorIdSequence|Counters|PatternFamilies|\w+Words_\w+)$/;

/**
 * Makes a database of ours from the recovered copy of an old one, complete and compared, in one file without side
 * files. A kill leaves that file half done; nobody reads it.
 */
export async function buildMigrated(
  old: OldDatabase,
  embedder: Embedder,
  options: BuildOptions,
): Promise<BuiltReport> {
  closeSync(openSync(options.path, 'wx', 0o600));
  const connection = new Sqlite(options.path);
  const index = openIndex(options);
  try {
    // The file is nobody's until it is whole and on disk.
    connection.pragma('journal_mode = MEMORY');
    connection.pragma('synchronous = OFF');
    connection.pragma('foreign_keys = OFF');
    connection.pragma('temp_store = FILE');
    migrateSchema(connection, {
      path: options.path,
      programVersion: programVersion(),
      now: options.now,
    });
    connection.pragma('trusted_schema = OFF');
    connection.prepare('ATTACH ? AS old').run(old.path);
    return await fill(connection, old, index, embedder, options);
  } finally {
    if (index instanceof IndexFile) index.close();
    connection.close();
  }
}

/** A digest of what the user stored, to tell later whether anything was written since. */
export function groundDigest(connection: Sqlite.Database): string {
  return contentDigest(
    connection,
    'main',
    plainTables(connection, 'main').filter((name) => !notGround.test(name)),
  );
}

async function fill(
  connection: Sqlite.Database,
  old: OldDatabase,
  index: IndexFile | { problem: string },
  embedder: Embedder,
  options: BuildOptions,
): Promise<BuiltReport> {
  // A copy in another encoding has the tables alone.
  const schema = { ...readOldSchema(connection, 'old'), others: old.objects };
  const times = new OldTimes(options.timezone);
  const nowText = new Date(options.now()).toISOString();
  const moved = connection.transaction(() =>
    moveRows({ connection, schema, times, writtenBy: `ltmc migrate ${programVersion()}` }),
  )();
  const wholeTexts = await restoreWholeTexts(connection, embedder, { rechunk: options.rechunk, nowText });
  connection.prepare('UPDATE main.CodePatterns SET project = ?').run(unplacedProject);
  const embedded = await new RowEmbedding(connection, embedder, options.onProgress).run();

  const database = new Database({
    path: options.path,
    programVersion: programVersion(),
    now: options.now,
  });
  const attempts = placeAttempts(database);
  database.close();

  const hasModel = embedded.modelProblem === undefined;
  const queries = hasModel
    ? await askBoth(connection, index, embedder, options.path)
    : { before: null, after: null };
  const tables = compareRows(connection, schema, moved, wholeTexts.rechunked.length > 0);
  const report: BuiltReport = {
    source: {
      files: old.files,
      journalMode: old.journalMode,
      encoding: old.encoding,
      constraintViolations: old.constraintViolations,
      foreignKeyViolations: old.foreignKeyViolations,
      sequenceRows: schema.tables.get(replacedTable.toLowerCase())?.rows ?? 0,
    },
    tables,
    extraColumns: moved.flatMap(({ table, extraColumns }) =>
      extraColumns.map(({ column, newName }) => ({ table, column, newName })),
    ),
    leftOut: schema.others.map(({ type, name }) => ({ type, name })),
    vectorIds: {
      numbered: embedded.numbered,
      ...(connection
        .prepare(
          'SELECT CAST(min(old_id) AS TEXT) AS lowestBefore, CAST(max(old_id) AS TEXT) AS highestBefore FROM main.VectorIdMap',
        )
        .get() as { lowestBefore: string | null; highestBefore: string | null }),
      last: connection.prepare('SELECT last_vector_id FROM main.VectorIdSequence').pluck().get() as number,
      further: embedded.further,
      longChunks: embedded.longChunks,
      pendingVectors: embedded.pendingVectors,
      ...defined({ modelProblem: embedded.modelProblem }),
    },
    times: {
      zone: times.zone,
      read: times.read,
      zoneless: times.zoneless,
      unreadable: times.unreadableCount,
      examples: times.unreadable,
    },
    damage: findDamage(connection),
    quarantined: connection
      .prepare(
        `SELECT source_table AS "table", reason, count(*) AS count FROM main.MigrationQuarantine
          WHERE source_table <> 'sqlite_schema' GROUP BY 1, 2 ORDER BY 1, 2`,
      )
      .all() as BuiltReport['quarantined'],
    wholeTexts,
    attempts,
    oldVectors:
      index instanceof IndexFile && hasModel
        ? { file: indexPath(options), format: index.format, ...compareVectors(connection, index) }
        : { file: indexPath(options), problem: problemOf(index, embedded.modelProblem) },
    queries,
    integrity: { isWhole: false, foreignKeyViolations: 0 },
    textsEmbedded: embedded.numbered + Object.values(embedded.further).reduce((sum, count) => sum + count, 0),
    embeddingMs: embedded.embeddingMs,
  };
  connection
    .prepare('INSERT INTO main.MigratedFrom VALUES (1, ?, ?, ?, ?)')
    .run(nowText, options.backupName, old.files[0]?.sha256 ?? '', groundDigest(connection));
  report.integrity = finish(connection);
  return report;
}

async function askBoth(
  connection: Sqlite.Database,
  index: IndexFile | { problem: string },
  embedder: Embedder,
  path: string,
): Promise<{ before: AskedQueries | null; after: AskedQueries | null }> {
  const questions = await makeQuestions(connection, embedder);
  const before = index instanceof IndexFile ? askOldVectors(connection, index, questions) : null;
  const store = await openSqliteStore({ path });
  try {
    return { before, after: await askNewServer(connection, store, embedder, questions) };
  } finally {
    await store.close();
  }
}

/** One file, checked; the caller puts it on disk. */
function finish(connection: Sqlite.Database): MigrationReport['integrity'] {
  connection.exec('DETACH old');
  connection.pragma('journal_mode = DELETE');
  return {
    isWhole: connection.pragma('integrity_check(1)', { simple: true }) === 'ok',
    foreignKeyViolations: connection
      .prepare('SELECT count(*) FROM pragma_foreign_key_check')
      .pluck()
      .get() as number,
  };
}

function indexPath({ indexFile, database }: BuildOptions): string {
  return indexFile ?? join(dirname(database), 'faiss_index');
}

function openIndex(options: BuildOptions): IndexFile | { problem: string } {
  const path = indexPath(options);
  if (options.indexFile === undefined && !existsSync(path))
    return { problem: 'there is none beside the database' };
  return IndexFile.open(path);
}

function problemOf(index: IndexFile | { problem: string }, modelProblem: string | undefined): string {
  return index instanceof IndexFile ? (modelProblem ?? '') : index.problem;
}
