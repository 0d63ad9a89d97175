import { homedir } from 'node:os';
import type { Config } from '../config.ts';
import { LtmcError } from '../errors.ts';
import { packageRoot, programVersion } from '../package-root.ts';
import type { Invocation } from './command.ts';
import { refuseAllProjects } from './serve.ts';

/** `ltmc serve --http`; returns when the server was ended by a signal. */
export async function serveHttp({
  arguments: given,
  configFlags,
  environment,
  terminal,
}: Invocation): Promise<void> {
  const [{ loadConfig, serverApp, tokenFiles }, { serveOverHttp }, { pathHider }] = await Promise.all([
    import('../app.ts'),
    import('../mcp/http.ts'),
    import('../mcp/hidden-paths.ts'),
  ]);
  const config = await loadConfig(configFlags, environment);
  refuseAllProjects(config);
  const withoutTokens = given.switches.has('no-auth');
  refuseOpenServer(config, withoutTokens);
  const tokens = withoutTokens ? null : await tokenFiles(config);
  if (tokens !== null && (await tokens.ensureFirst(new Date().toISOString()))) {
    terminal.err(`ltmc: the first token (scope admin) was made; it stands in ${tokens.firstTokenFile}\n`);
  }

  const { metrics, open, close } = serverApp(config);
  const { httpHost: host, httpPort: port } = config;
  try {
    await serveOverHttp({
      version: programVersion(),
      toolSet: config.toolSet,
      host,
      port,
      allowedHosts: config.allowedHosts,
      findToken: tokens === null ? null : (token) => tokens.find(token),
      metrics,
      hidePaths: pathHider(config.databasePath, {
        ...(config.modelFolder === null ? {} : { MODEL: config.modelFolder }),
        LTMC: packageRoot,
        HOME: homedir(),
      }),
      async openContext() {
        const { services } = await open();
        return {
          services,
          defaultProject: config.project,
          projectReason:
            config.project === null ? 'over HTTP there is no working directory' : 'named by a setting',
          now: Date.now,
        };
      },
      listening(boundPort) {
        const address = host.includes(':') ? `[${host}]` : host;
        terminal.err(`ltmc: MCP at http://${address}:${boundPort}/mcp\n`);
        if (withoutTokens)
          terminal.err('ltmc: no token is asked for: every program on this machine may call it\n');
      },
      close,
    });
  } catch (thrown) {
    throw listenError(thrown, host, port);
  }
}

function refuseOpenServer({ httpHost, allowedHosts }: Config, withoutTokens: boolean): void {
  if (isLoopback(httpHost)) return;
  if (withoutTokens) {
    throw new LtmcError(
      'wrong_usage',
      `Expected --no-auth with a loopback address only; got ${JSON.stringify(httpHost)}, which others can reach.`,
      'Leave --no-auth out, or --host.',
    );
  }
  if (allowedHosts.length === 0) {
    throw new LtmcError(
      'wrong_usage',
      `Expected --allowed-host with an address that others can reach; got ${JSON.stringify(httpHost)} alone.`,
      'Name the host by which clients will call the server: --allowed-host memory.example',
    );
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** Node's words for an address that cannot be had, as ours. */
function listenError(thrown: unknown, host: string, port: number): unknown {
  const code = (thrown as NodeJS.ErrnoException | null)?.code;
  if (code === 'EADDRINUSE') {
    return new LtmcError(
      'invalid_argument',
      `Expected port ${port} to be free; another program listens there.`,
      'Name another one with --port, or end that program.',
      { cause: thrown },
    );
  }
  if (code === 'EADDRNOTAVAIL' || code === 'EACCES' || code === 'ENOTFOUND') {
    return new LtmcError(
      'invalid_argument',
      `Expected ${host}, port ${port}, to be an address that this user may listen on; it is not.`,
      'Check --host and --port.',
      { cause: thrown },
    );
  }
  return thrown;
}
