import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type ProcessMemory, processTreeMemory } from './process-memory.ts';
import { processorMs, processTree } from './process-tree.ts';

interface Answer {
  id: number;
  result?: {
    isError?: boolean;
    structuredContent?: Record<string, unknown>;
    content?: { text?: string }[];
    tools?: unknown[];
  };
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
    return (await this.#called(name, args)).structuredContent ?? {};
  }

  /** The same; gives the text that the client's model reads. */
  async callForText(name: string, args: Record<string, unknown>): Promise<string> {
    const { content = [] } = await this.#called(name, args);
    return content.map(({ text = '' }) => text).join('\n');
  }

  async #called(name: string, args: Record<string, unknown>): Promise<NonNullable<Answer['result']>> {
    const { result } = await this.request('tools/call', { name, arguments: args });
    if (result?.isError === true) throw new Error(`${name}: ${JSON.stringify(result)}`);
    return result ?? {};
  }

  /** Resident memory in megabytes (Linux; NaN elsewhere). */
  residentMegabytes(): number {
    return this.memory().residentMegabytes;
  }

  /** Of the server with the processes that it started. */
  memory(): ProcessMemory {
    return processTreeMemory(this.#child.pid as number);
  }

  /** Processor time spent by the server with the processes that it started, up to now. */
  processorMs(): number {
    return processorMs(processTree(this.#child.pid as number));
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
