/** The program of the thread that helps to scan: takes stretches until there are none for a while. */
import { workerData } from 'node:worker_threads';
import { limits } from '../../limits.ts';
import { helperMatches, ScanKernel } from './scan-kernel.ts';
import type { ScanThreadData } from './scan-thread.ts';
import { rowsAt } from './slot-addresses.ts';
import { StretchQueue } from './stretch-queue.ts';

const { memory, relaxed } = workerData as ScanThreadData;
const kernel = new ScanKernel(memory, { relaxed });
const queue = new StretchQueue(memory, helperMatches.matchesMax);

do {
  for (let stretch = queue.claim(); stretch !== null; stretch = queue.claim()) {
    const { first, count } = stretch;
    queue.finish(kernel.scan(rowsAt(first), count, first, queue.floor, helperMatches, queue.found));
  }
} while (queue.sleep(limits.scanThreadIdleMs));
