import Sqlite from 'better-sqlite3';
import type { DatabaseRepair, Finding, Repair, RowRules } from '../../domain/checkup.ts';
import { LtmcError } from '../../errors.ts';
import { checkDatabase } from './check-database.ts';
import { Database } from './database.ts';
import { writtenSchemaVersion } from './migrate-schema.ts';
import { repairSteps } from './repair-steps.ts';
import { missingSchemaObjects } from './schema-objects.ts';
import { takeChangeNumber } from './sequence.ts';
import { removeVectorFiles } from './vector-file-removal.ts';
import { backUpBeside } from './verified-copy.ts';

export interface RepairRequest {
  databasePath: string;
  rules: RowRules;
  programVersion: string;
  now: () => number;
}

/**
 * Mends what can be made again from the rows: after a verified backup beside the database, all in one transaction,
 * while other processes may use it. What needs no mending is left as it is. Throws the database codes of errors.ts.
 */
export function repairDatabase({ databasePath, rules, programVersion, now }: RepairRequest): DatabaseRepair {
  const { findings } = checkDatabase(databasePath, rules);
  const broken = new Set(findings.filter(({ repairable }) => repairable).map(({ code }) => code));
  const repairs: Repair[] = [];
  if (broken.delete('vector_file_damaged')) {
    removeVectorFiles(databasePath);
    repairs.push({ code: 'vector_file_damaged', count: 1, message: 'file of vectors removed' });
  }
  if (broken.size === 0) return { backupPath: null, repairs };
  refuseBroken(findings);
  const backupPath = backUp(databasePath, now());
  if (broken.has('schema_incomplete')) repairs.push(makeMissingObjects(databasePath));
  const database = new Database({ path: databasePath, programVersion, now });
  try {
    database.write(() => {
      // So that other processes forget what they remember of full text.
      takeChangeNumber(database);
      for (const { code, message, run } of repairSteps) {
        const isNeeded = typeof code === 'string' ? broken.has(code) : code.some((one) => broken.has(one));
        if (!isNeeded) continue;
        const count = run(database, rules);
        repairs.push({ code: typeof code === 'string' ? code : (code[0] as string), count, message });
      }
    });
  } finally {
    database.close();
  }
  return { backupPath, repairs };
}

/** Rows that cannot be relied on are no ground to build on. */
function refuseBroken(findings: readonly Finding[]): void {
  const fault = findings.find(({ code }) => code === 'database_integrity' || code === 'database_damaged');
  if (fault === undefined) return;
  throw new LtmcError(
    'database_damaged',
    'Expected a database whose file is whole; it has faults, so nothing was repaired.',
    fault.hint,
  );
}

function backUp(path: string, nowMs: number): string {
  const connection = new Sqlite(path);
  try {
    return backUpBeside(connection, path, nowMs);
  } finally {
    connection.close();
  }
}

/** Indexes and triggers, from the statements that make a new database. */
function makeMissingObjects(path: string): Repair {
  const connection = new Sqlite(path);
  try {
    const missing = missingSchemaObjects(connection, writtenSchemaVersion);
    connection
      .transaction(() => {
        for (const { sql } of missing) if (sql !== null) connection.exec(sql);
      })
      .immediate();
    return { code: 'schema_incomplete', count: missing.length, message: 'indexes and triggers made again' };
  } finally {
    connection.close();
  }
}
