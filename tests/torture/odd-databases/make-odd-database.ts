import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { randomFrom } from '../../storage/made-vectors.ts';
import { fillTables } from './fill-tables.ts';
import { writeOddIndex } from './odd-index-files.ts';
import { addObjects } from './odd-objects.ts';
import { Chooser } from './odd-values.ts';
import { oddTables } from './old-tables.ts';

export interface OddDatabase {
  /** As a user would name it: it may be a link. */
  path: string;
  folder: string;
  /** What is odd about it, to be told where something goes wrong. */
  oddities: string[];
  /** Its bytes were damaged: it may be refused. */
  isDamaged: boolean;
}

const oddNames = [
  'ltmc.db',
  'with spaces.db',
  'quote\'s "and" 100%20.db',
  'größe-🙂.sqlite3',
  'no-ending',
  '.hidden',
  'a;b&c|d$HOME`e`.db',
  '-rf.db',
  'file:ltmc.db?mode=memory',
  `${'long-'.repeat(40)}.db`,
  `${'very-long-'.repeat(24)}.db`,
];

/** Makes the database that belongs to a seed, in an empty folder. */
export function makeOddDatabase(seed: number, folder: string): OddDatabase {
  const choose = new Chooser(randomFrom(seed));
  const oddities: string[] = [];
  const name = choose.chance(0.4) ? choose.one(oddNames) : 'ltmc.db';
  const path = join(folder, name);
  if (name !== 'ltmc.db') oddities.push(`name ${name}`);
  const made: OddDatabase = { path, folder, oddities, isDamaged: false };

  const database = new Sqlite(path);
  const set = (pragma: string) => {
    database.pragma(pragma);
    oddities.push(pragma);
  };
  if (choose.chance(0.12)) set(`encoding = '${choose.one(['UTF-16le', 'UTF-16be'])}'`);
  if (choose.chance(0.2)) set(`page_size = ${choose.one([512, 1024, 65536])}`);
  database.pragma('foreign_keys = OFF');
  fillTables(database, oddTables(choose), choose);
  oddities.push(...addObjects(database, choose));
  database.pragma('foreign_keys = OFF');

  switch (choose.below(8)) {
    case 0:
      leaveLog(database, made, choose);
      break;
    case 1:
      leaveHotJournal(database, made);
      break;
    default:
      if (choose.chance(0.2)) set('journal_mode = WAL');
      database.close();
  }
  if (choose.chance(0.35)) oddities.push(writeOddIndex(join(folder, 'faiss_index'), choose));
  if (choose.chance(0.15)) damage(made, choose);
  if (choose.chance(0.1)) oddSideFiles(made, choose);
  if (choose.chance(0.1)) behindLink(made);
  return made;
}

/** The last rows are in the write-ahead log alone. */
function leaveLog(database: Sqlite.Database, { path, oddities }: OddDatabase, choose: Chooser): void {
  database.pragma('journal_mode = WAL');
  database.pragma('wal_autocheckpoint = 0');
  tryAll(database, [
    "INSERT INTO Resources (id, file_name, type, created_at) VALUES (900, 'in the log', 'document', '2025-08-08T10:11:12')",
    "INSERT INTO ResourceChunks (id, resource_id, chunk_text, vector_id) VALUES (900, 900, 'Only the log holds this.', 900900)",
  ]);
  const [bytes, log] = [readFileSync(path), readFileSync(`${path}-wal`)];
  database.close();
  writeFileSync(path, bytes);
  writeFileSync(`${path}-wal`, choose.chance(0.2) ? log.subarray(0, log.length - 100) : log);
  oddities.push('rows in a write-ahead log');
}

/** A killed writer's journal: what it wrote is to be undone. */
function leaveHotJournal(database: Sqlite.Database, { path, oddities }: OddDatabase): void {
  database.pragma('cache_spill = 1');
  database.pragma('cache_size = 1');
  database.exec('BEGIN');
  tryAll(database, [
    "UPDATE ResourceChunks SET chunk_text = 'not committed'",
    "INSERT INTO Resources (file_name, type, created_at) SELECT printf('%.500c', 'x'), 'document', 'now' FROM json_each('[1,2,3,4,5,6,7,8,9,10,11,12]')",
  ]);
  const bytes = readFileSync(path);
  const journal = existsSync(`${path}-journal`) ? readFileSync(`${path}-journal`) : null;
  database.exec('ROLLBACK');
  database.close();
  if (journal === null) return;
  writeFileSync(path, bytes);
  writeFileSync(`${path}-journal`, journal);
  oddities.push('a hot journal');
}

function tryAll(database: Sqlite.Database, statements: readonly string[]): void {
  for (const sql of statements) {
    try {
      database.exec(sql);
    } catch (thrown) {
      // The tables of this database are of another shape.
      if ((thrown as { code?: string }).code === undefined) throw thrown;
    }
  }
}

function damage(made: OddDatabase, choose: Chooser): void {
  const bytes = readFileSync(made.path);
  made.isDamaged = true;
  const at = choose.below(bytes.length);
  switch (choose.below(6)) {
    case 0:
      writeFileSync(made.path, bytes.subarray(0, at));
      made.oddities.push(`cut off at ${at}`);
      return;
    case 1:
      writeFileSync(
        made.path,
        bytes.fill(choose.below(256), at, Math.min(bytes.length, at + 1 + choose.below(6000))),
      );
      made.oddities.push(`scribbled over at ${at}`);
      return;
    case 2: {
      const places = Array.from({ length: 1 + choose.below(30) }, () => choose.below(bytes.length));
      for (const place of places) bytes[place] = choose.below(256);
      writeFileSync(made.path, bytes);
      made.oddities.push(`bytes changed at ${places.join(' ')}`);
      return;
    }
    case 3: {
      const place = choose.below(100);
      bytes[place] = choose.below(256);
      writeFileSync(made.path, bytes);
      made.oddities.push(`header byte ${place}`);
      return;
    }
    case 4:
      writeFileSync(made.path, Buffer.concat([bytes, Buffer.alloc(5000, choose.below(256))]));
      made.oddities.push('more bytes behind its end');
      return;
    default: {
      // The schema's own texts, of the same length.
      const text = bytes
        .toString('latin1')
        .replace(/chunk_text|CREATE TABLE|INTEGER/, (found) => found.split('').reverse().join(''));
      writeFileSync(made.path, Buffer.from(text, 'latin1'));
      made.oddities.push('a text of its schema turned round');
    }
  }
}

function oddSideFiles(made: OddDatabase, choose: Chooser): void {
  const { path, oddities } = made;
  const suffix = choose.one(['-wal', '-journal', '-shm']);
  if (existsSync(path + suffix)) return;
  if (choose.chance(0.3)) {
    mkdirSync(path + suffix);
    made.isDamaged = true;
    oddities.push(`a folder named ${suffix}`);
    return;
  }
  writeFileSync(path + suffix, choose.one([Buffer.alloc(0), Buffer.alloc(3000, 7), Buffer.from('hello')]));
  oddities.push(`an odd ${suffix}`);
}

function behindLink(made: OddDatabase): void {
  const real = join(made.folder, 'elsewhere');
  mkdirSync(real);
  const target = join(real, 'real.db');
  for (const suffix of ['', '-wal', '-journal', '-shm']) {
    if (existsSync(made.path + suffix)) renameSync(made.path + suffix, target + suffix);
  }
  symlinkSync(target, made.path);
  made.folder = dirname(target);
  made.oddities.push('behind a symbolic link');
}
