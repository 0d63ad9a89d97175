import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { environmentIn, type Json, program } from './start-server.ts';

/** The server without an MCP client in between: what goes in and comes out, byte by byte. */
export class RawServer {
  readonly child: ChildProcess;
  /** Each line of stdout as it came. */
  readonly lines: string[] = [];
  readonly #exit: Promise<[number | null, NodeJS.Signals | null]>;
  readonly #close: Promise<unknown>;
  #awaiting: { id: number; resolve: (message: Json) => void; reject: (error: Error) => void }[] = [];

  constructor(folder: string, command: { program?: string; args?: string[] } = {}) {
    this.child = spawn(command.program ?? process.execPath, command.args ?? [program, 'serve'], {
      cwd: folder,
      env: environmentIn(folder),
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#exit = once(this.child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    this.#close = once(this.child, 'close');
    createInterface({ input: this.child.stdout! }).on('line', (line) => this.#take(line));
    this.child.stdout!.on('end', () => {
      for (const { reject } of this.#awaiting) reject(new Error('The server ended without an answer.'));
    });
  }

  send(message: Record<string, unknown>): void {
    this.child.stdin!.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  /** The answer to the request with this id, when it comes. */
  answerTo(id: number): Promise<Json> {
    return new Promise((resolve, reject) => this.#awaiting.push({ id, resolve, reject }));
  }

  async initialize(): Promise<void> {
    const answer = this.answerTo(1);
    this.send({
      id: 1,
      method: 'initialize',
      params: {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: { name: 'ltmc-tests', version: '1.0.0' },
      },
    });
    await answer;
    this.send({ method: 'notifications/initialized' });
  }

  call(id: number, name: string, args: Record<string, unknown>): void {
    this.send({ id, method: 'tools/call', params: { name, arguments: args } });
  }

  /** Exit code and signal, when the process is gone. */
  exited(): Promise<[number | null, NodeJS.Signals | null]> {
    return this.#exit;
  }

  /** When every process that held its stdout is gone. */
  async closed(): Promise<void> {
    await this.#close;
  }

  #take(line: string): void {
    this.lines.push(line);
    const message = JSON.parse(line);
    const found = this.#awaiting.findIndex((waiting) => waiting.id === message.id);
    if (found >= 0) this.#awaiting.splice(found, 1)[0]!.resolve(message);
  }
}
