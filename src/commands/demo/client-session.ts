import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { LtmcError } from '../../errors.ts';
import { packageRoot, programVersion } from '../../package-root.ts';

export type Answer = Record<string, unknown>;

/** One MCP client with the server process that it started. */
export class ClientSession {
  readonly #client: Client;
  readonly #transport: StdioClientTransport;
  readonly #log: { text: string };
  readonly toolCount: number;
  /** From starting the process to the list of its tools. */
  readonly startMs: number;

  private constructor(
    client: Client,
    transport: StdioClientTransport,
    log: { text: string },
    start: { toolCount: number; startMs: number },
  ) {
    this.#client = client;
    this.#transport = transport;
    this.#log = log;
    this.toolCount = start.toolCount;
    this.startMs = start.startMs;
  }

  /** Starts the built server on a database in `folder`, heeding none of the user's settings. */
  static async start(folder: string): Promise<ClientSession> {
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [
        join(packageRoot, 'dist', 'cli.js'),
        'serve',
        '--db',
        join(folder, 'demo.db'),
        '--config',
        join(folder, 'config.json'),
      ],
      cwd: folder,
      stderr: 'pipe',
    });
    const log = { text: '' };
    transport.stderr?.on('data', (data: Buffer) => {
      log.text += data.toString();
    });
    const client = new Client({ name: 'ltmc-demo', version: programVersion() });
    const begin = performance.now();
    try {
      await client.connect(transport);
      const { tools } = await client.listTools();
      const startMs = performance.now() - begin;
      return new ClientSession(client, transport, log, { toolCount: tools.length, startMs });
    } catch (cause) {
      await client.close();
      throw new LtmcError(
        'internal_error',
        'Expected the server to start and list its tools; it did not.',
        log.text.trim() || 'Run `ltmc serve` by hand to see why.',
        { cause },
      );
    }
  }

  /** The structured answer of a tool. A refusal is an error here: the demo calls only what is right. */
  async call(tool: string, given: Record<string, unknown>): Promise<Answer> {
    const result = await this.#client.callTool({ name: tool, arguments: given });
    if (result.isError !== true && result.structuredContent !== undefined) {
      return result.structuredContent as Answer;
    }
    throw new LtmcError(
      'internal_error',
      `Expected ${tool} to answer; got ${JSON.stringify(result.content)}.`,
      this.#log.text.trim() || 'The server wrote nothing to stderr.',
    );
  }

  /** What a crash or a power cut of the process does: no handler runs, nothing is flushed. */
  async kill(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#client.onclose = resolve;
    });
    process.kill(this.#transport.pid!, 'SIGKILL');
    await closed;
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}
