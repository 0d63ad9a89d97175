import Sqlite from 'better-sqlite3';
import { migrateSchema } from '../../src/storage/sqlite/migrate-schema.ts';
import type { SchemaMigration } from '../../src/storage/sqlite/schema-migration.ts';
import { schemaMigrations } from '../../src/storage/sqlite/schema-migrations/index.ts';

/** A made-up next step of the schema: a column, filled in, and a table. */
export const madeMigration: SchemaMigration = {
  version: schemaMigrations.length + 1,
  name: 'made up',
  oldestWriter: schemaMigrations.length + 1,
  apply(database) {
    database.exec(`
      ALTER TABLE Resources ADD COLUMN mood TEXT;
      UPDATE Resources SET mood = 'calm';
      CREATE TABLE Moods (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
      INSERT INTO Moods (name) VALUES ('calm');`);
  },
};

/** Does all that the made-up step does, and then throws. */
export const throwingMigration: SchemaMigration = {
  ...madeMigration,
  apply(database, context) {
    madeMigration.apply(database, context);
    throw new Error('the step failed');
  },
};

/** Runs the steps that this program knows and then `next`, as a newer program would. */
export function migrateTo(next: SchemaMigration, path: string, now: () => number = Date.now): void {
  const connection = new Sqlite(path, { timeout: 15_000 });
  try {
    connection.pragma('foreign_keys = ON');
    migrateSchema(connection, {
      path,
      programVersion: '9.9.9',
      now,
      migrations: [...schemaMigrations, next],
    });
  } finally {
    connection.close();
  }
}
