import Sqlite from 'better-sqlite3';
import { damaged, newerDatabase } from './database-error.ts';
import { applicationId } from './database-file.ts';
import type { SchemaMigration } from './schema-migration.ts';
import { schemaMigrations } from './schema-migrations/index.ts';
import { backUpBeside, removeDatabaseFiles } from './verified-copy.ts';

/** The schema version that this program writes. */
export const writtenSchemaVersion = schemaMigrations.at(-1)?.version ?? 0;

interface MigrationContext {
  path: string;
  programVersion: string;
  now: () => number;
  /** Default: every step that this program knows. */
  migrations?: readonly SchemaMigration[];
  /** False for a private copy. Default: true. */
  backUp?: boolean;
}

/**
 * Brings a database to the newest schema: each step in a transaction of its own together with its record.
 * A database that holds rows is backed up first and the backup checked. Several processes may start at
 * once; each step looks again at the version once it has the lock. Throws `newer_database` for a database
 * that only a newer program may write.
 */
export function migrateSchema(connection: Sqlite.Database, context: MigrationContext): void {
  const migrations = context.migrations ?? schemaMigrations;
  const newest = migrations.at(-1)?.version ?? 0;
  const found = schemaState(connection, context.path);
  if (found.oldestWriter > newest) throw newerDatabase();
  if (found.version >= newest) return;
  if (found.version > 0 && context.backUp !== false) backUp(connection, found.version, context);
  for (const migration of migrations) {
    connection
      .transaction(() => {
        if (schemaState(connection, context.path).version >= migration.version) return;
        applyOne(connection, migration, context);
      })
      .immediate();
  }
}

function applyOne(connection: Sqlite.Database, migration: SchemaMigration, context: MigrationContext): void {
  const nowText = new Date(context.now()).toISOString();
  if (migration.version === 1) connection.pragma(`application_id = ${applicationId}`);
  migration.apply(connection, { programVersion: context.programVersion, nowText });
  connection
    .prepare('UPDATE StoreInfo SET schema_version = ?, oldest_writer = ?')
    .run(migration.version, migration.oldestWriter);
  connection
    .prepare('INSERT INTO SchemaMigrations VALUES (?, ?, ?, ?)')
    .run(migration.version, migration.name, nowText, context.programVersion);
}

/** Throws `database_damaged` for tables without the row that says what they are. */
function schemaState(connection: Sqlite.Database, path: string): { version: number; oldestWriter: number } {
  const tables = connection
    .prepare(
      `SELECT count(*) AS total, count(*) FILTER (WHERE name = 'StoreInfo') AS info
         FROM sqlite_schema WHERE type = 'table'`,
    )
    .get() as { total: number; info: number };
  if (tables.total === 0) return { version: 0, oldestWriter: 0 };
  const row =
    tables.info === 0
      ? undefined
      : connection
          .prepare('SELECT schema_version AS version, oldest_writer AS oldestWriter FROM StoreInfo')
          .get();
  if (row === undefined) throw damaged(path);
  return row as { version: number; oldestWriter: number };
}

/**
 * Where another process has done the next step meanwhile no copy is kept: that process has made one from before the
 * step.
 */
function backUp(connection: Sqlite.Database, version: number, { path, now }: MigrationContext): void {
  const backup = backUpBeside(connection, path, now());
  const copy = new Sqlite(backup, { readonly: true });
  const copiedVersion = schemaState(copy, path).version;
  copy.close();
  if (copiedVersion !== version) removeDatabaseFiles(backup);
}
