import { fork } from 'node:child_process';
import type { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { limits } from '../limits.ts';
import { NativeCalls } from './native-calls.ts';
import type { ThreadData, WorkerAnswer, WorkerRequest, WorkerSettings } from './worker-protocol.ts';

/** What a worker that was started tells. */
export interface WorkerEvents {
  answered(answer: WorkerAnswer): void;
  failed(thrown: unknown): void;
  /** Called once, and last. `how` is its exit code or signal, `lastWords` the end of what a process wrote to stderr. */
  ended(how: string, lastWords: string): void;
}

/** A worker that was started, a thread or a process: both speak the same protocol. */
export interface WorkerHandle {
  send(request: WorkerRequest): void;
  /** Whether it keeps this process alive. */
  hold(): void;
  letGo(): void;
  /** Ends it, whatever it does; a thread that is in the runtime, after that. */
  kill(): void;
}

export type StartWorker = (
  file: string | URL,
  settings: WorkerSettings,
  events: WorkerEvents,
) => WorkerHandle;

/** In this process: a text is there and back in a tenth of a millisecond, and the memory of a Node is saved. */
export const startWorkerThread: StartWorker = (file, settings, events) => {
  keepRuntimeSilent();
  const native = new NativeCalls();
  const closeNative = () => native.closeNow(limits.nativeCallWaitMsMax);
  // Node flags of the program are not for the worker.
  const worker = new Worker(file, {
    name: 'embedding',
    workerData: { settings, nativeCalls: native.shared } satisfies ThreadData,
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: limits.workerYoungHeapMb },
  });
  worker.on('message', events.answered);
  worker.on('error', events.failed);
  worker.on('exit', (exitCode) => {
    process.off('exit', closeNative);
    native.lost();
    events.ended(`exit code ${exitCode}`, '');
  });
  process.on('exit', closeNative);
  return {
    send: (request) => worker.postMessage(request),
    hold: () => worker.ref(),
    letGo: () => worker.unref(),
    kill: () => void native.close().then(() => worker.terminate()),
  };
};

/**
 * In a process of its own: what it took goes back to the system with it, to the last page. It has none of this
 * process's streams, since stdout belongs to the protocol and a client may wait for the others to close; what it
 * writes to stderr comes here. It ends when the channel does, so that nothing outlives a server that was killed.
 */
export const startWorkerProcess: StartWorker = (file, settings, events) => {
  keepRuntimeSilent();
  // Node flags of the program, an inspector's port among them, are not for the worker.
  const { NODE_OPTIONS: _, ...env } = process.env;
  const worker = fork(file, [JSON.stringify(settings)], {
    env,
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    windowsHide: true,
  });
  // None where the system has no more files to open: then `error` comes.
  const stderr = worker.stderr as Socket | null | undefined;
  let lastWords = '';
  stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-limits.workerLastWordsCharactersMax);
  });
  let hasEnded = false;
  const end = (how: string) => {
    if (hasEnded) return;
    hasEnded = true;
    events.ended(how, lastWords);
  };
  worker.on('message', events.answered);
  worker.on('error', (thrown) => {
    if (hasEnded) return;
    events.failed(thrown);
    // One that could not be started has no exit; another is given up.
    if (worker.pid === undefined) end('no start');
    else worker.kill('SIGKILL');
  });
  // Behind `exit`: everything that it wrote is here.
  worker.on('close', (exitCode, signal) => end(signal ?? `exit code ${exitCode}`));
  return {
    // Where there is no channel, or it closes, the end of the process tells.
    send: (request) => {
      if (worker.connected) worker.send(request, () => {});
    },
    hold: () => {
      for (const part of [worker, worker.channel, stderr]) part?.ref();
    },
    letGo: () => {
      for (const part of [worker, worker.channel, stderr]) part?.unref();
    },
    kill: () => void worker.kill('SIGKILL'),
  };
};

/**
 * The official builds of ONNX Runtime report its use to their maker from 1.29 on, and keep an id of the device and
 * what waits to be sent in the user's cache folder (microsoft/onnxruntime#27379). It looks at this once, when it is
 * loaded; a worker's own environment is not seen by native code, so it is said here.
 */
function keepRuntimeSilent(): void {
  process.env.ORT_DISABLE_TELEMETRY = '1';
}
