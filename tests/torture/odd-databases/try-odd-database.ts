import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Embedder } from '../../../src/domain/ports.ts';
import { rowRules } from '../../../src/domain/row-rules.ts';
import { LtmcError } from '../../../src/errors.ts';
import {
  type MigrateOptions,
  type MigrateResult,
  migrateDatabase,
} from '../../../src/legacy/migrate-database.ts';
import { isFaithful } from '../../../src/legacy/migration-report.ts';
import { rollbackDatabase } from '../../../src/legacy/rollback-database.ts';
import { checkDatabase } from '../../../src/storage/sqlite/check-database.ts';
import { openSqliteStore } from '../../../src/storage/sqlite/sqlite-store.ts';
import { lostRows } from './lost-rows.ts';
import { makeOddDatabase, type OddDatabase } from './make-odd-database.ts';

export interface Tried {
  outcome: 'moved' | 'refused';
  /** Of a refusal. */
  code: string | null;
  oddities: string[];
  problems: string[];
}

const clearCodes = [
  'not_a_database',
  'foreign_database',
  'database_damaged',
  'invalid_argument',
  'database_unreachable',
];

/**
 * Makes the odd database of a seed in the empty folder and moves it: on trial, in earnest, a second time, and back.
 * What it must hold: a refusal has a clear code and changes nothing; a result holds every row and passes the doctor.
 */
export async function tryOddDatabase(seed: number, folder: string, embedder: Embedder): Promise<Tried> {
  const input = join(folder, 'in');
  mkdirSync(input);
  const made = makeOddDatabase(seed, input);
  const problems: string[] = [];
  const before = filesOf(made.folder);
  const kept = keepOriginal(made, join(folder, 'kept'));
  const dry = await attempt(made, { dryRun: true }, embedder);
  if (!isSame(before, filesOf(made.folder))) problems.push('the trial changed files');
  const done = await attempt(made, {}, embedder);
  if (dry.code !== done.code)
    problems.push(`the trial said ${dry.code ?? 'it works'}, the run ${done.code ?? 'it works'}`);
  const tried = { code: done.code, oddities: made.oddities, problems };
  if (done.code !== null) {
    if (!isSame(before, filesOf(made.folder))) problems.push('a refusal changed files');
    if (!clearCodes.includes(done.code)) problems.push(`refused: ${done.code} ${done.message}`);
    else if (!made.isDamaged && !isLongName(made))
      problems.push(`a whole database was refused: ${done.code} ${done.message}`);
    return { outcome: 'refused', ...tried };
  }
  problems.push(...(await resultProblems(made, before, kept, embedder)));
  return { outcome: 'moved', ...tried };
}

async function resultProblems(
  made: OddDatabase,
  before: Map<string, string>,
  kept: string,
  embedder: Embedder,
): Promise<string[]> {
  const { path } = made;
  const problems = lostRows(kept, path)
    .map((lost) => `lost: ${lost}`)
    .slice(0, 5);
  const hashes = (await embedder.embed(['hash'], { priority: 'query' })).modelHash;
  const { findings } = checkDatabase(path, rowRules([hashes]));
  for (const { code, level, count } of findings) {
    if (level === 'problem') problems.push(`doctor: ${code} ${count}`);
  }
  const left = readdirSync(dirname(realpathSync(path))).filter((name) =>
    /migrating|restoring|unfinished|\.tmp$/.test(name),
  );
  if (left.length > 0) problems.push(`left behind: ${left.join(', ')}`);
  const store = await openSqliteStore({ path });
  try {
    await store.status();
  } finally {
    await store.close();
  }
  const again = await attempt(made, {}, embedder);
  if (again.result?.outcome !== 'already_migrated')
    problems.push(`a second run: ${again.code ?? again.result?.outcome}`);
  try {
    await rollbackDatabase({ database: path, force: false, now: Date.now, platform: process.platform });
  } catch (thrown) {
    return [
      ...problems,
      `rollback: ${thrown instanceof LtmcError ? thrown.message : String((thrown as Error).stack)}`,
    ];
  }
  const after = filesOf(made.folder);
  const own = [...before].filter(([name]) => !name.endsWith('-shm'));
  if (!own.every(([name, bytes]) => after.get(name) === bytes))
    problems.push('the rollback gave other bytes');
  return problems;
}

async function attempt(
  { path }: OddDatabase,
  options: Partial<MigrateOptions>,
  embedder: Embedder,
): Promise<{ code: string | null; message: string; result?: MigrateResult }> {
  try {
    const result = await migrateDatabase(
      {
        database: path,
        rechunk: false,
        dryRun: false,
        timezone: 'Europe/Berlin',
        now: Date.now,
        platform: process.platform,
        onNote: () => {},
        onProgress: () => {},
        ...options,
      },
      embedder,
    );
    if (result.outcome !== 'already_migrated' && !isFaithful(result))
      return { code: 'internal_error', message: 'unfaithful' };
    return { code: null, message: '', result };
  } catch (thrown) {
    if (thrown instanceof LtmcError) return { code: thrown.code, message: thrown.message };
    return { code: 'internal_error', message: String((thrown as Error).stack) };
  }
}

function isLongName({ path }: OddDatabase): boolean {
  return basename(path).length > 200;
}

/** Names with their bytes; a folder and a link stand for themselves. */
function filesOf(folder: string): Map<string, string> {
  return new Map(
    readdirSync(folder)
      .toSorted()
      .map((name) => {
        const path = join(folder, name);
        return [name, lstatSync(path).isFile() ? readFileSync(path).toString('base64') : 'no file'];
      }),
  );
}

function isSame(some: Map<string, string>, others: Map<string, string>): boolean {
  return JSON.stringify([...some]) === JSON.stringify([...others]);
}

function keepOriginal({ path }: OddDatabase, folder: string): string {
  mkdirSync(folder);
  const kept = join(folder, 'original.db');
  const real = realpathSync(path);
  for (const suffix of ['', '-wal', '-journal']) {
    if (existsSync(real + suffix) && lstatSync(real + suffix).isFile())
      copyFileSync(real + suffix, kept + suffix);
  }
  return kept;
}
