import { callRanks, type ThreadCall } from './thread-call.ts';

/** Calls that wait, the smallest rank first, and first come first served within a rank. */
export class CallQueue {
  readonly #ranks: ThreadCall<unknown>[][] = Object.values(callRanks).map(() => []);

  add(call: ThreadCall<unknown>): void {
    this.#ranks[call.rank]!.push(call);
  }

  /** The call whose work is next; it stays in the queue until it has none. */
  next(): ThreadCall<unknown> | null {
    for (const calls of this.#ranks) {
      for (let call = calls[0]; call !== undefined; call = calls[0]) {
        if (call.hasWork()) return call;
        calls.shift();
      }
    }
    return null;
  }

  /** Takes the calls out for which `isChosen` holds. */
  remove(isChosen: (call: ThreadCall<unknown>) => boolean): ThreadCall<unknown>[] {
    const removed: ThreadCall<unknown>[] = [];
    for (const [rank, calls] of this.#ranks.entries()) {
      removed.push(...calls.filter(isChosen));
      this.#ranks[rank] = calls.filter((call) => !isChosen(call));
    }
    return removed;
  }
}
