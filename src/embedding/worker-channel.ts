import { parentPort, workerData } from 'node:worker_threads';
import { NativeCalls } from './native-calls.ts';
import type { ThreadData, WorkerAnswer, WorkerRequest, WorkerSettings } from './worker-protocol.ts';

/** What a worker hears and says, whether it is a thread or a process. */
export interface WorkerChannel {
  settings: WorkerSettings;
  /** Its calls into the runtime. */
  native: NativeCalls;
  /** Calls `take` for each request. */
  listen(take: (request: WorkerRequest) => void): void;
  /** What is transferred is not the sender's any more. */
  answer(answer: WorkerAnswer, transferred?: ArrayBuffer[]): void;
  /** Nothing is heard any more, so that the worker ends by itself. */
  close(): void;
}

export function workerChannel(): WorkerChannel {
  return parentPort === null ? processChannel() : threadChannel(parentPort);
}

function threadChannel(port: NonNullable<typeof parentPort>): WorkerChannel {
  const { settings, nativeCalls } = workerData as ThreadData;
  return {
    settings,
    native: new NativeCalls(nativeCalls),
    listen: (take) => port.on('message', take),
    answer: (answer, transferred = []) => port.postMessage(answer, transferred),
    close: () => port.close(),
  };
}

function processChannel(): WorkerChannel {
  const [, , settings] = process.argv;
  if (process.send === undefined || settings === undefined) {
    throw new Error('Expected to be started by LTMC, as a thread or with a channel.');
  }
  // The terminal sends it to every process of the command; the one that started this worker says when it ends.
  process.on('SIGINT', () => {});
  // Also when the other side was killed.
  process.on('disconnect', () => process.exit());
  return {
    settings: JSON.parse(settings) as WorkerSettings,
    // A process that is killed takes nothing else down.
    native: new NativeCalls(),
    listen: (take) => process.on('message', take),
    // Where nobody is there any more, `disconnect` comes.
    answer: (answer) => process.send?.(answer, undefined, {}, () => {}),
    close: () => process.disconnect(),
  };
}
