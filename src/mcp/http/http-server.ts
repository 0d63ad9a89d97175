import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type NodeIncomingMessageLike, toNodeHandler } from '@modelcontextprotocol/node';
import type { AuthInfo } from '@modelcontextprotocol/server';
import { toLtmcError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import { log } from '../../log.ts';
import { CallsInFlight } from '../calls-in-flight.ts';
import { authenticate, type FindToken } from './authentication.ts';
import { jsonRpcRefusal } from './json-rpc-refusal.ts';
import { McpEndpoint, type McpEndpointOptions } from './mcp-endpoint.ts';
import { OwnHosts } from './own-hosts.ts';
import { RateLimit } from './rate-limit.ts';

export interface HttpServerOptions extends McpEndpointOptions {
  version: string;
  /** The address to listen on. */
  host: string;
  /** 0: any free one. */
  port: number;
  /** Names by which clients may call the server beside its address; see OwnHosts. */
  allowedHosts: readonly string[];
  /** null: everybody who can reach the server may do everything. */
  findToken: FindToken | null;
  /** The text of /metrics and its type. */
  metricsPage: (sessions: number) => Promise<{ contentType: string; text: string }>;
}

/** All requests without a valid token share one bucket. */
const withoutToken = 'without a token';

/**
 * The routes of `ltmc serve --http`. The order is the safety: Host and Origin on every route, then who asks,
 * then how often, and only then a body is read.
 */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #server: Server;
  readonly #endpoint: McpEndpoint;
  readonly #mcp: ReturnType<typeof toNodeHandler>;
  readonly #exchanges = new CallsInFlight();
  readonly #served = new RateLimit(limits.httpRequestsBurst, limits.httpRequestsPerSecond);
  readonly #refused = new RateLimit(limits.httpRefusedRequestsBurst, limits.httpRefusedRequestsPerSecond);
  #hosts: OwnHosts | undefined;
  #ending = false;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#endpoint = new McpEndpoint(options);
    this.#mcp = toNodeHandler(this.#endpoint, { maxRequestBodySize: limits.httpBodyBytesMax });
    this.#server = createServer(
      {
        maxHeaderSize: limits.httpHeaderBytesMax,
        headersTimeout: limits.httpHeadersMsMax,
        requestTimeout: limits.httpRequestMsMax,
        keepAliveTimeout: limits.httpKeepAliveMs,
        connectionsCheckingInterval: limits.httpTimeoutCheckMs,
      },
      (request, response) => {
        const answered = this.#answer(request, response);
        if (!isOpenStream(request)) void this.#exchanges.track(answered);
      },
    );
    this.#server.maxConnections = limits.httpConnectionsMax;
  }

  /** Resolves with the port when requests are accepted. Rejects with Node's own error, such as EADDRINUSE. */
  listen(): Promise<number> {
    const { host, port, allowedHosts } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        const listening = (this.#server.address() as AddressInfo).port;
        this.#hosts = new OwnHosts(host, listening, allowedHosts);
        resolve(listening);
      });
    });
  }

  /**
   * No new requests; those that were received are answered, and what they began is `settled`, while that takes
   * no longer than `limits.httpDrainMs`; then sessions, streams and connections end.
   */
  async close(settled: () => Promise<void>): Promise<void> {
    this.#ending = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const answered = Promise.all([this.#exchanges.settled(), settled()]);
    await Promise.race([answered, elapsed(limits.httpDrainMs)]);
    await this.#endpoint.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      response.setHeader('X-Content-Type-Options', 'nosniff');
      response.setHeader('Cache-Control', 'no-store');
      if (this.#ending) response.setHeader('Connection', 'close');
      const answer = await this.#route(request, response);
      if (answer !== undefined) await send(answer, response);
    } catch (thrown) {
      log.error('A request failed inside.', {
        stack: thrown instanceof Error ? thrown.stack : String(thrown),
      });
      if (!response.headersSent) await send(plain(500, 'LTMC failed inside.'), response);
      response.destroy();
    }
  }

  /** Undefined where the answer is already on its way. */
  async #route(request: IncomingMessage, response: ServerResponse): Promise<Response | undefined> {
    const foreign = this.#hosts?.refusalOf(request) ?? null;
    if (foreign !== null) return jsonRpcRefusal(403, -32000, foreign);
    if (this.#ending) return plain(503, 'LTMC is ending.');
    const path = (request.url ?? '').split('?', 1)[0];
    const method = request.method ?? '';
    if (path === '/healthz') return this.#health(method);
    if (path === '/jsonrpc') return movedToMcp();
    if (path !== '/mcp' && path !== '/metrics') return plain(404, 'Not found. LTMC speaks MCP at /mcp.');

    const allowed = path === '/mcp' ? ['POST', 'GET', 'DELETE'] : ['GET'];
    if (!allowed.includes(method)) return notAllowed(allowed);
    const caller = await this.#caller(request);
    if (caller instanceof Response) return caller;
    const wait = this.#served.take(caller?.clientId ?? withoutToken, performance.now());
    if (wait !== null) return tooMany(wait);
    if (path === '/metrics') {
      return this.#metrics();
    }
    const authenticated = Object.assign(request, caller && { auth: caller });
    // A request that a server received has a method and a URL.
    await this.#mcp(authenticated as NodeIncomingMessageLike, response);
    return undefined;
  }

  /** Everything that can be asked here is at least reading. */
  async #caller(request: IncomingMessage): Promise<AuthInfo | Response | undefined> {
    if (this.#options.findToken === null) return undefined;
    const caller = await authenticate(request, this.#options.findToken, 'read');
    if (!(caller instanceof Response)) return caller;
    const wait = this.#refused.take(withoutToken, performance.now());
    return wait === null ? caller : tooMany(wait);
  }

  async #metrics(): Promise<Response> {
    try {
      const { contentType, text } = await this.#options.metricsPage(this.#endpoint.sessions);
      return new Response(text, { headers: { 'Content-Type': contentType } });
    } catch (thrown) {
      const { code } = toLtmcError(thrown);
      if (code === 'internal_error') throw thrown;
      // The database cannot be had now; memory_status says more, to who may know.
      return plain(503, code);
    }
  }

  #health(method: string): Response {
    if (method !== 'GET' && method !== 'HEAD') return notAllowed(['GET', 'HEAD']);
    return Response.json({ ok: true, version: this.#options.version });
  }
}

/** A stream that stays open until one side ends it: waiting for it would be waiting for the client. */
function isOpenStream({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' || headers['mcp-method'] === 'subscriptions/listen';
}

/** What the Python server spoke. Its clients find the new address in the answer. */
function movedToMcp(): Response {
  return jsonRpcRefusal(
    410,
    -32601,
    'POST /jsonrpc is gone. LTMC speaks MCP over Streamable HTTP at /mcp, with a bearer token.',
  );
}

function notAllowed(methods: readonly string[]): Response {
  return plain(405, `Expected ${methods.join(' or ')}.`, { Allow: methods.join(', ') });
}

function tooMany(waitSeconds: number): Response {
  return plain(429, 'Too many requests.', { 'Retry-After': String(waitSeconds) });
}

function plain(status: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error: message }, { status, headers });
}

async function send(answer: Response, response: ServerResponse): Promise<void> {
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  response.statusCode = answer.status;
  response.end(Buffer.from(await answer.arrayBuffer()));
}

function elapsed(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs).unref());
}
