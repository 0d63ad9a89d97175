import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { limits } from '../limits.ts';
import { OutputCapture } from './output-capture.ts';
import type { ResolvedCommand } from './resolve-command.ts';

/** Where a command's output goes, live. */
export interface CommandStreams {
  out: Writable & { isTTY?: boolean };
  err: Writable & { isTTY?: boolean };
  /** The command reads the terminal that its user types at. */
  isInputTerminal: boolean;
}

export interface FinishedCommand {
  /** What a shell would report: 128 + n for signal n, 127 and 126 for a program that is not there or not one. */
  status: number;
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  output: string;
  durationMs: number;
  /** Why it never began. */
  startProblem?: string;
}

/** Forwarded to the command. Of the others, either nobody can catch them or the terminal's job control uses them. */
const forwarded: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'];
/** A key typed at a terminal reaches every process in front of it: the command has these two already. */
const typed: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

/**
 * Runs a command with this process's stdin, and its output both passed through as it comes and kept, within
 * bounds. The output goes through pipes, so where ours is a terminal the environment says that colours are
 * welcome. Signals to this process go to the command; it decides what becomes of them. Never throws.
 */
export async function runCommand(
  command: ResolvedCommand,
  environment: NodeJS.ProcessEnv,
  streams: CommandStreams,
): Promise<FinishedCommand> {
  const startedAt = performance.now();
  const capture = new OutputCapture(limits.recordOutputBytesEachEnd);
  const finished = (rest: Pick<FinishedCommand, 'status' | 'exitCode' | 'signal' | 'startProblem'>) => ({
    ...rest,
    output: capture.text(),
    durationMs: performance.now() - startedAt,
  });
  let child: ChildProcess;
  try {
    child = spawn(command.file, command.words, {
      stdio: ['inherit', 'pipe', 'pipe'],
      env: streams.out.isTTY ? withColours(environment) : environment,
      windowsVerbatimArguments: command.isVerbatim,
    });
  } catch (thrown) {
    return finished(notStarted(thrown as NodeJS.ErrnoException));
  }
  const stopForwarding = forwardSignals(child, streams.isInputTerminal);
  passThrough(child.stdout as Readable, streams.out, capture);
  passThrough(child.stderr as Readable, streams.err, capture);
  try {
    const { exitCode, signal } = await ended(child);
    const status = signal === null ? (exitCode ?? 1) : 128 + constants.signals[signal];
    return finished({ status, exitCode, signal });
  } catch (thrown) {
    return finished(notStarted(thrown as NodeJS.ErrnoException));
  } finally {
    stopForwarding();
  }
}

/** What programs ask for colours by; what the user set stays. */
function withColours(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (environment.NO_COLOR || environment.TERM === 'dumb') return environment;
  return { FORCE_COLOR: '1', CLICOLOR_FORCE: '1', CARGO_TERM_COLOR: 'always', ...environment };
}

function notStarted(
  error: NodeJS.ErrnoException,
): Pick<FinishedCommand, 'status' | 'exitCode' | 'signal' | 'startProblem'> {
  const status = error.code === 'ENOENT' ? 127 : 126;
  const startProblem =
    error.code === 'ENOENT' ? 'no such program' : `cannot be run (${error.code ?? 'unknown'})`;
  return { status, exitCode: status, signal: null, startProblem };
}

/** Reads no faster than the reader of our output does; when that one leaves, the command's pipe breaks as well. */
function passThrough(from: Readable, to: Writable, capture: OutputCapture): void {
  // The program's own listener ends the process, and with it what the command is doing.
  to.removeAllListeners('error');
  to.on('error', () => from.destroy());
  from.on('data', (chunk: Buffer) => {
    capture.add(chunk);
    if (to.write(chunk)) return;
    from.pause();
    to.once('drain', () => from.resume());
  });
  from.on('error', () => undefined);
}

/**
 * The command's end, and that of its output. A process that it left behind may hold the pipes open for ever;
 * after `limits.recordDrainMs` it is not waited for.
 */
function ended(child: ChildProcess): Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((settle, fail) => {
    child.on('error', fail);
    child.on('exit', (exitCode, signal) => {
      const done = () => settle({ exitCode, signal });
      const giveUp = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        done();
      }, limits.recordDrainMs);
      child.on('close', () => {
        clearTimeout(giveUp);
        done();
      });
    });
  });
}

function forwardSignals(child: ChildProcess, isInputTerminal: boolean): () => void {
  const listeners = forwarded.map((signal): [NodeJS.Signals, () => void] => [
    signal,
    () => {
      // On Windows a signal would end the command at once; the console tells it of Ctrl-C by itself.
      if (process.platform === 'win32' || (isInputTerminal && typed.includes(signal))) return;
      child.kill(signal);
    },
  ]);
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}
