import type { SpawnOptions } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { TestProcess } from './child-process.ts';

/** What came of a command: its value, or what it was refused with. */
export interface Outcome {
  value?: unknown;
  code?: string;
  message?: string;
  hint?: string;
}

/** A process that has one database in use and does what it is told (processes/use-store.ts). */
export class StoreUser {
  readonly #process: TestProcess;

  constructor(process: TestProcess) {
    this.#process = process;
    onTestFinished(async () => {
      process.kill();
      await process.exit;
    });
  }

  async tell(command: string): Promise<Outcome> {
    await this.#process.ready();
    const next = this.#process.lines.length + 1;
    this.#process.send(command);
    await this.#process.linesWritten(next);
    const line = this.#process.lines[next - 1];
    if (line === undefined) throw new Error(`The process ended at ${command}: ${this.#process.errors}`);
    return JSON.parse(line) as Outcome;
  }
}

const script = join(import.meta.dirname, 'processes', 'use-store.ts');

export function storeUser(path: string, options: SpawnOptions = {}): StoreUser {
  return new StoreUser(new TestProcess(process.execPath, [script, path], options));
}

/** The same, started by a shell command that ends with `exec "$@"`. */
export function storeUserOf(shell: readonly string[], path: string): StoreUser {
  const [command = 'sh', ...args] = shell;
  return new StoreUser(new TestProcess(command, [...args, process.execPath, script, path]));
}
