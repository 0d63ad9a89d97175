import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { limits } from '../limits.ts';
import { log } from '../log.ts';
import { CallsInFlight } from './calls-in-flight.ts';
import { makeServer } from './server.ts';
import type { ServeOverStdioOptions } from './stdio.ts';
import { StdioTransport } from './stdio-transport.ts';

/** One client from its first message to the end of the process; see `serveOverStdio`. */
export async function serveConnection(options: ServeOverStdioOptions): Promise<void> {
  const { version, toolSet, openContext, metrics } = options;
  const transport = new StdioTransport(process.stdin, process.stdout);
  const calls = new CallsInFlight();
  const ended = endOfConnection(transport);
  const connection = serveStdio(() => makeServer({ version, toolSet, openContext, metrics, calls }), {
    transport,
    onerror: (error) => log.warn('MCP connection', { problem: error.message }),
  });

  log.info('The connection ends.', { reason: await ended });
  setTimeout(() => process.exit(), limits.exitMs).unref();
  transport.stopReading();
  await Promise.race([Promise.all([transport.answered(), calls.settled()]), elapsed(limits.drainMs)]);
  await connection.close();
  await options.close();
}

/** Resolves with the reason at the first of the events that end a connection. */
function endOfConnection(transport: { oninputend?: () => void }): Promise<string> {
  return new Promise((resolve) => {
    transport.oninputend = () => resolve('stdin closed');
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, resolve);
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      resolve('the parent process is gone');
    }, limits.parentCheckMs);
    watch.unref();
  });
}

function elapsed(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs).unref());
}
