import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { toLtmcError } from '../errors.ts';
import { limits } from '../limits.ts';
import { userFolders } from '../user-folders.ts';
import type { Command, Invocation } from './command.ts';
import { wrongUsage } from './parse-arguments.ts';
import { settingFlags } from './setting-flags.ts';
import { visibleLine } from './visible-text.ts';

export const recordCommand: Command = {
  name: 'record',
  synopsis: '[options] -- CMD…',
  summary: 'run a test command, then log the attempt',
  description:
    'Runs CMD as it stands, without a shell, with its input, output, signals and exit code passed through, and\n' +
    'logs the attempt: pass, fail or, by the counts in the summaries of the usual test runners, partial. Its code\n' +
    'is what changed in the git working tree since the last recorded run; lock files, binaries and credentials\n' +
    'are left out. The same code with the same result is not logged twice. When logging fails, the exit code of\n' +
    'CMD still stands.',
  flags: [
    {
      name: 'prompt',
      kind: 'text',
      valueName: 'TEXT',
      summary: 'the task; or LTMC_PROMPT (default: the last commit and the names of the changed files)',
    },
    { name: 'function', kind: 'text', valueName: 'NAME', summary: 'the function that the attempt is about' },
    {
      name: 'file',
      kind: 'text',
      valueName: 'NAME',
      summary: 'its file (default: the only changed one); outside git its text is the code',
    },
    ...settingFlags(['project', 'databasePath', 'modelFolder', 'logLevel']),
  ],
  positionals: [{ name: 'CMD', required: true, many: true }],
  async run(invocation) {
    const { arguments: given, environment, terminal } = invocation;
    if (given.beforeTerminator !== 0) {
      throw wrongUsage(
        recordCommand,
        'Expected `--` before the command, so that its flags are its own; got none there.',
        `Run: ltmc record -- ${given.positionals.join(' ')}`,
      );
    }
    const words = given.positionals;
    if (words[0] === '') throw wrongUsage(recordCommand, 'Expected CMD to be a program; got an empty word.');
    checkTexts(given.texts);
    if (given.texts.get('project') === '*') {
      throw wrongUsage(recordCommand, 'Expected --project to name one project; got "*".');
    }

    const [{ attemptCode }, { resolveCommand }, { runCommand }] = await Promise.all([
      import('../record/attempt-code.ts'),
      import('../record/resolve-command.ts'),
      import('../record/run-command.ts'),
    ]);
    const resolved = resolveCommand(words, {
      platform: process.platform,
      environment,
      workingFolder: process.cwd(),
      isFile: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true,
    });
    // Before the run: what the tests write is not what they judge.
    const code = await attemptCode({
      folder: process.cwd(),
      environment,
      dataFolder: userFolders(process.platform, environment, homedir()).data,
      file: given.texts.get('file'),
    }).catch((thrown: unknown) => ({ problem: toLtmcError(thrown).message }));
    const finished =
      resolved === null
        ? notThere
        : await runCommand(resolved, environment, {
            ...terminal.streams,
            isInputTerminal: process.stdin.isTTY === true,
          });
    invocation.exitWith(finished.status);
    if (finished.startProblem !== undefined) {
      terminal.err(`ltmc: ${visibleLine(words[0]!)}: ${finished.startProblem}\n`);
    }
    // From here on an impatient key ends the logging, not the command, which has its exit code.
    process.once('SIGINT', () => process.exit(finished.status));
    try {
      await logRun(invocation, words, code, finished);
    } catch (thrown) {
      const { message, hint } = toLtmcError(thrown);
      terminal.err(`ltmc: not recorded: ${message} ${hint}\n`);
    }
  },
};

const notThere = {
  status: 127,
  exitCode: 127,
  signal: null,
  output: '',
  durationMs: 0,
  startProblem: 'no such program',
};

function checkTexts(texts: ReadonlyMap<string, string>): void {
  for (const name of ['function', 'file']) {
    const length = texts.get(name)?.length ?? 0;
    if (length > limits.nameCharactersMax) {
      throw wrongUsage(
        recordCommand,
        `Expected --${name} to have at most ${limits.nameCharactersMax} characters; got ${length}.`,
      );
    }
  }
  const bytes = Buffer.byteLength(texts.get('prompt') ?? '');
  if (bytes > limits.promptBytesMax) {
    throw wrongUsage(
      recordCommand,
      `Expected --prompt to take at most ${limits.promptBytesMax} bytes; got ${bytes}.`,
    );
  }
}

async function logRun(
  { arguments: given, configFlags, environment, terminal }: Invocation,
  words: readonly string[],
  found: import('../record/attempt-code.ts').AttemptCode,
  finished: import('../record/run-command.ts').FinishedCommand,
): Promise<void> {
  if ('problem' in found) {
    terminal.err(`ltmc: not recorded: ${visibleLine(found.problem)}\n`);
    return;
  }
  const [{ attemptOutcome }, { ownModules }, { recordAttempt }, { recordedLine }, app] = await Promise.all([
    import('../record/attempt-outcome.ts'),
    import('../record/attempt-code.ts'),
    import('../record/record-attempt.ts'),
    import('./record-output.ts'),
    import('../app.ts'),
  ]);
  const outcome = attemptOutcome({
    ...finished,
    output: finished.startProblem === undefined ? finished.output : `${words[0]}: ${finished.startProblem}`,
    isExitTrusted: true,
    isOwnModule: ownModules(found),
  })!;
  const config = await app.loadConfig(configFlags, environment);
  let opened: import('../app.ts').App | undefined;
  try {
    const recorded = await recordAttempt(
      {
        ...found,
        outcome,
        command: words,
        durationMs: finished.durationMs,
        project: app.workingProject(config).name,
        prompt: { flag: given.texts.get('prompt'), variable: environment.LTMC_PROMPT },
        functionName: given.texts.get('function') ?? null,
        origin: 'user',
      },
      async (input) => {
        opened = await app.openApp(config);
        return opened.services.codePatterns.log(input);
      },
    );
    terminal.err(recordedLine(recorded));
  } finally {
    await opened?.close();
  }
}
