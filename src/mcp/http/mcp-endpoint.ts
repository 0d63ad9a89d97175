import {
  bearerAuthChallengeResponse,
  createMcpHandler,
  isJsonContentType,
  isLegacyRequest,
  type McpHttpHandler,
  type McpServerFactory,
  OAuthError,
  OAuthErrorCode,
} from '@modelcontextprotocol/server';
import type { AccessScope } from '../../access-scope.ts';
import { limits } from '../../limits.ts';
import { log } from '../../log.ts';
import { isDeeperThan } from './json-depth.ts';
import { jsonRpcRefusal } from './json-rpc-refusal.ts';
import { LegacySessions, type ParsedRequestOptions } from './legacy-sessions.ts';

export interface McpEndpointOptions {
  /** One server object for one request of 2026-07-28, or for one session of the protocol before it. */
  makeServer: McpServerFactory;
  /** What a message needs beyond being let in at all; null: nothing more. */
  scopeOf: (message: unknown) => AccessScope | null;
}

/**
 * `/mcp`, in both protocol eras. A body is parsed once; what the scopes were checked on is what is served, be
 * it one message or a batch.
 */
export class McpEndpoint {
  readonly #scopeOf: McpEndpointOptions['scopeOf'];
  readonly #modern: McpHttpHandler;
  readonly #legacy: LegacySessions;

  constructor({ makeServer, scopeOf }: McpEndpointOptions) {
    const onerror = (error: Error) => log.info('MCP over HTTP', { problem: error.message });
    this.#scopeOf = scopeOf;
    this.#legacy = new LegacySessions(makeServer, onerror);
    this.#modern = createMcpHandler(makeServer, {
      legacy: 'reject',
      onerror,
      maxRequestBodySize: limits.httpBodyBytesMax,
      maxSubscriptions: limits.httpSubscriptionsMax,
    });
  }

  get sessions(): number {
    return this.#legacy.size;
  }

  /** Serves a request whose caller is known: `authInfo` is absent only where no token is asked for. */
  readonly fetch = async (request: Request, { authInfo }: ParsedRequestOptions = {}): Promise<Response> => {
    if (request.method !== 'POST') return this.#legacy.fetch(request, { authInfo });
    if (!isJsonContentType(request.headers.get('content-type'))) {
      return jsonRpcRefusal(415, -32000, 'Expected the Content-Type to be application/json.');
    }
    const text = await request.text();
    if (isDeeperThan(text, limits.httpJsonDepthMax)) {
      return jsonRpcRefusal(400, -32600, `Expected JSON of at most ${limits.httpJsonDepthMax} levels.`);
    }
    let parsedBody: unknown;
    try {
      parsedBody = JSON.parse(text);
    } catch {
      return jsonRpcRefusal(400, -32700, 'Expected the body to be JSON.');
    }
    if (authInfo !== undefined) {
      for (const message of Array.isArray(parsedBody) ? parsedBody : [parsedBody]) {
        const needed = this.#scopeOf(message);
        if (needed !== null && !authInfo.scopes.includes(needed)) return insufficientScope(needed);
      }
    }
    const options = { ...(authInfo && { authInfo }), parsedBody };
    const isLegacy = await isLegacyRequest(request, parsedBody);
    return isLegacy ? this.#legacy.fetch(request, options) : this.#modern.fetch(request, options);
  };

  /** Ends sessions and open streams. */
  async close(): Promise<void> {
    await Promise.all([this.#legacy.close(), this.#modern.close()]);
  }
}

function insufficientScope(needed: AccessScope): Response {
  const error = new OAuthError(
    OAuthErrorCode.InsufficientScope,
    `This needs a token with the scope ${needed}.`,
  );
  return bearerAuthChallengeResponse(error, { requiredScopes: [needed] });
}
