import { constants, getPriority, setPriority } from 'node:os';

/** Of nice: a third of the share of a process that was left as it is, where both want the same core. */
const stepsBack = 5;

/** Lets queries, the server and the user's other programs go before this process. */
export function lowerPriority(): void {
  const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = constants.priority;
  try {
    // Windows has six classes, and five steps of nice are within one.
    const isClasses = process.platform === 'win32';
    setPriority(isClasses ? PRIORITY_BELOW_NORMAL : Math.min(PRIORITY_LOW, getPriority() + stepsBack));
  } catch {
    // Not allowed: the load is as fast, and queries beside it are a little slower.
  }
}
