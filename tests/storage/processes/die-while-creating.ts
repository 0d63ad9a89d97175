/** Makes a database and is gone, as by SIGKILL, while its first transaction is half way to the disk. */
import { closeSync, openSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { migrateSchema } from '../../../src/storage/sqlite/migrate-schema.ts';
import { schemaMigrations } from '../../../src/storage/sqlite/schema-migrations/index.ts';

const [path = ''] = process.argv.slice(2);
closeSync(openSync(path, 'a', 0o600));
const connection = new Sqlite(path);
// Without room for its pages SQLite must write them before the end, behind a journal that it can undo them by.
connection.pragma('cache_size = 1');
connection.pragma('cache_spill = 1');
const [initial] = schemaMigrations;
if (initial === undefined) throw new Error('There is no first step.');
migrateSchema(connection, {
  path,
  programVersion: '0',
  now: Date.now,
  migrations: [
    {
      ...initial,
      apply(database, context) {
        initial.apply(database, context);
        database.exec('CREATE TABLE Filler (x); INSERT INTO Filler VALUES (randomblob(500000))');
        process.kill(process.pid, 'SIGKILL');
        // The signal takes effect at once; should it not, nothing more may be written.
        for (;;);
      },
    },
  ],
});
