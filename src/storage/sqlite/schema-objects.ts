import Sqlite from 'better-sqlite3';
import { writtenSchemaVersion } from './migrate-schema.ts';
import { schemaMigrations } from './schema-migrations/index.ts';

interface SchemaObject {
  name: string;
  type: 'table' | 'index' | 'trigger' | 'view';
  /** null for what SQLite makes by itself. */
  sql: string | null;
}

const known = new Map<number, SchemaObject[]>();

/** Tables, indexes and triggers that a database of this schema version has and this one lacks. */
export function missingSchemaObjects(connection: Sqlite.Database, version: number): SchemaObject[] {
  const names = new Set(connection.prepare('SELECT name FROM sqlite_schema').pluck().all());
  return schemaObjects(version).filter(({ name }) => !names.has(name));
}

export function missingTables(connection: Sqlite.Database, version: number): SchemaObject[] {
  return missingSchemaObjects(connection, version).filter(({ type }) => type === 'table');
}

/** The tables of the newest schema, in the order in which they are made. */
export function schemaTables(): string[] {
  return schemaObjects(writtenSchemaVersion)
    .filter(({ name, type }) => type === 'table' && !name.startsWith('sqlite_'))
    .map(({ name }) => name);
}

/** The statement that makes an object of the newest schema. */
export function schemaSql(name: string): string {
  const found = schemaObjects(writtenSchemaVersion).find((object) => object.name === name);
  if (found?.sql == null) throw new Error(`${name} is no object of the schema`);
  return found.sql;
}

/** Tables that are not ours: a migrated database brings its user's own along. */
export function otherTables(connection: Sqlite.Database): string[] {
  const ours = new Set(schemaTables());
  const tables = connection
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .pluck()
    .all() as string[];
  return tables.filter((name) => !ours.has(name) && !name.startsWith('sqlite_'));
}

/** Found by making an empty database of that version. */
function schemaObjects(version: number): SchemaObject[] {
  const objects = known.get(version);
  if (objects !== undefined) return objects;
  const empty = new Sqlite(':memory:');
  try {
    for (const migration of schemaMigrations) {
      if (migration.version <= version) migration.apply(empty, { programVersion: '', nowText: '' });
    }
    const found = empty.prepare('SELECT name, type, sql FROM sqlite_schema').all() as SchemaObject[];
    known.set(version, found);
    return found;
  } finally {
    empty.close();
  }
}
