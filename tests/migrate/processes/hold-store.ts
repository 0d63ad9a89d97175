/** Keeps a database open as a server does, until its stdin says so: `hold-store.ts DATABASE`. */
import { once } from 'node:events';
import { openSqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';

const store = await openSqliteStore({ path: process.argv[2] ?? '' });
await store.status();
console.log('ready');
await once(process.stdin, 'data');
await store.close();
process.stdin.destroy();
