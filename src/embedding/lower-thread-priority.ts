import { readlinkSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { basename } from 'node:path';

/** Of nice: a third of the share of a thread that was left as it is, where both want the same core. */
const STEPS_BACK = 5;

/**
 * Lets queries, the main thread and the user's other programs go before the calling thread. On Linux a thread has
 * a priority of its own, by its own id; elsewhere it would be the whole process, so there nothing changes.
 */
export function lowerThreadPriority(): void {
  if (process.platform !== 'linux') return;
  try {
    const threadId = Number(basename(readlinkSync('/proc/thread-self')));
    const lowest = constants.priority.PRIORITY_LOW;
    setPriority(threadId, Math.min(lowest, getPriority(threadId) + STEPS_BACK));
  } catch {
    // No /proc, or not allowed: the load is as fast, and queries beside it are a little slower.
  }
}
