import { fork } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';
import type { Swap, SwapOutcome } from './swap-files.ts';

export type SwapAnswer = SwapOutcome | { outcome: 'failed'; code: string; message: string };

/** Runs swapFiles in a process of its own. Throws what it threw, with its code. */
export async function swapInProcess(swap: Swap): Promise<SwapOutcome> {
  const answer = await new Promise<SwapAnswer>((settle, fail) => {
    const child = fork(join(packageRoot, 'dist', 'swap-process.js'), [], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('message', (message) => settle(message as SwapAnswer));
    child.once('error', fail);
    child.once('exit', (code, signal) => {
      fail(new Error(`The process that replaces the database ended with ${signal ?? code}.`));
    });
    child.send(swap, (error) => {
      if (error !== null) fail(error);
    });
  });
  if (answer.outcome !== 'failed') return answer;
  throw Object.assign(new Error(answer.message), { code: answer.code });
}
