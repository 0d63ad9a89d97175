import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AttemptResult, ErrorKind } from '../domain/ports.ts';
import { limits } from '../limits.ts';

/** One command on the recorded code, and what came of it. */
export interface RecordedRun {
  /** Of the command and the folder. */
  commandKey: string;
  result: AttemptResult;
  errorKind: ErrorKind | null;
  patternId: number;
}

/** What was recorded last of one repository. */
export interface RecordedState {
  /** The working tree then: a git tree, or outside git a file's hash. */
  tree: string;
  /** The folder beside this file with the objects of that tree that the repository lacks; '' outside git. */
  objects: string;
  code: string;
  files: string[];
  isCut: boolean;
  source: string;
  /** At which it was; a state of an earlier version does not say. */
  commit?: string | null;
  runs: RecordedRun[];
}

/** The recorded state of one repository, in a folder of its own that only its owner reads. */
export class StateFolder {
  readonly folder: string;

  /** `dataFolder` is the user's data folder; `subject` a repository's root, or a file's path outside git. */
  constructor(dataFolder: string, subject: string) {
    const name = createHash('sha256').update(subject).digest('hex').slice(0, 24);
    this.folder = join(dataFolder, 'recorded', name);
  }

  /** null where nothing was recorded, and for a state that cannot be read. */
  read(): RecordedState | null {
    try {
      const state = JSON.parse(readFileSync(join(this.folder, 'state.json'), 'utf8')) as RecordedState;
      return isState(state) ? state : null;
    } catch {
      return null;
    }
  }

  /** A folder for new objects. */
  newObjects(): string {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    this.#dropForgotten();
    return `objects-${randomUUID()}`;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Replaces the state as a whole; the objects of the one before go. */
  write(state: RecordedState): void {
    const before = this.read();
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const temporary = join(this.folder, `state-${randomUUID()}.tmp`);
    writeFileSync(temporary, JSON.stringify(state), { mode: 0o600 });
    renameSync(temporary, join(this.folder, 'state.json'));
    if (before !== null && before.objects !== state.objects) this.drop(before.objects);
  }

  /** Objects of runs that were killed before they wrote their state. */
  #dropForgotten(): void {
    const current = this.read()?.objects;
    for (const name of readdirSync(this.folder)) {
      if (!name.startsWith('objects-') || name === current) continue;
      const stats = statSync(join(this.folder, name), { throwIfNoEntry: false });
      if (stats !== undefined && stats.mtimeMs < Date.now() - limits.recordedObjectsMsMax) this.drop(name);
    }
  }

  drop(objects: string): void {
    if (objects.startsWith('objects-')) rmSync(join(this.folder, objects), { recursive: true, force: true });
  }
}

/** `text` as `commandText` gives it. */
export function commandKey(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The state with one more run; the newest of a command counts, and only so many are kept. */
export function withRun(state: RecordedState, run: RecordedRun): RecordedState {
  const others = state.runs.filter(({ commandKey }) => commandKey !== run.commandKey);
  return { ...state, runs: [...others, run].slice(-limits.recordedRunsMax) };
}

function isState(state: unknown): state is RecordedState {
  if (typeof state !== 'object' || state === null) return false;
  const { tree, objects, code, files, runs } = state as Record<string, unknown>;
  const isText = [tree, objects, code].every((value) => typeof value === 'string');
  return isText && Array.isArray(files) && Array.isArray(runs);
}
