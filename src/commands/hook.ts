import { statSync } from 'node:fs';
import { constants, homedir, setPriority } from 'node:os';
import { toLtmcError } from '../errors.ts';
import type { TestRunEvent } from '../hooks/hook-event.ts';
import type { HookFolder } from '../hooks/hook-folder.ts';
import { userFolders } from '../user-folders.ts';
import type { Command, Invocation } from './command.ts';
import { settingFlags } from './setting-flags.ts';

/** What logs an event, started by the hook that met it and outliving it. */
const logEvent = 'log-event';

export const hookCommand: Command = {
  name: 'hook',
  synopsis: 'EVENT [options]',
  summary: 'called by the hooks of a client: SessionStart, PostToolUse, PostToolUseFailure',
  description:
    'Reads what the client tells a hook, as JSON, from stdin. At the start of a session it prints the open\n' +
    'todos and unresolved failures of the project; after a command that ran tests it logs the attempt, in a\n' +
    'process of its own that the client does not wait for. It always ends with exit code 0; what it could not\n' +
    'use is told in hooks/hooks.log in the data folder. `ltmc setup claude-code --hooks` sets it up.',
  flags: settingFlags(['project', 'databasePath', 'modelFolder', 'logLevel']),
  positionals: [{ name: 'EVENT', required: true, many: true }],
  neverFails: true,
  async run(invocation) {
    const { arguments: given, environment } = invocation;
    const [event = '', path = ''] = given.positionals;
    const { HookFolder } = await import('../hooks/hook-folder.ts');
    const dataFolder = userFolders(process.platform, environment, homedir()).data;
    const folder = new HookFolder(dataFolder);
    try {
      if (event === logEvent) await logTestRun(invocation, folder, path, dataFolder);
      else await answer(invocation, folder, event);
    } catch (thrown) {
      folder.log(event, toLtmcError(thrown).code);
    }
  },
};

async function answer(invocation: Invocation, folder: HookFolder, event: string): Promise<void> {
  const [{ readInput }, { parseHookInput, testRunOf }] = await Promise.all([
    import('../hooks/read-input.ts'),
    import('../hooks/hook-event.ts'),
  ]);
  const text = await readInput(process.stdin);
  const input = text === null ? null : parseHookInput(text);
  if (input === null) return folder.log(event, text === null ? 'input_too_large' : 'input_not_json');
  if (event === 'SessionStart') return tellSession(invocation, input.folder);
  if (event !== 'PostToolUse' && event !== 'PostToolUseFailure') return folder.log(event, 'unknown_event');
  const run = testRunOf(event, input);
  if (run !== null) await startLogging(invocation, folder.put(run));
}

/** Prints what Claude Code adds to the session's context. */
async function tellSession(
  { configFlags, environment, terminal }: Invocation,
  cwd: string | null,
): Promise<void> {
  const [{ loadConfig, openStoreToLook, workingScope }, { sessionDigest }] = await Promise.all([
    import('../app.ts'),
    import('../hooks/session-digest.ts'),
  ]);
  const config = await loadConfig(configFlags, environment);
  enter(cwd);
  const store = await openStoreToLook(config);
  try {
    const digest = await sessionDigest(store, workingScope(config), Date.now());
    if (digest === null) return;
    const output = { hookSpecificOutput: { hookEventName: 'SessionStart', additionalContext: digest } };
    terminal.out(`${JSON.stringify(output)}\n`);
  } finally {
    await store.close();
  }
}

/** Starts the process that logs an event; the client waits neither for it nor for its output. */
async function startLogging({ arguments: given }: Invocation, path: string): Promise<void> {
  // Loading it takes a tenth of a hook's time, and most events start nothing.
  const { spawn } = await import('node:child_process');
  const flags = [...given.texts].map(([name, value]) => `--${name}=${value}`);
  const child = spawn(process.execPath, [process.argv[1]!, 'hook', logEvent, path, ...flags], {
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
  });
  child.on('error', () => undefined);
  child.unref();
}

async function logTestRun(
  { configFlags, environment }: Invocation,
  folder: HookFolder,
  path: string,
  dataFolder: string,
): Promise<void> {
  yieldToClient();
  const event = folder.take(path);
  if (event === null) return folder.log(logEvent, 'event_gone');
  const { attemptCode, ownModules } = await import('../record/attempt-code.ts');
  // First of all: the agent may go on changing files.
  const found = await attemptCode({ folder: event.folder, environment, dataFolder, file: undefined });
  if ('problem' in found) return folder.log(logEvent, 'no_code');
  const { attemptOutcome } = await import('../record/attempt-outcome.ts');
  const outcome = attemptOutcome({ ...event, signal: null, isOwnModule: ownModules(found) });
  if (outcome === null) {
    found.code.discard();
    return folder.log(logEvent, 'no_outcome');
  }
  const [{ loadConfig, openApp, workingProject }, { recordAttempt }] = await Promise.all([
    import('../app.ts'),
    import('../record/record-attempt.ts'),
  ]);
  const config = await loadConfig(configFlags, environment);
  enter(event.folder);
  const { name: project } = workingProject(config);
  let app: import('../app.ts').App | undefined;
  try {
    await recordAttempt(
      {
        ...found,
        outcome,
        command: event.words,
        durationMs: event.durationMs,
        project: project === '*' ? null : project,
        prompt: { flag: undefined, variable: environment.LTMC_PROMPT },
        functionName: null,
        origin: 'agent',
      },
      async (input) => {
        app = await openApp(config);
        return app.services.codePatterns.log(input);
      },
    );
  } finally {
    await app?.close();
  }
}

/** The client and its agent come first. */
function yieldToClient(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Not allowed here; then it takes its turn like any other.
  }
}

/** The project is that of the folder of the tests; one that is gone leaves this process where it is. */
function enter(folder: TestRunEvent['folder'] | null): void {
  if (folder !== null && statSync(folder, { throwIfNoEntry: false })?.isDirectory()) process.chdir(folder);
}
