import { LtmcError } from '../errors.ts';
import type { Command } from './command.ts';
import { settingFlags } from './setting-flags.ts';

export const serveCommand: Command = {
  name: 'serve',
  synopsis: '[options]',
  summary: 'the MCP server on stdin and stdout',
  description:
    'Answers an MCP client on stdin and stdout until stdin closes. Clients start it themselves; their\n' +
    'configuration names the command `ltmc` without arguments. Logs go to stderr.',
  flags: settingFlags(['databasePath', 'project', 'toolSet', 'modelFolder', 'logLevel']),
  positionals: [],
  async run({ configFlags, environment }) {
    // Side by side: reading and compiling the protocol's chunk is most of the time to the first answer.
    const [{ loadConfig, Metrics, openApp, workingProject }, { serveOverStdio }, { programVersion }] =
      await Promise.all([import('../app.ts'), import('../mcp/stdio.ts'), import('../package-root.ts')]);
    const config = await loadConfig(configFlags, environment);
    const project = workingProject(config);
    if (project.name === '*') {
      throw new LtmcError(
        'invalid_argument',
        'Expected the project of a server to be one project; got "*".',
        'Leave it out; a search in all projects is asked for with project: "*" in the call.',
      );
    }

    const metrics = new Metrics();
    let opening: ReturnType<typeof openApp> | undefined;
    await serveOverStdio({
      version: programVersion(),
      toolSet: config.toolSet,
      metrics,
      async openContext() {
        opening ??= openApp(config, { fillPendingVectors: true, metrics });
        try {
          const { services } = await opening;
          return { services, defaultProject: project.name, projectReason: project.why, now: Date.now };
        } catch (thrown) {
          // What stood in the way (a migration, a full disk) may be gone at the next call.
          opening = undefined;
          throw thrown;
        }
      },
      async close() {
        await (await opening?.catch(() => undefined))?.close();
      },
    });
  },
};
