/** A thread that claims a stretch of every job and never does it. */
import { workerData } from 'node:worker_threads';
import type { ScanThreadData } from '../../../src/storage/sqlite/scan-thread.ts';
import { StretchQueue } from '../../../src/storage/sqlite/stretch-queue.ts';

const queue = new StretchQueue((workerData as ScanThreadData).memory);
do queue.claim();
while (queue.sleep(60_000));
