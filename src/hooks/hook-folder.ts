import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { limits } from '../limits.ts';
import type { TestRunEvent } from './hook-event.ts';

/** What hooks keep in the user's data folder, for its owner alone: events on their way, and a short log. */
export class HookFolder {
  readonly #folder: string;

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'hooks');
  }

  /** Puts an event down for the process that logs it, and returns its path. */
  put(event: TestRunEvent): string {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#dropOld();
    const path = join(this.#folder, `event-${randomUUID()}.json`);
    writeFileSync(path, JSON.stringify(event), { mode: 0o600, flag: 'wx' });
    return path;
  }

  /** Takes an event up; nobody can take it twice. null: it is not one of these, or gone. */
  take(path: string): TestRunEvent | null {
    if (
      !/^event-[\w-]{1,80}\.json$/.test(path.slice(this.#folder.length + 1)) ||
      !path.startsWith(this.#folder)
    ) {
      return null;
    }
    try {
      const event = JSON.parse(readFileSync(path, 'utf8')) as TestRunEvent;
      rmSync(path);
      return event;
    } catch {
      return null;
    }
  }

  /** One line on what a hook could not do: a code, never content. */
  log(event: string, code: string): void {
    try {
      const path = join(this.#folder, 'hooks.log');
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      if (existsSync(path) && statSync(path).size > limits.hookLogBytesMax) rmSync(path);
      const line = { time: new Date().toISOString(), event: event.slice(0, 40), code: code.slice(0, 40) };
      appendFileSync(path, `${JSON.stringify(line)}\n`, { mode: 0o600 });
    } catch {
      // A log that cannot be written is no reason to fail a hook.
    }
  }

  /** Events whose process died before it took them. */
  #dropOld(): void {
    const oldest = Date.now() - limits.hookEventMsMax;
    for (const name of readdirSync(this.#folder)) {
      if (!name.startsWith('event-')) continue;
      const path = join(this.#folder, name);
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats !== undefined && stats.mtimeMs < oldest) rmSync(path, { force: true });
    }
  }
}
