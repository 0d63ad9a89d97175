import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../../package-root.ts';

export interface ScanThreadData {
  memory: WebAssembly.Memory;
  relaxed: boolean;
}

/**
 * A second thread for scans of one memory: memory serves two of them nearly twice as fast. It is there from some
 * moment after `start` on, ends by itself when nothing was to be done for a while, and keeps no process alive.
 */
export class ScanThread {
  readonly #data: ScanThreadData;
  readonly #file: string;
  #worker: Worker | null = null;
  #isRunning = false;
  #isGivenUp = availableParallelism() < 2;

  /** `file`: its program. Default: `dist/scan-worker.js` in the package. */
  constructor(data: ScanThreadData, file = join(packageRoot, 'dist', 'scan-worker.js')) {
    this.#data = data;
    this.#file = file;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  start(): void {
    if (this.#worker !== null || this.#isGivenUp) return;
    try {
      this.#worker = this.#started();
    } catch {
      // No more threads for this user, or none allowed to this process.
      this.giveUp();
    }
  }

  #started(): Worker {
    // Node flags of the program are not for the thread, nor what NODE_OPTIONS loads: it may not fit.
    const worker = new Worker(this.#file, {
      name: 'scan',
      workerData: this.#data,
      execArgv: [],
      env: {},
      resourceLimits: { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 },
    });
    worker.unref();
    worker.on('online', () => {
      this.#isRunning = !this.#isGivenUp;
    });
    // Without it a search takes longer, and is right.
    worker.on('error', () => this.giveUp());
    worker.on('exit', () => {
      this.#isRunning = false;
      this.#worker = null;
    });
    return worker;
  }

  /** Ends it for good. */
  giveUp(): void {
    this.#isGivenUp = true;
    this.#isRunning = false;
    void this.#worker?.terminate();
  }
}
