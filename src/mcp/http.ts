import type { Metrics } from '../domain/metrics.ts';
import { log } from '../log.ts';
import type { ToolContext } from '../tools/tool.ts';
import { CallsInFlight } from './calls-in-flight.ts';
import type { HidePaths } from './hidden-paths.ts';
import type { FindToken } from './http/authentication.ts';
import { HttpServer } from './http/http-server.ts';
import { scopeOfMessage } from './http/message-scope.ts';
import { makeServer } from './server.ts';

export interface ServeOverHttpOptions {
  version: string;
  toolSet: 'all' | 'core';
  host: string;
  port: number;
  allowedHosts: readonly string[];
  /** null: nobody is asked for a token. */
  findToken: FindToken | null;
  /** As in ServeOverStdioOptions. */
  openContext: () => Promise<ToolContext>;
  metrics: Metrics;
  hidePaths: HidePaths;
  /** Called once with the port, when requests are accepted. */
  listening: (port: number) => void;
  /** Closes what openContext opened; called once, at the end. */
  close: () => Promise<void>;
}

/**
 * Serves MCP over HTTP; resolves when SIGTERM, SIGINT or SIGHUP came, what was in flight is answered and
 * everything is closed. Rejects where the address cannot be listened on.
 */
export async function serveOverHttp(options: ServeOverHttpOptions): Promise<void> {
  const { version, toolSet, metrics, hidePaths } = options;
  const calls = new CallsInFlight();
  const openContext = async () => ({ ...(await options.openContext()), hidePaths });
  const server = new HttpServer({
    ...options,
    makeServer: () => makeServer({ version, toolSet, openContext, metrics, calls, hidePaths }),
    scopeOf: scopeOfMessage,
    async metricsPage(sessions) {
      const [{ metricsPage }, { services }] = await Promise.all([
        import('./http/metrics-page.ts'),
        options.openContext(),
      ]);
      return metricsPage(services, { version, sessions });
    },
  });
  try {
    options.listening(await server.listen());
    log.info('The server ends.', { reason: await endSignal() });
    await server.close(() => calls.settled());
  } finally {
    await options.close();
  }
}

function endSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, resolve);
  });
}
