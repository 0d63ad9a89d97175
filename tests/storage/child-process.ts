import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const scripts = join(import.meta.dirname, 'processes');

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A real process of ours that speaks in lines: it says `ready`, waits for a line, and answers in lines. */
export class TestProcess {
  readonly exit: Promise<Exit>;
  /** Every line of its stdout so far. */
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  /** What it wrote to stderr. */
  errors = '';
  #waiting: { count: number; resolve: () => void }[] = [];

  constructor(command: string, args: readonly string[], options: SpawnOptions = {}) {
    this.#child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stdin?.on('error', () => undefined);
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.errors += chunk.toString();
    });
    const lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream });
    lines.on('line', (line) => {
      this.lines.push(line);
      this.#wake();
    });
    this.exit = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (code, signal) => {
        this.#wake(true);
        resolve({ code, signal });
      });
    });
  }

  /** Resolves once it has written this many lines, or has ended. */
  async linesWritten(count: number): Promise<void> {
    if (this.lines.length >= count) return;
    await Promise.race([
      new Promise<void>((resolve) => this.#waiting.push({ count, resolve })),
      this.exit.then(() => undefined),
    ]);
  }

  /** Waits until it is about to begin; fails with what it wrote to stderr when it never is. */
  async ready(): Promise<void> {
    await this.linesWritten(1);
    if (this.lines[0] !== 'ready') throw new Error(`The process did not begin: ${this.errors}`);
  }

  send(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** What it answered after `ready`, once it has ended well. */
  async answer<Answer>(): Promise<Answer> {
    const { code, signal } = await this.exit;
    if (code !== 0) throw new Error(`The process ended with ${code ?? signal}: ${this.errors}`);
    return JSON.parse(this.lines.at(-1) ?? 'null') as Answer;
  }

  #wake(all = false): void {
    const done = this.#waiting.filter(({ count }) => all || this.lines.length >= count);
    this.#waiting = this.#waiting.filter((waiting) => !done.includes(waiting));
    for (const { resolve } of done) resolve();
  }
}

/** Starts a script of `processes/` with the Node that runs this one. */
export function startScript(name: string, args: readonly string[], options: SpawnOptions = {}): TestProcess {
  return new TestProcess(process.execPath, [join(scripts, `${name}.ts`), ...args], options);
}

/** Starts several scripts, lets them all begin at the same moment, and returns what each answered. */
export async function runTogether<Answer>(processes: readonly TestProcess[]): Promise<Answer[]> {
  try {
    await Promise.all(processes.map((process) => process.ready()));
    for (const process of processes) process.send('go');
    return await Promise.all(processes.map((process) => process.answer<Answer>()));
  } finally {
    for (const process of processes) process.kill();
  }
}
