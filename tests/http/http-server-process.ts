import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect as connectTo } from 'node:net';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { TokenFiles } from '../../src/tokens/token-files.ts';
import { type Era, environmentIn, type Json, makeFolder, program } from '../mcp/start-server.ts';

export interface HttpStartOptions {
  /** Default: a new one, removed by `stop`. */
  folder?: string;
  args?: string[];
  environment?: Record<string, string>;
}

export interface HttpReply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
  json: Json;
}

export interface RequestParts {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}

export interface RunningHttpServer {
  folder: string;
  port: number;
  pid: number;
  /** The token that the first start made. */
  token: string;
  tokens: TokenFiles;
  /** One request as it is written here: no header is added but Host, and that only if it is not given. */
  send(parts: RequestParts): Promise<HttpReply>;
  /** What the server answers to these bytes until it ends the connection. */
  sendBytes(bytes: string): Promise<string>;
  /** A real client, connected. */
  connect(era: Era, token?: string): Promise<Client>;
  stderr(): string;
  signal(name: NodeJS.Signals): void;
  exited(): Promise<number | null>;
  stop(): Promise<void>;
}

/** Starts the built server over HTTP on a free port, as a process of its own. */
export async function startHttpServer(options: HttpStartOptions = {}): Promise<RunningHttpServer> {
  const folder = options.folder ?? (await makeFolder());
  const child = spawn(
    process.execPath,
    [program, 'serve', '--http', '--port', '0', ...(options.args ?? [])],
    {
      cwd: folder,
      env: { ...environmentIn(folder), ...options.environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const exit = once(child, 'exit') as Promise<[number | null]>;
  let stderr = '';
  const port = await new Promise<number>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      const found = /MCP at http:\/\/\S+?:(\d+)\/mcp/.exec(stderr)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
    void exit.then(() => reject(new Error(`The server ended: ${stderr}`)));
  });
  const database = join(folder, 'ltmc.db');
  const tokens = new TokenFiles(database);
  const token = await readFile(`${database}.token`, 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
  return {
    folder,
    port,
    pid: child.pid!,
    token,
    tokens,
    send: (parts) => send(port, parts),
    sendBytes: (bytes) => sendBytes(port, bytes),
    async connect(era, clientToken = token) {
      const client = new Client(
        { name: 'ltmc-tests', version: '1.0.0' },
        { versionNegotiation: { mode: era === 'legacy' ? 'legacy' : { pin: '2026-07-28' } } },
      );
      await client.connect(
        new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`), {
          requestInit: { headers: { Authorization: `Bearer ${clientToken}` } },
        }),
      );
      return client;
    },
    stderr: () => stderr,
    signal: (name) => void child.kill(name),
    async exited() {
      const [code] = await exit;
      return code;
    },
    async stop() {
      child.kill('SIGTERM');
      await exit;
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

function sendBytes(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connectTo({ host: '127.0.0.1', port }, () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

function send(
  port: number,
  { method = 'GET', path = '/', headers = {}, body }: RequestParts,
): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, method, path, agent: false, headers },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            body: text,
            json: parsed(text),
          }),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** JSON, or the JSON of the last event of a stream; undefined for other text. */
function parsed(text: string): Json {
  const events = [...text.matchAll(/^data: (.+)$/gm)];
  try {
    return JSON.parse(events.at(-1)?.[1] ?? text);
  } catch {
    return undefined;
  }
}

/** The headers of a client with this token. */
export function clientHeaders(token: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    Authorization: `Bearer ${token}`,
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    ...more,
  };
}

/** A call of 2026-07-28 as a request; `more` headers override those that belong to the call. */
export function modernCall(
  token: string,
  name: string,
  args: unknown,
  more: Record<string, string> = {},
): RequestParts {
  const version = '2026-07-28';
  return {
    method: 'POST',
    path: '/mcp',
    headers: clientHeaders(token, {
      'MCP-Protocol-Version': version,
      'Mcp-Method': 'tools/call',
      'Mcp-Name': name,
      ...more,
    }),
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name,
        arguments: args,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': version,
          'io.modelcontextprotocol/clientCapabilities': {},
          'io.modelcontextprotocol/clientInfo': { name: 'ltmc-tests', version: '1.0.0' },
        },
      },
    }),
  };
}

export const initializeBody = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'ltmc-tests', version: '1.0.0' },
  },
});

/** Begins a session and gives its id. */
export async function beginSession(server: RunningHttpServer, token: string): Promise<string> {
  const headers = clientHeaders(token);
  const reply = await server.send({ method: 'POST', path: '/mcp', headers, body: initializeBody });
  const session = reply.headers['mcp-session-id'];
  if (typeof session !== 'string') throw new Error(`Expected a session, got ${reply.status}: ${reply.body}`);
  const body = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' });
  await server.send({
    method: 'POST',
    path: '/mcp',
    headers: { ...headers, 'Mcp-Session-Id': session },
    body,
  });
  return session;
}

/** A call inside a session, or several as one batch. */
export function legacyCall(
  token: string,
  session: string,
  calls: { name: string; args: unknown }[],
): RequestParts {
  const messages = calls.map(({ name, args }, index) => ({
    jsonrpc: '2.0',
    id: index + 10,
    method: 'tools/call',
    params: { name, arguments: args },
  }));
  return {
    method: 'POST',
    path: '/mcp',
    headers: clientHeaders(token, { 'Mcp-Session-Id': session }),
    body: JSON.stringify(messages.length === 1 ? messages[0] : messages),
  };
}
