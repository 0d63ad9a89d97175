/** Restores two backups in turn for as long as it lives, and says which after each. */
import { restoreDatabase } from '../../src/storage/sqlite/restore-database.ts';
import { say } from '../storage/processes/barrier.ts';

const [databasePath = '', ...backups] = process.argv.slice(2);
let nowMs = Date.now();
say('ready');
for (let i = 0; ; i++) {
  const backupPath = backups[i % backups.length] ?? '';
  await restoreDatabase({
    databasePath,
    backupPath,
    force: true,
    programVersion: 'test',
    now: () => (nowMs += 1000),
  });
  say(backupPath);
}
