import { type Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { startHttpServer } from '../http/http-server-process.ts';
import {
  type AskUser,
  callsOf,
  type Era,
  eras,
  newClient,
  startServer,
  type ToolCalls,
} from './start-server.ts';

/** How a client reaches the server: every tool works the same on each of these. */
export interface Way {
  transport: 'stdio' | 'http';
  era: Era;
}

export const ways: readonly Way[] = (['stdio', 'http'] as const).flatMap((transport) =>
  eras.map((era) => ({ transport, era })),
);

export interface Connected extends ToolCalls {
  client: Client;
  /** Ends client and server; the folder stays. */
  stop(): Promise<void>;
}

/** Starts the built server in the folder and connects a real client to it. */
export async function connectBy(
  { transport, era }: Way,
  folder: string,
  options: { askUser?: AskUser; environment?: Record<string, string> } = {},
): Promise<Connected> {
  if (transport === 'stdio') return startServer({ era, folder, ...options });
  const { askUser, ...startOptions } = options;
  const server = await startHttpServer({ folder, ...startOptions });
  const client = newClient(era, askUser);
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${server.port}/mcp`), {
      requestInit: { headers: { Authorization: `Bearer ${server.token}` } },
    }),
  );
  await client.listTools();
  return {
    client,
    ...callsOf(client),
    async stop() {
      await client.close();
      await server.stop();
    },
  };
}
