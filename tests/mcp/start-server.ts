import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { packageRoot } from '../../src/package-root.ts';

/** The built command, as a client's configuration would start it. */
export const program = join(packageRoot, 'dist', 'cli.js');

export type Era = 'legacy' | 'modern';
export const eras: readonly Era[] = ['legacy', 'modern'];

export interface StartOptions {
  /** Holds everything the server may touch. Default: a new one, removed by `stop`. */
  folder?: string;
  /** Which protocol the client speaks. Default: modern. */
  era?: Era;
  /** After `serve`. */
  args?: string[];
  /** On top of `environmentIn(folder)`. */
  environment?: Record<string, string>;
  /** What the user behind the client says to a question. Default: the client cannot ask. */
  askUser?: AskUser;
}

export type AskUser = (question: string) => { action: 'accept' | 'decline' | 'cancel'; agree?: boolean };

/** JSON whose shape a test asserts by using it. */
// biome-ignore lint/suspicious/noExplicitAny: the assertions say what is expected of it
export type Json = any;

export interface Answer {
  isError: boolean;
  /** The JSON of the text block. */
  answer: Json;
}

export interface ToolCalls {
  /** Calls a tool; the text block must be the same JSON as the structured content. */
  call(name: string, args?: Record<string, unknown>): Promise<Answer>;
  /** Calls a tool that must answer. */
  answer(name: string, args?: Record<string, unknown>): Promise<Json>;
  /** Calls a tool that must refuse. */
  refusal(name: string, args?: Record<string, unknown>): Promise<Json>;
}

export interface RunningServer extends ToolCalls {
  client: Client;
  folder: string;
  pid: number;
  /** What the server wrote to stderr up to now. */
  stderr(): string;
  /** Ends the server as a client does; the folder stays if it was given. */
  stop(): Promise<void>;
}

/**
 * Everything that decides where the program reads and writes, inside one folder. Nothing of the person who
 * runs the tests comes along but PATH.
 */
export function environmentIn(folder: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: join(folder, 'home'),
    USERPROFILE: join(folder, 'home'),
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_STATE_HOME: join(folder, 'state'),
    LOCALAPPDATA: join(folder, 'data'),
    APPDATA: join(folder, 'config'),
    LTMC_DB: join(folder, 'ltmc.db'),
    TMPDIR: tmpdir(),
    ...(process.env.SYSTEMROOT === undefined ? {} : { SYSTEMROOT: process.env.SYSTEMROOT }),
  };
}

/** A client of one protocol era, with a user that can be asked if `askUser` is given. */
export function newClient(era: Era = 'modern', askUser?: AskUser): Client {
  const client = new Client(
    { name: 'ltmc-tests', version: '1.0.0' },
    {
      versionNegotiation: { mode: era === 'legacy' ? 'legacy' : { pin: '2026-07-28' } },
      ...(askUser && { capabilities: { elicitation: { form: {} } } }),
    },
  );
  if (askUser !== undefined) {
    client.setRequestHandler('elicitation/create', ({ params }) => {
      const { action, agree } = askUser(params.message);
      return { action, ...(agree !== undefined && { content: { agree } }) };
    });
  }
  return client;
}

/** Calls of tools by a connected client that has seen the list. */
export function callsOf(client: Client): ToolCalls {
  async function call(name: string, args: Record<string, unknown> = {}): Promise<Answer> {
    const result = await client.callTool({ name, arguments: args });
    const [block] = result.content;
    if (block?.type !== 'text' || result.content.length !== 1) throw new Error('Expected one text block.');
    const answer = JSON.parse(block.text);
    const isError = result.isError === true;
    if (!isError && JSON.stringify(result.structuredContent) !== block.text) {
      throw new Error('Expected the text block to be the structured content.');
    }
    return { isError, answer };
  }

  async function expecting(isError: boolean, name: string, args?: Record<string, unknown>) {
    const got = await call(name, args);
    if (got.isError === isError) return got.answer;
    throw new Error(
      `Expected ${name} to ${isError ? 'refuse' : 'answer'}, got ${JSON.stringify(got.answer)}`,
    );
  }

  return {
    call,
    answer: (name, args) => expecting(false, name, args),
    refusal: (name, args) => expecting(true, name, args),
  };
}

/** A folder for one test, with a home in it. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ltmc-test-'));
  await mkdir(join(folder, 'home'));
  return folder;
}

/** Starts the built server in a folder of its own and connects a real client to it. */
export async function startServer(options: StartOptions = {}): Promise<RunningServer> {
  if (!existsSync(program)) throw new Error('Expected dist/cli.js; run `npm run build` first.');
  const folder = options.folder ?? (await makeFolder());
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, 'serve', ...(options.args ?? [])],
    env: { ...environmentIn(folder), ...options.environment },
    cwd: folder,
    stderr: 'pipe',
    maxBufferSize: 64_000_000,
  });
  let stderr = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const client = newClient(options.era, options.askUser);
  await client.connect(transport);
  // The client checks structured content only against schemas that it has seen.
  await client.listTools();

  return {
    client,
    folder,
    pid: transport.pid!,
    ...callsOf(client),
    stderr: () => stderr,
    async stop() {
      await client.close();
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}
