/**
 * The command `ltmc`, after the guard in bin.ts: picks a command, runs it, and is the one place where an
 * error becomes words for a person (or one JSON document) and an exit code: 0 done, 1 failed, 2 wrong usage.
 */
import type { Command, Terminal } from './commands/command.ts';
import { findCommand } from './commands/find-command.ts';
import { commandHelp, overview } from './commands/help-text.ts';
import { commands } from './commands/index.ts';
import { parseArguments } from './commands/parse-arguments.ts';
import { configFlags } from './commands/setting-flags.ts';
import { wantsColour } from './commands/terminal-style.ts';
import { toLtmcError } from './errors.ts';
import { log } from './log.ts';
import { programVersion } from './package-root.ts';

const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  colour: wantsColour(process.stdout, process.env),
  streams: { out: process.stdout, err: process.stderr },
};

// Whoever reads our output may have seen enough (`ltmc search … | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  // What stands behind `--` is another program's.
  const json = beforeTerminator(words).includes('--json');
  try {
    return await run(words, json);
  } catch (thrown) {
    const isSilent = commands.some(({ name, neverFails }) => neverFails && name === words[0]);
    return isSilent ? 0 : report(thrown, json);
  }
}

/** Returns the exit code. */
async function run(words: readonly string[], json: boolean): Promise<number> {
  const [first, ...others] = words;
  if (first === '--version' || first === '-v') return print(`${programVersion()}\n`);
  if (first === '--help' || first === '-h') return print(overview(commands));
  if (first === undefined && process.stdin.isTTY) return print(overview(commands));

  const isCommand = first !== undefined && !first.startsWith('-');
  const command: Command = findCommand(commands, isCommand ? first : 'serve');
  const rest = isCommand ? others : words;
  const flagWords = beforeTerminator(rest);
  if (flagWords.includes('--help') || flagWords.includes('-h')) return print(commandHelp(command));
  const given = parseArguments(command, rest);
  let exitCode = 0;
  await command.run({
    arguments: given,
    configFlags: configFlags(given),
    environment: process.env,
    terminal,
    json,
    exitWith(code) {
      exitCode = code;
    },
  });
  return exitCode;
}

function print(text: string): number {
  terminal.out(text);
  return 0;
}

function beforeTerminator(words: readonly string[]): readonly string[] {
  const at = words.indexOf('--');
  return at === -1 ? words : words.slice(0, at);
}

function report(thrown: unknown, json: boolean): number {
  const error = toLtmcError(thrown);
  if (error.code === 'internal_error' && error.cause instanceof Error) {
    log.error('internal error', { stack: error.cause.stack });
  }
  if (json) {
    const { message, code, hint } = error;
    terminal.out(`${JSON.stringify({ success: false, error: message, code, hint })}\n`);
  } else {
    terminal.err(`ltmc: ${error.message}\n  ${error.hint}\n`);
  }
  return error.code === 'wrong_usage' ? 2 : 1;
}
