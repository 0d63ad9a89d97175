import type { Metrics } from '../domain/metrics.ts';
import type { ToolContext } from '../tools/tool.ts';

export interface ServeOverStdioOptions {
  version: string;
  /** `core` lists only the tools that a coding agent needs daily; the others stay callable. */
  toolSet: 'all' | 'core';
  /**
   * Called by every tool call that has something to do: opens the database at the first, and gives the same
   * to the others. A failure is that call's answer; the server lives on.
   */
  openContext: () => Promise<ToolContext>;
  /** Counts the calls. */
  metrics: Metrics;
  /** Closes what openContext opened; called once, when the connection has ended. */
  close: () => Promise<void>;
}

/**
 * Serves MCP on stdin and stdout; resolves when the connection has ended and everything is closed.
 *
 * It ends when stdin closes, the parent process is gone, or SIGTERM, SIGINT or SIGHUP comes. Then requests
 * that were received are still answered for `limits.drainMs`, and after `limits.exitMs` the process ends in
 * any case: what was acknowledged is on disk, the rest was never promised.
 */
export async function serveOverStdio(options: ServeOverStdioOptions): Promise<void> {
  // Before the protocol library is loaded.
  keepStdoutClean();
  const { serveConnection } = await import('./stdio-connection.ts');
  await serveConnection(options);
}

/** stdout belongs to the protocol; what a dependency prints goes to stderr. */
function keepStdoutClean(): void {
  for (const method of ['log', 'info', 'debug', 'dir', 'table'] as const) console[method] = console.error;
}
