import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { settings } from '../config.ts';
import { nearestName } from '../nearest-name.ts';
import { stampOf } from '../new-file.ts';
import { packageRoot, programVersion } from '../package-root.ts';
import type { Client, ClientSurroundings } from '../setup/clients.ts';
import type { DoneChange } from '../setup/plan-setup.ts';
import { type Command, jsonFlag, type Terminal } from './command.ts';
import { wrongUsage } from './parse-arguments.ts';
import { paint } from './terminal-style.ts';
import { visibleLine } from './visible-text.ts';

export const setupCommand: Command = {
  name: 'setup',
  synopsis: 'CLIENT [options]',
  summary: 'add the server to a client: claude-code, claude-desktop, cursor, vscode, codex',
  description:
    "Adds the server to the client's configuration for this user. Shows what it changes, keeps a copy of the\n" +
    'old file beside it, leaves all else in the file as it is, and changes nothing the second time.',
  flags: [
    {
      name: 'rules',
      kind: 'switch',
      summary: "also tell the client's agent when to recall and when to log, in its instruction file",
    },
    {
      name: 'hooks',
      kind: 'switch',
      summary: 'also log test runs and tell new sessions what is open, without being asked (claude-code)',
    },
    {
      name: 'remove',
      kind: 'switch',
      summary: 'take out what this command added; with --rules or --hooks that alone',
    },
    { name: 'print', kind: 'switch', summary: 'print what belongs there, and change nothing' },
    {
      name: settings.databasePath.flag,
      kind: 'text',
      valueName: settings.databasePath.valueName,
      summary: 'the database that the client is to use (default: the usual one)',
    },
    jsonFlag,
  ],
  positionals: [{ name: 'CLIENT', required: true }],
  async run({ arguments: given, environment, terminal, json }) {
    const [{ clients }, { hookGroups, hooksBlock }, setup] = await Promise.all([
      import('../setup/clients.ts'),
      import('../setup/hooks-config.ts'),
      import('../setup/plan-setup.ts'),
    ]);
    const client = clientNamed(given.positionals[0]!, clients);
    const has = (flag: string) => given.switches.has(flag);
    const [rules, hooks, remove, print] = [has('rules'), has('hooks'), has('remove'), has('print')];
    if (remove && print) {
      throw wrongUsage(setupCommand, 'Expected --remove or --print; got both.', 'Give one of the two.');
    }
    if (hooks && client.hooksFile === undefined) {
      const able = clients.filter(({ hooksFile }) => hooksFile !== undefined).map((each) => each.name);
      throw wrongUsage(
        setupCommand,
        `Expected --hooks with a client whose hooks can call ltmc (${able.join(', ')}); got ${client.name}.`,
        `Run: ltmc setup ${client.name} --rules`,
      );
    }
    const database = given.texts.get(settings.databasePath.flag);
    const installation = {
      platform: process.platform,
      nodePath: process.execPath,
      programPath: join(packageRoot, 'dist', 'cli.js'),
      version: programVersion(),
      flags: database === undefined ? [] : [`--${settings.databasePath.flag}`, resolve(database)],
    };
    const surroundings = surroundingsOf(environment);

    if (print) {
      const blocks = [
        { where: client.configFile(surroundings), text: setup.configBlock(client, installation) },
        ...(hooks
          ? [{ where: client.hooksFile!(surroundings), text: hooksBlock(hookGroups(installation)) }]
          : []),
        ...(rules
          ? [{ where: rulesPlace(client, surroundings), text: setup.instructionsBlock(client) }]
          : []),
      ];
      if (json) terminal.out(`${JSON.stringify({ success: true, client: client.name, blocks })}\n`);
      else printBlocks(blocks, terminal);
      return;
    }

    const plan = setup.planSetup({ client, installation, surroundings, rules, hooks, remove });
    const done = setup.applySetup(plan, stampOf(Date.now()));
    const isChanged = done.some((change) => change.isChanged);
    if (json) {
      terminal.out(`${JSON.stringify(setupJson(client.name, done, plan.rulesPlace))}\n`);
      return;
    }
    printDone(done, terminal);
    if (plan.rulesPlace !== undefined) {
      terminal.out(
        remove
          ? `${client.title} keeps such rules in ${plan.rulesPlace}: take them out there.\n`
          : `${client.title} reads such rules from no file. Paste this into ${plan.rulesPlace}:\n\n${setup.instructionsBlock(client)}\n\n`,
      );
    }
    if (!isChanged) terminal.out(remove ? 'There was nothing of ours.\n' : 'Already set up.\n');
    else if (!remove) terminal.out(`${client.next}\n`);
  },
};

function clientNamed(name: string, clients: readonly Client[]): Client {
  const client = clients.find((candidate) => candidate.name === name);
  if (client !== undefined) return client;
  const names = clients.map((candidate) => candidate.name);
  const nearest = nearestName(name, names);
  throw wrongUsage(
    setupCommand,
    `Expected CLIENT to be one of ${names.join(', ')}; got ${JSON.stringify(name)}.`,
    nearest === undefined ? undefined : `Did you mean: ltmc setup ${nearest}`,
  );
}

/** Throws `wrong_usage` where the home folder is not known: what is written would land wherever this was called. */
function surroundingsOf(environment: NodeJS.ProcessEnv): ClientSurroundings {
  const home = homedir();
  if (!isAbsolute(home)) {
    throw wrongUsage(
      setupCommand,
      `Expected the home folder (HOME) to be an absolute path, got ${JSON.stringify(home)}. Nothing was changed.`,
      'Set HOME to your home folder and run the command again.',
    );
  }
  const stats = (path: string) => statSync(path, { throwIfNoEntry: false });
  return {
    platform: process.platform,
    environment,
    home,
    isFolder: (path) => stats(path)?.isDirectory() === true,
    hasText: (path) => (stats(path)?.size ?? 0) > 0,
  };
}

function rulesPlace({ instructions }: Client, surroundings: ClientSurroundings): string {
  return 'place' in instructions ? instructions.place : instructions.files(surroundings)[0]!;
}

function setupJson(client: string, done: readonly DoneChange[], rulesPlace: string | undefined) {
  return {
    success: true,
    client,
    changed: done.some(({ isChanged }) => isChanged),
    files: done.map(({ path, isChanged, lines, backup }) => ({
      path,
      changed: isChanged,
      lines,
      backup,
    })),
    rules_place: rulesPlace,
  };
}

function printBlocks(blocks: readonly { where: string; text: string }[], terminal: Terminal): void {
  for (const { where, text } of blocks) {
    terminal.err(`${visibleLine(where)}\n`);
    terminal.out(`${text.replace(/\n$/, '')}\n`);
  }
}

function printDone(done: readonly DoneChange[], terminal: Terminal): void {
  const { bold, dim, green, red } = paint(terminal.colour);
  for (const { path, isChanged, lines, backup } of done) {
    if (!isChanged) continue;
    terminal.out(`${bold(visibleLine(path))}\n`);
    for (const line of lines) {
      const text = visibleLine(line);
      terminal.out(`${line.startsWith('+') ? green(text) : red(text)}\n`);
    }
    if (backup !== undefined) terminal.out(`${dim(`before: ${visibleLine(backup)}`)}\n`);
    terminal.out('\n');
  }
}
