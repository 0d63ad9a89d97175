/** Imports a file into a database and says so; a line before it begins to write. */
import { say } from '../storage/processes/barrier.ts';
import { importFrom } from './transfer-run.ts';

const [databasePath = '', file = ''] = process.argv.slice(2);
say('ready');
importFrom(databasePath, file);
say('done');
