import type { DatabaseDoctor, DatabaseRepair, Finding } from '../domain/checkup.ts';
import type { Embedder } from '../domain/ports.ts';
import { rowRules } from '../domain/row-rules.ts';
import { type ClientChecks, checkClients } from './check-clients.ts';
import { checkFolder, type FolderChecks, removeLeftovers } from './check-folder.ts';
import { checkModel } from './check-model.ts';

export interface DoctorParts {
  database: DatabaseDoctor;
  embedder: Embedder;
  folder: Omit<FolderChecks, 'databasePath'>;
  clients: ClientChecks;
}

export interface DoctorReport {
  /** Nothing is wrong; notices may be there. */
  isHealthy: boolean;
  /** After a repair: what is left. */
  findings: Finding[];
  repair: DatabaseRepair | null;
  schemaVersion: number | null;
  journalMode: string | null;
  modelHash: string | null;
}

/** Looks at everything that LTMC rests on, and with `repair` mends what can be made again from the rows. */
export async function runDoctor(
  { database, embedder, folder, clients }: DoctorParts,
  options: { repair: boolean },
): Promise<DoctorReport> {
  const model = await checkModel(embedder);
  const rules = rowRules(model.modelHashes);
  const surroundings = { ...folder, databasePath: database.databasePath };
  const repair = options.repair ? withLeftovers(database.repair(rules), removeLeftovers(surroundings)) : null;
  const checkup = database.check(rules);
  const findings = [
    ...checkup.findings,
    ...model.findings,
    ...checkFolder(surroundings),
    ...checkClients(clients),
  ];
  return {
    isHealthy: findings.every(({ level }) => level === 'notice'),
    findings,
    repair,
    schemaVersion: checkup.schemaVersion ?? null,
    journalMode: checkup.journalMode ?? null,
    modelHash: model.modelHashes?.[0] ?? null,
  };
}

function withLeftovers(repair: DatabaseRepair, count: number): DatabaseRepair {
  if (count === 0) return repair;
  const removed = {
    code: 'leftover_files',
    count,
    message: 'half-written files of killed processes removed',
  };
  return { ...repair, repairs: [...repair.repairs, removed] };
}
