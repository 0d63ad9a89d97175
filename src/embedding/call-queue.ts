import { type CallRank, callRanks, type WorkerCall } from './worker-call.ts';

/** Calls that are not settled, the smallest rank first, and first come first served within a rank. */
export class CallQueue {
  readonly #ranks: WorkerCall<unknown>[][] = Object.values(callRanks).map(() => []);

  add(call: WorkerCall<unknown>): void {
    this.#ranks[call.rank]!.push(call);
  }

  /** The call whose work is next, of those ranks that `mayTake` allows. */
  next(mayTake: (rank: CallRank) => boolean): WorkerCall<unknown> | null {
    for (const [rank, calls] of this.#ranks.entries()) {
      if (!mayTake(rank as CallRank)) continue;
      for (let index = 0; index < calls.length; ) {
        const call = calls[index]!;
        if (call.hasWork()) return call;
        // One whose last pieces are with workers stays: it may have to begin anew.
        if (call.isSettled) calls.splice(index, 1);
        else index++;
      }
    }
    return null;
  }

  /** Texts to embed that nobody has begun. */
  waitingTexts(isCounted: (rank: CallRank) => boolean = () => true): number {
    let texts = 0;
    for (const [rank, calls] of this.#ranks.entries()) {
      if (isCounted(rank as CallRank)) for (const call of calls) texts += call.waitingTexts;
    }
    return texts;
  }

  /** Takes the calls out for which `isChosen` holds. */
  remove(isChosen: (call: WorkerCall<unknown>) => boolean): WorkerCall<unknown>[] {
    const removed: WorkerCall<unknown>[] = [];
    for (const [rank, calls] of this.#ranks.entries()) {
      removed.push(...calls.filter(isChosen));
      this.#ranks[rank] = calls.filter((call) => !isChosen(call));
    }
    return removed;
  }
}
