import { loadConfig, serverApp, workingProject } from '../app.ts';
import type { Config } from '../config.ts';
import { LtmcError } from '../errors.ts';
import { programVersion } from '../package-root.ts';
import type { WorkingProject } from '../project.ts';
import type { Command, Invocation } from './command.ts';
import { settingFlags } from './setting-flags.ts';

export const serveCommand: Command = {
  name: 'serve',
  synopsis: '[options]',
  summary: 'the MCP server on stdin and stdout, or over HTTP',
  description:
    'Answers an MCP client on stdin and stdout until stdin closes. Clients start it themselves; their\n' +
    'configuration names the command `ltmc` without arguments. Logs go to stderr.\n\n' +
    'With --http it listens on 127.0.0.1:5050 until it is ended: MCP at /mcp, /healthz, and /metrics for\n' +
    'Prometheus. Requests need a token; the first start makes one, see `ltmc token --help`.',
  flags: [
    { name: 'http', kind: 'switch', summary: 'serve over HTTP' },
    { name: 'no-auth', kind: 'switch', summary: 'ask nobody for a token; on a loopback address only' },
    ...settingFlags([
      'httpHost',
      'httpPort',
      'allowedHosts',
      'databasePath',
      'project',
      'toolSet',
      'modelFolder',
      'embeddingWorkers',
      'logLevel',
    ]),
  ],
  positionals: [],
  async run(invocation) {
    if (invocation.arguments.switches.has('http')) {
      const { serveHttp } = await import('./serve-http.ts');
      return serveHttp(invocation);
    }
    refuseHttpFlags(invocation);
    await serveStdio(invocation);
  },
};

async function serveStdio({ configFlags, environment }: Invocation): Promise<void> {
  const config = await loadConfig(configFlags, environment);
  refuseAllProjects(config);
  let project: WorkingProject | undefined;
  const { metrics, open, close } = serverApp(config);
  const { serveOverStdio } = await import('../mcp/stdio.ts');
  await serveOverStdio({
    version: programVersion(),
    toolSet: config.toolSet,
    metrics,
    async openContext() {
      project ??= workingProject(config);
      const { services } = await open();
      return { services, defaultProject: project.name, projectReason: project.why, now: Date.now };
    },
    close,
  });
}

export function refuseAllProjects({ project }: Config): void {
  if (project !== '*') return;
  throw new LtmcError(
    'invalid_argument',
    'Expected the project of a server to be one project; got "*".',
    'Leave it out; a search in all projects is asked for with project: "*" in the call.',
  );
}

/** Typed by mistake they would be taken for a server that listens. */
function refuseHttpFlags({ arguments: given }: Invocation): void {
  const httpFlag = given.switches.has('no-auth')
    ? 'no-auth'
    : ['host', 'port', 'allowed-host'].find((flag) => given.texts.has(flag));
  if (httpFlag === undefined) return;
  throw new LtmcError(
    'wrong_usage',
    `Expected --${httpFlag} together with --http; got it alone.`,
    `Run: ltmc serve --http --${httpFlag}${httpFlag === 'no-auth' ? '' : ' …'}`,
  );
}
