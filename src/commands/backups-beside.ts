import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The backups in the database's folder, side files too; a backup keeps what is removed after it was made. */
export function backupsBeside(databasePath: string): string[] {
  const prefix = `${basename(databasePath)}.backup_`;
  const folder = dirname(databasePath);
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .sort()
    .map((name) => join(folder, name));
}
