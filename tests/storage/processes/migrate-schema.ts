/** Brings a database to the made-up next version of the schema. */
import { madeMigration, migrateTo } from '../made-migration.ts';
import { answer, barrier } from './barrier.ts';

const [path = ''] = process.argv.slice(2);
await barrier();
try {
  migrateTo(madeMigration, path);
  answer({ done: true });
} catch (error) {
  answer({ done: false, error: String(error) });
}
