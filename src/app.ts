/**
 * The only place that names the adapters: settings → store, embedder, services. What is slow to load is
 * imported when it is needed, so that a server answers `initialize` before a database is open.
 */
import { existsSync } from 'node:fs';
import { availableParallelism, homedir } from 'node:os';
import { type Config, type ConfigFlags, readConfig } from './config.ts';
import type { DatabaseDoctor } from './domain/checkup.ts';
import { Metrics } from './domain/metrics.ts';
import type { Embedder, ReadScope, Store } from './domain/ports.ts';
import type { Services } from './domain/services.ts';
import type { Transfer } from './domain/transfer.ts';
import type { WholeDatabase } from './domain/whole-database.ts';
import { LtmcError, toLtmcError } from './errors.ts';
import type { MigrateOptions, MigrateResult } from './legacy/migrate-database.ts';
import type { RollbackReport } from './legacy/rollback-database.ts';
import { limits } from './limits.ts';
import { log, setLogLevel } from './log.ts';
import { programVersion } from './package-root.ts';
import { projectOfFolder, type WorkingProject } from './project.ts';
import type { TokenFiles } from './tokens/token-files.ts';

export type { MigrateResult } from './legacy/migrate-database.ts';
export type { MigrationReport } from './legacy/migration-report.ts';

export interface App {
  services: Services;
  store: Store;
  /**
   * Resolves when no vector is pending that can be filled in now; `onFilled` is told how many came. Only with
   * `fillPendingVectors`.
   */
  vectorsFilled(onFilled?: (count: number) => void): Promise<void>;
  /** Ends what runs in the background, then the embedder, then the database. May be called twice. */
  close(): Promise<void>;
}

export interface OpenAppOptions {
  /** Look only: where there is no database, `not_found` instead of a new one. Default: false. */
  mustExist?: boolean;
  /** Counts this process's calls; its counts are kept in the database. Default: nothing is counted. */
  metrics?: Metrics;
  /** Give pending vectors their values in the background while the app is open. Default: false. */
  fillPendingVectors?: boolean;
}

/** The settings of this process; also sets the log level. */
export async function loadConfig(flags: ConfigFlags, environment: NodeJS.ProcessEnv): Promise<Config> {
  const config = await readConfig({
    flags,
    environment,
    platform: process.platform,
    home: homedir(),
    workingFolder: process.cwd(),
    isPythonDatabase: async (path) => {
      const { databaseFileKind } = await import('./storage/sqlite/database-file.ts');
      return databaseFileKind(path) === 'python_ltmc';
    },
  });
  setLogLevel(config.logLevel);
  return config;
}

/** The project of calls that name none: the setting, else that of the working directory. */
export function workingProject(config: Config): WorkingProject {
  if (config.project !== null) return { name: config.project, why: 'named by a setting' };
  return projectOfFolder(process.cwd(), {
    home: homedir(),
    platform: process.platform,
    environment: process.env,
  });
}

/** What a look-up of a command may see: that project's rows and those without a project; with `*` everything. */
export function workingScope(config: Config): ReadScope {
  const { name } = workingProject(config);
  return name === '*' ? 'all' : { project: name };
}

/** Opens the database, or makes it. Throws the database codes of errors.ts; nothing stays open then. */
export async function openApp(config: Config, options: OpenAppOptions = {}): Promise<App> {
  const path = config.databasePath;
  if (options.mustExist && !existsSync(path)) throw noDatabase(path);
  const { openSqliteStore } = await import('./storage/sqlite/sqlite-store.ts');
  const opened = await openSqliteStore({ path });
  const embedder = await openEmbedder(config);
  const { makeServices } = await import('./domain/make-services.ts');
  const { PendingVectors } = await import('./domain/pending-vectors.ts');
  const pendingVectors = new PendingVectors(opened, embedder);
  const fill = () => pendingVectors.nudge(logFailedFilling);
  const store = options.fillPendingVectors ? await nudging(opened, fill) : opened;
  // What an earlier process left.
  if (options.fillPendingVectors) fill();
  options.metrics?.keepIn(store, embedder);
  const metrics = options.metrics ?? new Metrics();
  let closing: Promise<void> | undefined;
  return {
    store,
    services: makeServices(store, embedder, Date.now, metrics),
    vectorsFilled: (onFilled) => pendingVectors.idle(onFilled),
    close() {
      // The filler stops taking batches; the one that it waits for ends with the embedder.
      const filling = pendingVectors.close();
      closing ??= closeAll([{ close: () => metrics.flush() }, embedder, { close: () => filling }, store]);
      return closing;
    },
  };
}

async function nudging(store: Store, nudge: () => void): Promise<Store> {
  const { nudgingStore } = await import('./domain/nudging-store.ts');
  return nudgingStore(store, nudge);
}

/** The vectors stay pending and are tried again after the next write and at the next start. */
function logFailedFilling(thrown: unknown): void {
  log.warn('pending vectors were not filled in', { code: toLtmcError(thrown).code });
}

/** The store alone, for a look that must not wait: a locked database is `database_busy` almost at once. */
export async function openStoreToLook(config: Config): Promise<Store> {
  const path = config.databasePath;
  if (!existsSync(path)) throw noDatabase(path);
  const { openSqliteStore } = await import('./storage/sqlite/sqlite-store.ts');
  return openSqliteStore({ path, busyTimeoutMs: limits.hookBusyTimeoutMs });
}

export interface ServerApp {
  metrics: Metrics;
  /** Opens the database at the first call and gives the same to the others. */
  open(): Promise<App>;
  close(): Promise<void>;
}

/** The app of a server: counted, opened when the first call needs it, and again where that failed. */
export function serverApp(config: Config): ServerApp {
  const metrics = new Metrics();
  let opening: Promise<App> | undefined;
  return {
    metrics,
    async open() {
      opening ??= openApp(config, { fillPendingVectors: true, metrics });
      try {
        return await opening;
      } catch (thrown) {
        // What stood in the way (a migration, a full disk) may be gone at the next call.
        opening = undefined;
        throw thrown;
      }
    },
    async close() {
      await (await opening?.catch(() => undefined))?.close();
    },
  };
}

/** Copies of the configured database as a whole. It is not opened as a store, which might change it. */
export async function wholeDatabase(config: Config): Promise<WholeDatabase> {
  const [{ backupDatabase }, { restoreDatabase }] = await Promise.all([
    import('./storage/sqlite/backup-database.ts'),
    import('./storage/sqlite/restore-database.ts'),
  ]);
  const { databasePath } = config;
  return {
    backUp: async (targetPath, { force }) => {
      if (!existsSync(databasePath)) throw noDatabase(databasePath);
      return backupDatabase({ databasePath, targetPath, force });
    },
    restore: (backupPath, { force }) =>
      restoreDatabase({ databasePath, backupPath, force, programVersion: programVersion(), now: Date.now }),
  };
}

/** The rows of the configured database, out and in. */
export async function transfer(config: Config): Promise<Transfer> {
  const [{ readDatabase }, { importDatabase }, { rowWords }] = await Promise.all([
    import('./storage/sqlite/exported-rows.ts'),
    import('./storage/sqlite/import-database.ts'),
    import('./domain/row-words.ts'),
  ]);
  const { databasePath } = config;
  return {
    databasePath,
    read: (work) => {
      if (!existsSync(databasePath)) throw noDatabase(databasePath);
      return readDatabase(databasePath, work);
    },
    importRows: (source, { dryRun }) =>
      importDatabase({
        databasePath,
        source,
        words: rowWords,
        dryRun,
        programVersion: programVersion(),
        now: Date.now,
      }),
  };
}

/** Moves the configured database over from the Python LTMC. */
export async function migrate(
  config: Config,
  options: Pick<
    MigrateOptions,
    'to' | 'indexFile' | 'timezone' | 'rechunk' | 'dryRun' | 'onNote' | 'onProgress'
  >,
): Promise<MigrateResult> {
  const { migrateDatabase } = await import('./legacy/migrate-database.ts');
  const embedder = await openEmbedder(config);
  try {
    const fixed = { database: config.databasePath, now: Date.now, platform: process.platform };
    return await migrateDatabase({ ...options, ...fixed }, embedder);
  } finally {
    await embedder.close();
  }
}

/** Puts the newest backup of a migration back in the configured database's place. */
export async function rollback(config: Config, { force }: { force: boolean }): Promise<RollbackReport> {
  const { rollbackDatabase } = await import('./legacy/rollback-database.ts');
  return rollbackDatabase({
    database: config.databasePath,
    force,
    now: Date.now,
    platform: process.platform,
  });
}

/** Checks and repairs of the configured database. */
export async function databaseDoctor(config: Config): Promise<DatabaseDoctor> {
  const [{ checkDatabase }, { repairDatabase }] = await Promise.all([
    import('./storage/sqlite/check-database.ts'),
    import('./storage/sqlite/repair-database.ts'),
  ]);
  const { databasePath } = config;
  return {
    databasePath,
    check: (rules) => checkDatabase(databasePath, rules),
    repair: (rules) =>
      repairDatabase({ databasePath, rules, programVersion: programVersion(), now: Date.now }),
  };
}

/** The tokens for HTTP of the configured database, which need not be there yet. */
export async function tokenFiles(config: Config): Promise<TokenFiles> {
  const { TokenFiles } = await import('./tokens/token-files.ts');
  return new TokenFiles(config.databasePath);
}

/** The embedder alone, for who needs no database; the caller closes it. */
export async function openEmbedder(config: Config): Promise<Embedder> {
  const { OnnxEmbedder } = await import('./embedding/onnx-embedder.ts');
  const { bulkWorkerCount } = await import('./embedding/bulk-worker-count.ts');
  return new OnnxEmbedder({
    bulkWorkers: bulkWorkerCount(config.embeddingWorkers, availableParallelism()),
    ...(config.modelFolder === null ? {} : { modelDir: config.modelFolder }),
  });
}

/** One after the other, each even if the one before it failed; then throws the first failure. */
async function closeAll(parts: readonly { close(): Promise<void> }[]): Promise<void> {
  const failures: unknown[] = [];
  for (const part of parts) await part.close().catch((failure: unknown) => failures.push(failure));
  if (failures.length > 0) throw failures[0];
}

function noDatabase(path: string): LtmcError {
  return new LtmcError(
    'not_found',
    `Expected a database at ${path}; there is none yet.`,
    'A client makes it when it stores its first memory. Another file is named with --db or LTMC_DB.',
  );
}
