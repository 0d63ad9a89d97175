import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

interface Answer {
  id: number;
  result?: { isError?: boolean; structuredContent?: Record<string, unknown>; tools?: unknown[] };
  error?: { message: string };
}

/** Any MCP server as a child process, driven over stdio in the older protocol, which every peer speaks. */
export class StdioServer {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #lastId = 0;

  constructor(command: string[], environment: Record<string, string>) {
    const [program, ...args] = command;
    this.#child = spawn(program as string, args, {
      env: { PATH: process.env.PATH ?? '', ...environment },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    createInterface({ input: this.#child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const answer = JSON.parse(line) as Answer;
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
    });
    this.#child.on('exit', (code) => {
      for (const settle of this.#waiting.values())
        settle({ id: 0, error: { message: `server ended: ${code}` } });
    });
  }

  async request(method: string, params: Record<string, unknown> = {}): Promise<Answer> {
    const id = ++this.#lastId;
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(id, resolve));
    this.#send({ jsonrpc: '2.0', id, method, params });
    const answer = await answered;
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
    return answer;
  }

  async initialize(): Promise<void> {
    await this.request('initialize', {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'bench', version: '1' },
    });
    this.#send({ jsonrpc: '2.0', method: 'notifications/initialized' });
  }

  /** Calls a tool; throws when the tool refuses. */
  async call(name: string, args: Record<string, unknown>): Promise<Record<string, unknown>> {
    const { result } = await this.request('tools/call', { name, arguments: args });
    if (result?.isError === true) throw new Error(`${name}: ${JSON.stringify(result)}`);
    return result?.structuredContent ?? {};
  }

  /** Resident memory in megabytes (Linux; NaN elsewhere). */
  residentMegabytes(): number {
    try {
      const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    } catch {
      return Number.NaN;
    }
  }

  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin?.end();
    await ended;
  }

  #send(message: Record<string, unknown>): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
  }
}
