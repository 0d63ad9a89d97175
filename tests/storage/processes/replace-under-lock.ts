/** Holds the write lock of a database, puts another file in its place, and lets go: as a restore does. */
import { renameSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { answer, barrier } from './barrier.ts';

const [path = '', by = ''] = process.argv.slice(2);
const connection = new Sqlite(path);
connection.pragma('wal_checkpoint(TRUNCATE)');
connection.exec('BEGIN IMMEDIATE');
await barrier();
// The test has looked at the file by now and waits for the lock; were it slower, it would only see less.
const moment = Date.now() + 150;
while (Date.now() < moment);
for (const suffix of ['', '-wal', '-shm']) renameSync(path + suffix, `${path}.before${suffix}`);
renameSync(by, path);
connection.exec('ROLLBACK');
connection.close();
answer(null);
