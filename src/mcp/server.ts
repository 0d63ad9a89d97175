import {
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  Server,
  type ServerContext,
  type Tool,
} from '@modelcontextprotocol/server';
import type { Metrics } from '../domain/metrics.ts';
import { type ErrorCode, type LtmcError, toLtmcError } from '../errors.ts';
import { limits } from '../limits.ts';
import { log } from '../log.ts';
import { type Caller, QuestionForUser } from '../tools/caller.ts';
import type { ToolContext } from '../tools/tool.ts';
import advertised from './advertised-tools.json' with { type: 'json' };
import type { CallsInFlight } from './calls-in-flight.ts';
import { askingResult, callerOf } from './client-caller.ts';
import type { HidePaths } from './hidden-paths.ts';
import { instructions } from './instructions.ts';
import { listedPrompts, promptNamed } from './prompts.ts';
import { callForResource, jsonResource, resources, resourceTemplates } from './resources.ts';
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

/** How long a client may keep what is listed: it changes only with the program. */
const listed = { ttlMs: 5 * 60_000, cacheScope: 'private' } as const;

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
      capabilities: { tools: {}, resources: {}, prompts: {} },
      instructions,
      cacheHints: {
        'tools/list': listed,
        'resources/list': listed,
        'resources/templates/list': listed,
        'prompts/list': listed,
        'server/discover': listed,
      },
    },
  );
  let ownConversation: string | undefined;
  const conversationId = () => {
    ownConversation ??= crypto.randomUUID();
    return ownConversation;
  };
  const callerIn = (context: ServerContext) =>
    callerOf(context, server.getClientCapabilities(), conversationId);

  server.setRequestHandler('tools/list', () => ({ tools: listedTools(options.toolSet) }));
  server.setRequestHandler('tools/call', ({ params }, context) => {
    const name = listedName(params.name);
    if (!callable.has(name)) {
      throw new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        `Expected the name of a tool that tools/list shows, got ${shown(params.name)}.`,
      );
    }
    return options.calls.track(answer(name, params.arguments, callerIn(context), options));
  });
  server.setRequestHandler('resources/list', () => ({ resources }));
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates }));
  server.setRequestHandler('resources/read', ({ params }, context) =>
    options.calls.track(readResource(params.uri, callerIn(context), options)),
  );
  server.setRequestHandler('prompts/list', () => ({ prompts: listedPrompts() }));
  server.setRequestHandler('prompts/get', ({ params }) => promptNamed(params.name, params.arguments));
  return server;
}

function listedTools(toolSet: 'all' | 'core'): Tool[] {
  return toolSet === 'all' ? listing : listing.filter((tool) => core.has(tool.name));
}

/** A call as an answer, a question to the user, or a refusal. */
async function answer(name: string, rawArguments: unknown, caller: Caller, options: ServerOptions) {
  try {
    const structuredContent = await called(name, rawArguments, caller, options);
    return { structuredContent, content: [textBlock(structuredContent)] };
  } catch (thrown) {
    if (thrown instanceof QuestionForUser) return askingResult(thrown);
    const { refusal, example } = refused(thrown, options);
    return { isError: true, content: [textBlock({ ...refusal, ...(example && { example }) })] };
  }
}

async function readResource(uri: string, caller: Caller, options: ServerOptions) {
  const call = callForResource(uri);
  if (call === null) {
    throw new ResourceNotFoundError(
      uri,
      `Expected ltmc://status, ltmc://memory/<id> or ltmc://pattern/<id>, got ${shown(uri)}.`,
    );
  }
  try {
    return jsonResource(uri, await called(call.tool, call.args, caller, options));
  } catch (thrown) {
    const { refusal } = refused(thrown, options);
    if (refusal.code === 'not_found') throw new ResourceNotFoundError(uri, refusal.error);
    throw new ProtocolError(ProtocolErrorCode.InternalError, refusal.error, refusal);
  }
}

/** Runs a tool and counts the call. Throws LtmcError, whatever went wrong, or QuestionForUser. */
async function called(name: string, rawArguments: unknown, caller: Caller, options: ServerOptions) {
  const startedMs = performance.now();
  let errorCode: ErrorCode | undefined;
  try {
    const [{ callTool }, { tools }] = await Promise.all([
      import('../tools/call-tool.ts'),
      import('../tools/index.ts'),
    ]);
    const tool = tools.find((candidate) => candidate.name === name)!;
    return await callTool(tool, rawArguments, async () => ({ ...(await options.openContext()), caller }));
  } catch (thrown) {
    if (thrown instanceof QuestionForUser) throw thrown;
    const error = toLtmcError(thrown);
    errorCode = error.code;
    if (errorCode === 'internal_error') logInside(name, error);
    throw error;
  } finally {
    options.metrics.recordCall(name, performance.now() - startedMs, errorCode);
  }
}

function logInside(tool: string, { cause }: LtmcError): void {
  log.error('A tool failed inside.', {
    tool,
    stack: cause instanceof Error ? cause.stack : String(cause),
  });
}

/** The one place where a thrown error becomes what a client is told. */
function refused(thrown: unknown, options: ServerOptions) {
  const { code, message, hint, example } = toLtmcError(thrown);
  const hide = options.hidePaths ?? ((text: string) => text);
  return { refusal: { success: false, error: hide(message), code, hint: hide(hint) }, example };
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, limits.echoedNameCharactersMax));
}

function textBlock(value: Record<string, unknown>) {
  return { type: 'text' as const, text: JSON.stringify(value) };
}
