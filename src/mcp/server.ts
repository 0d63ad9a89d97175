import { ProtocolError, ProtocolErrorCode, Server, type Tool } from '@modelcontextprotocol/server';
import type { Metrics } from '../domain/metrics.ts';
import { type ErrorCode, toLtmcError } from '../errors.ts';
import { log } from '../log.ts';
import type { ToolContext } from '../tools/tool.ts';
import advertised from './advertised-tools.json' with { type: 'json' };
import type { CallsInFlight } from './calls-in-flight.ts';
import type { HidePaths } from './hidden-paths.ts';
import { instructions } from './instructions.ts';
import { listedName } from './tool-spellings.ts';

export interface ServerOptions {
  version: string;
  /** `core` lists only the tools that a coding agent needs daily; the others stay callable. */
  toolSet: 'all' | 'core';
  /** See ServeOverStdioOptions. */
  openContext: () => Promise<ToolContext>;
  metrics: Metrics;
  calls: CallsInFlight;
  /** For clients that may not see where files lie; see ToolContext. */
  hidePaths?: HidePaths;
}

/** How long a client may keep the list: it changes only with the program. */
const listLifetimeMs = 5 * 60_000;

/** Written from the tools, and held equal to them, by tests/mcp/advertised-tools.test.ts. */
const listing = advertised.tools as unknown as Tool[];
const core: ReadonlySet<string> = new Set(advertised.core);
const callable: ReadonlySet<string> = new Set(listing.map((tool) => tool.name));

/**
 * One MCP server object for one connection, of either protocol era. It is the low-level one, because the
 * schemas that are advertised are plain and the kinder, stricter reading of arguments is ours. The tools and
 * all that they need are loaded by the first call, so that starting and listing stay fast.
 */
export function makeServer(options: ServerOptions): Server {
  const server = new Server(
    { name: 'ltmc', title: 'LTMC', version: options.version },
    {
      capabilities: { tools: {} },
      instructions,
      cacheHints: {
        'tools/list': { ttlMs: listLifetimeMs, cacheScope: 'private' },
        'server/discover': { ttlMs: listLifetimeMs, cacheScope: 'private' },
      },
    },
  );
  server.setRequestHandler('tools/list', () => ({ tools: listed(options.toolSet) }));
  server.setRequestHandler('tools/call', (request) => {
    const name = listedName(request.params.name);
    if (!callable.has(name)) {
      throw new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        `Expected the name of a tool that tools/list shows, got ${JSON.stringify(request.params.name.slice(0, 100))}.`,
      );
    }
    return options.calls.track(answer(name, request.params.arguments, options));
  });
  return server;
}

function listed(toolSet: 'all' | 'core'): Tool[] {
  return toolSet === 'all' ? listing : listing.filter((tool) => core.has(tool.name));
}

/** The one place where a thrown error becomes an answer. */
async function answer(name: string, rawArguments: unknown, options: ServerOptions) {
  const startedMs = performance.now();
  let errorCode: ErrorCode | undefined;
  try {
    const [{ callTool }, { tools }] = await Promise.all([
      import('../tools/call-tool.ts'),
      import('../tools/index.ts'),
    ]);
    const tool = tools.find((candidate) => candidate.name === name)!;
    const structuredContent = await callTool(tool, rawArguments, options.openContext);
    return { structuredContent, content: [textBlock(structuredContent)] };
  } catch (thrown) {
    const { code, message, hint, example, cause } = toLtmcError(thrown);
    errorCode = code;
    if (code === 'internal_error') {
      log.error('A tool failed inside.', {
        tool: name,
        stack: cause instanceof Error ? cause.stack : String(cause),
      });
    }
    const shown = options.hidePaths ?? ((text: string) => text);
    const refusal = { success: false, error: shown(message), code, hint: shown(hint) };
    return { isError: true, content: [textBlock({ ...refusal, ...(example && { example }) })] };
  } finally {
    options.metrics.recordCall(name, performance.now() - startedMs, errorCode);
  }
}

function textBlock(value: Record<string, unknown>) {
  return { type: 'text' as const, text: JSON.stringify(value) };
}
