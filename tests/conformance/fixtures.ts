import { randomBytes } from 'node:crypto';
import { createRequestStateCodec, McpServer, type McpServerFactory } from '@modelcontextprotocol/server';
import { registerAskingTools } from './asking-tools.ts';
import { registerLegacyTools } from './legacy-tools.ts';
import { registerNotifyingTools } from './notifying-tools.ts';
import { registerPrompts, registerResources } from './prompts-and-resources.ts';
import { registerSimpleTools } from './simple-tools.ts';

const codec = createRequestStateCodec<{ round: number }>({ key: randomBytes(32), ttlSeconds: 60 });

/** The server objects that the official conformance suite expects to talk to. */
export const makeFixtureServer: McpServerFactory = ({ era }) => {
  const server = new McpServer(
    { name: 'ltmc-conformance', version: '1.0.0' },
    {
      capabilities: {
        tools: {},
        prompts: {},
        completions: {},
        logging: {},
        resources: era === 'legacy' ? { subscribe: true } : {},
      },
      cacheHints: {
        'tools/list': { ttlMs: 60_000, cacheScope: 'private' },
        'prompts/list': { ttlMs: 60_000, cacheScope: 'private' },
        'resources/list': { ttlMs: 60_000, cacheScope: 'private' },
        'resources/templates/list': { ttlMs: 60_000, cacheScope: 'private' },
        'resources/read': { ttlMs: 60_000, cacheScope: 'private' },
      },
      requestState: { verify: codec.verify },
    },
  );
  registerSimpleTools(server);
  registerNotifyingTools(server);
  registerAskingTools(server, codec);
  registerLegacyTools(server);
  registerPrompts(server);
  registerResources(server);
  if (era === 'legacy') {
    server.server.setRequestHandler('resources/subscribe', () => ({}));
    server.server.setRequestHandler('resources/unsubscribe', () => ({}));
  }
  return server;
};
