import { randomUUID } from 'node:crypto';
import {
  type AuthInfo,
  isInitializeRequest,
  type McpServerFactory,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { limits } from '../../limits.ts';
import { jsonRpcRefusal } from './json-rpc-refusal.ts';
import { RecentEvents } from './recent-events.ts';

interface Session {
  transport: WebStandardStreamableHTTPServerTransport;
  /** The id of the token that opened it; nobody else may use it. */
  ownerId: string | undefined;
  lastUsedMs: number;
  /** Requests whose answer is not sent to its end, open streams among them. */
  openExchanges: number;
  close(): Promise<void>;
}

export interface ParsedRequestOptions {
  authInfo?: AuthInfo | undefined;
  /** The body; undefined for a request without one. */
  parsedBody?: unknown;
}

/**
 * Clients of the protocol before 2026-07-28: each has a session, begun by `initialize` and named by a header
 * afterwards, with a server object and a transport of its own, so that no answer can reach another client.
 */
export class LegacySessions {
  readonly #makeServer: McpServerFactory;
  readonly #onerror: (error: Error) => void;
  readonly #sessions = new Map<string, Session>();
  readonly #sweep: NodeJS.Timeout;

  constructor(makeServer: McpServerFactory, onerror: (error: Error) => void) {
    this.#makeServer = makeServer;
    this.#onerror = onerror;
    this.#sweep = setInterval(() => this.#endIdle(Date.now()), limits.httpSessionSweepMs).unref();
  }

  get size(): number {
    return this.#sessions.size;
  }

  async fetch(request: Request, options: ParsedRequestOptions): Promise<Response> {
    const id = request.headers.get('mcp-session-id');
    if (id !== null) {
      const session = this.#sessions.get(id);
      // A session of another token is as unknown as one that never was.
      if (session === undefined || session.ownerId !== options.authInfo?.clientId) {
        return jsonRpcRefusal(404, -32001, 'Session not found. Begin a new one with initialize.');
      }
      return this.#exchange(session, request, options);
    }
    if (!beginsSession(options.parsedBody)) {
      return jsonRpcRefusal(
        400,
        -32000,
        'Expected the Mcp-Session-Id header that initialize was answered with.',
      );
    }
    return this.#begin(request, options);
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await Promise.all([...this.#sessions.values()].map((session) => session.close()));
  }

  async #begin(request: Request, options: ParsedRequestOptions): Promise<Response> {
    if (this.#sessions.size >= limits.httpSessionsMax && !(await this.#makeRoom())) {
      return jsonRpcRefusal(503, -32000, 'Too many sessions are in use. Try again later.');
    }
    const { authInfo } = options;
    const server = await this.#makeServer({
      era: 'legacy',
      ...(authInfo && { authInfo }),
      requestInfo: request,
    });
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      eventStore: new RecentEvents(),
      onsessioninitialized: (id) => void this.#sessions.set(id, session),
    });
    const session: Session = {
      transport,
      ownerId: authInfo?.clientId,
      lastUsedMs: Date.now(),
      openExchanges: 0,
      close: () => server.close(),
    };
    transport.onerror = this.#onerror;
    await server.connect(transport);
    // After connect, which sets its own and calls the one it found.
    const closed = transport.onclose;
    transport.onclose = () => {
      closed?.();
      if (transport.sessionId !== undefined) this.#sessions.delete(transport.sessionId);
    };
    const response = await this.#exchange(session, request, options);
    if (transport.sessionId === undefined) await session.close();
    return response;
  }

  async #exchange(session: Session, request: Request, options: ParsedRequestOptions): Promise<Response> {
    session.openExchanges++;
    const ended = () => {
      session.openExchanges--;
      session.lastUsedMs = Date.now();
    };
    try {
      const { authInfo, parsedBody } = options;
      const response = await session.transport.handleRequest(request, {
        ...(authInfo && { authInfo }),
        ...(parsedBody !== undefined && { parsedBody }),
      });
      return whenSent(response, ended);
    } catch (thrown) {
      ended();
      throw thrown;
    }
  }

  #endIdle(nowMs: number): void {
    for (const session of this.#sessions.values()) {
      if (session.openExchanges > 0 || nowMs - session.lastUsedMs < limits.httpSessionIdleMs) continue;
      session.close().catch(this.#onerror);
    }
  }

  /** Ends the session that was idle longest; false when all are in use. */
  async #makeRoom(): Promise<boolean> {
    const idle = [...this.#sessions.values()].filter(({ openExchanges }) => openExchanges === 0);
    const [longest] = idle.sort((one, other) => one.lastUsedMs - other.lastUsedMs);
    await longest?.close();
    return longest !== undefined;
  }
}

function beginsSession(body: unknown): boolean {
  return (Array.isArray(body) ? body : [body]).some((message) => isInitializeRequest(message));
}

/** The same response; `ended` is called once, when its body was read to the end or nobody reads it any more. */
function whenSent(response: Response, ended: () => void): Response {
  if (response.body === null) {
    ended();
    return response;
  }
  const reader = response.body.getReader();
  const body = new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (!done) return controller.enqueue(value);
      ended();
      controller.close();
    },
    async cancel(reason) {
      ended();
      await reader.cancel(reason);
    },
  });
  return new Response(body, { status: response.status, headers: response.headers });
}
