import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { DatabaseCheckup, DatabaseRepair } from '../../src/domain/checkup.ts';
import { rowRules } from '../../src/domain/row-rules.ts';
import { checkDatabase } from '../../src/storage/sqlite/check-database.ts';
import { repairDatabase } from '../../src/storage/sqlite/repair-database.ts';
import { filledDatabase } from '../backup/filled-database.ts';
import { modelHash } from '../storage/made-rows.ts';
import { temporaryFolder } from '../storage/temporary-folder.ts';

const rules = rowRules([modelHash]);

export function check(databasePath: string): DatabaseCheckup {
  return checkDatabase(databasePath, rules);
}

export function repair(databasePath: string): DatabaseRepair {
  return repairDatabase({ databasePath, rules, programVersion: 'test', now: Date.now });
}

/** What is wrong, with how often. */
export function problems(databasePath: string): Record<string, number> {
  const { findings } = check(databasePath);
  return Object.fromEntries(
    findings.filter(({ level }) => level === 'problem').map(({ code, count }) => [code, count]),
  );
}

/** A filled database in which nothing is wrong: the keys of made rows are not those of their texts. */
export async function healthyDatabase(): Promise<{ folder: string; path: string; copy(): string }> {
  const folder = temporaryFolder();
  const path = join(folder, 'healthy', '..', 'healthy.db');
  await filledDatabase(path);
  repair(path);
  let count = 0;
  return {
    folder,
    path,
    copy() {
      const copied = join(folder, `${++count}.db`);
      copyFileSync(path, copied);
      return copied;
    },
  };
}

/** As something else than LTMC would, without its foreign keys. */
export function change(path: string, sql: string): void {
  const database = new Sqlite(path);
  try {
    database.pragma('foreign_keys = OFF');
    database.unsafeMode(true);
    database.exec(sql);
  } finally {
    database.close();
  }
}
