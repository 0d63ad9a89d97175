import { spawn } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  watch,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { contentDigest } from '../../src/legacy/content-digest.ts';
import { packageRoot } from '../../src/package-root.ts';
import { databaseFileKind } from '../../src/storage/sqlite/database-file.ts';
import { legacyNames } from '../storage/legacy-files.ts';
import { randomFrom } from '../storage/made-vectors.ts';
import { databaseProblems } from '../storage/whole-database.ts';
import { lostRows } from './odd-databases/lost-rows.ts';
import { Chooser } from './odd-databases/odd-values.ts';

export interface KilledMigrations {
  kills: number;
  /** How many kills came before, and how many after the exchange. */
  foundOld: number;
  foundNew: number;
  problems: string[];
}

/** Files that a run needs while it lasts. */
const unfinished = /migrating|restoring|unfinished|\.tmp$|\.room$/;

/**
 * Round after round kills `ltmc migrate`, `ltmc rollback` and `ltmc restore` with SIGKILL at moments that the seed
 * chooses (a time, or a change of files, so that the exchange is met too), and looks at what is there: the old
 * database or the new one, whole. Then lets the command finish, and looks again.
 */
export async function killMigrations({
  rounds,
  seed,
}: {
  rounds: number;
  seed: number;
}): Promise<KilledMigrations> {
  const choose = new Chooser(randomFrom(seed));
  const report: KilledMigrations = { kills: 0, foundOld: 0, foundNew: 0, problems: [] };
  for (let number = 0; number < rounds; number++) {
    const folder = mkdtempSync(join(tmpdir(), 'ltmc-kill-'));
    const round = new Round(folder, choose, report);
    try {
      await round.run();
    } catch (thrown) {
      report.problems.push(`stopped: ${String((thrown as Error).stack)}`);
    }
    report.problems = report.problems.map((problem) =>
      problem.startsWith('round') ? problem : `round ${number} (${round.about}): ${problem}`,
    );
    rmSync(folder, { recursive: true, force: true });
    if (report.problems.length > 20) break;
  }
  return report;
}

class Round {
  about = '';
  readonly #folder: string;
  readonly #choose: Chooser;
  readonly #report: KilledMigrations;
  readonly #path: string;
  readonly #original: string;

  constructor(folder: string, choose: Chooser, report: KilledMigrations) {
    this.#folder = folder;
    this.#choose = choose;
    this.#report = report;
    this.#path = join(folder, 'data', 'ltmc.db');
    this.#original = join(folder, 'original', 'ltmc.db');
    for (const name of ['home', 'temporary', 'data', 'original']) mkdirSync(join(folder, name));
  }

  async run(): Promise<void> {
    this.#makeOld();
    const command = this.#choose.one(['migrate', 'migrate', 'rollback', 'restore'] as const);
    this.about += `, ${command}`;
    if (command === 'migrate') return this.#killed(['migrate', this.#path], 'ltmc');
    await this.#finish(['migrate', this.#path]);
    if (command === 'rollback') return this.#killed(['rollback', this.#path], 'python_ltmc');
    const backup = join(this.#folder, 'backup.db');
    await this.#finish(['backup', backup, '--db', this.#path]);
    await this.#finish(['restore', backup, '--force', '--db', this.#path]);
    return this.#killed(['restore', backup, '--force', '--db', this.#path], 'ltmc');
  }

  #makeOld(): void {
    const fixture = this.#choose.one(legacyNames);
    this.about = fixture;
    cpSync(join(import.meta.dirname, '../fixtures/legacy', fixture), join(this.#folder, 'data'), {
      recursive: true,
    });
    const isLogged = this.#choose.chance(0.4);
    const database = new Sqlite(this.#path);
    if (this.#choose.chance(0.3)) {
      this.about += ', larger';
      database.exec(
        `INSERT INTO ResourceChunks (resource_id, chunk_text, vector_id)
         SELECT resource_id, chunk_text || ' again', 1000000000 + id FROM ResourceChunks`,
      );
    }
    if (isLogged) {
      this.about += ', with a log';
      database.pragma('journal_mode = WAL');
      database.exec(
        "INSERT INTO Resources (file_name, type, created_at) VALUES ('in the log', 'document', 'now')",
      );
      for (const suffix of ['', '-wal']) copyFileSync(this.#path + suffix, this.#original + suffix);
      database.close();
      for (const suffix of ['', '-wal']) copyFileSync(this.#original + suffix, this.#path + suffix);
    } else {
      database.close();
      copyFileSync(this.#path, this.#original);
    }
  }

  /** Kills the command some times, then lets it finish; `kind` is what must be there then. */
  async #killed(words: string[], kind: 'ltmc' | 'python_ltmc'): Promise<void> {
    for (let kill = 0; kill < 3; kill++) {
      await this.#kill(words);
      this.#report.kills++;
      this.#look();
    }
    await this.#finish(words);
    this.#look();
    const found = databaseFileKind(this.#path);
    if (found !== kind) this.#problem(`after the end: ${found}`);
    const left = [
      ...readdirSync(join(this.#folder, 'data')).filter((name) => unfinished.test(name)),
      ...readdirSync(join(this.#folder, 'temporary')).filter((name) => name.startsWith('ltmc-')),
    ];
    // A restore that was killed is told by `ltmc doctor`, which also removes what it left.
    if (left.length > 0 && words[0] !== 'restore') this.#problem(`left behind: ${left.join(', ')}`);
    if (kind === 'python_ltmc' && !this.#isOriginal()) this.#problem('not the original, byte for byte');
  }

  async #kill(words: string[]): Promise<void> {
    const child = this.#start(words);
    const ended = new Promise((settle) => child.on('close', settle));
    const waiting = new AbortController();
    const kill = () => {
      waiting.abort();
      // With the process that it started for the exchange, or without it.
      try {
        process.kill(this.#choose.chance(0.8) ? -(child.pid as number) : (child.pid as number), 'SIGKILL');
      } catch {
        // It has ended.
      }
    };
    const watcher = watch(join(this.#folder, 'data'));
    if (this.#choose.chance(0.5)) {
      let changes = 1 + this.#choose.below(words[0] === 'migrate' ? 200 : 25);
      watcher.on('change', () => {
        if (--changes === 0) kill();
      });
    } else {
      const ms = this.#choose.below(words[0] === 'migrate' ? 9_000 : 1_500);
      after(ms, undefined, { signal: waiting.signal }).then(kill, () => undefined);
    }
    await ended;
    waiting.abort();
    watcher.close();
    // What it started lives on for a moment.
    while (isAlive(-(child.pid as number))) await after(10);
  }

  async #finish(words: string[]): Promise<void> {
    const child = this.#start(words);
    let errors = '';
    child.stderr?.on('data', (data: Buffer) => {
      errors += data.toString();
    });
    const code = await new Promise((settle) => child.on('close', settle));
    if (code !== 0) this.#problem(`ltmc ${words.join(' ')} ended with ${code}: ${errors}`);
  }

  #start(words: string[]) {
    return spawn(process.execPath, [join(packageRoot, 'dist', 'cli.js'), ...words], {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: this.#folder,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: join(this.#folder, 'home'),
        TMPDIR: join(this.#folder, 'temporary'),
      },
    });
  }

  /** One of the two is there, whole, and every backup is the original. */
  #look(): void {
    const kind = databaseFileKind(this.#path);
    if (kind === 'python_ltmc') {
      this.#report.foundOld++;
      if (!this.#holdsOriginal()) this.#problem('the old database holds something else');
    } else if (kind === 'ltmc') {
      this.#report.foundNew++;
      const copy = this.#copied();
      const found = databaseProblems(copy).filter(
        (problem) => !problem.startsWith('resources without a chunk'),
      );
      for (const problem of [...found, ...lostRows(this.#original, copy).slice(0, 3)]) this.#problem(problem);
      rmSync(join(this.#folder, 'look'), { recursive: true });
    } else this.#problem(`found: ${kind}`);
    for (const name of readdirSync(join(this.#folder, 'data'))) {
      const found = /\.backup_\d{8}_\d{6}(-wal|-journal)?$/.exec(name);
      if (found === null) continue;
      const suffix = found[1] ?? '';
      const path = join(this.#folder, 'data', name);
      if (readFileSync(path).equals(readFileSync(this.#original + suffix))) continue;
      // A restore keeps the newer database beside it.
      if (databaseFileKind(path) !== 'ltmc') this.#problem(`the backup ${name} is not the original`);
    }
  }

  #isOriginal(): boolean {
    return ['', '-wal'].every(
      (suffix) =>
        existsSync(this.#path + suffix) === existsSync(this.#original + suffix) &&
        (!existsSync(this.#path + suffix) ||
          readFileSync(this.#path + suffix).equals(readFileSync(this.#original + suffix))),
    );
  }

  /** Byte for byte, or with its log taken in; or a rollback is to be finished, and its backup holds the log. */
  #holdsOriginal(): boolean {
    if (this.#isOriginal()) return true;
    const isHalf =
      !existsSync(`${this.#path}-wal`) &&
      readFileSync(this.#path).equals(readFileSync(this.#original)) &&
      this.about.includes('rollback');
    if (isHalf) return true;
    const digest = digestOf(this.#copied());
    rmSync(join(this.#folder, 'look'), { recursive: true });
    copyOf(this.#original, join(this.#folder, 'look'));
    const same = digest === digestOf(join(this.#folder, 'look', 'ltmc.db'));
    rmSync(join(this.#folder, 'look'), { recursive: true });
    return same;
  }

  #copied(): string {
    return copyOf(this.#path, join(this.#folder, 'look'));
  }

  #problem(problem: string): void {
    this.#report.problems.push(problem);
  }
}

function copyOf(path: string, folder: string): string {
  mkdirSync(folder);
  const copy = join(folder, 'ltmc.db');
  for (const suffix of ['', '-wal', '-journal']) {
    if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
  }
  return copy;
}

function digestOf(path: string): string {
  const connection = new Sqlite(path);
  try {
    return contentDigest(connection, 'main');
  } finally {
    connection.close();
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}
