/** No more calls. From 0 on, how many are under way. */
const closed = -1;

/**
 * The calls of a worker thread into the runtime. Where Node ends a thread in the middle of one, by `terminate` or with the
 * process, the runtime's binding meets an environment that takes no calls any more, throws through C++, and the whole process
 * aborts. So the thread makes them in here, and who would end it closes this first: what is under way is waited for, and
 * nothing begins any more.
 */
export class NativeCalls {
  readonly #state: Int32Array<SharedArrayBuffer>;

  /** @param shared What `shared` of the other side's gave; without it a new one. */
  constructor(shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.#state = new Int32Array(shared);
  }

  get shared(): SharedArrayBuffer {
    return this.#state.buffer;
  }

  /** For the thread. Once this is closed, neither is the work done nor does the promise settle: the thread is being ended. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    if (!this.#begin()) return new Promise(() => {});
    try {
      return await work();
    } finally {
      Atomics.sub(this.#state, 0, 1);
      Atomics.notify(this.#state, 0);
    }
  }

  /** Resolves as soon as no call is under way; from then on there is none. */
  async close(): Promise<void> {
    for (let running = this.#tryClose(); running > 0; running = this.#tryClose()) {
      await Atomics.waitAsync(this.#state, 0, running).value;
    }
  }

  /** The same for a process that ends; blocks, and gives up after so long. */
  closeNow(timeoutMs: number): void {
    for (let running = this.#tryClose(); running > 0; running = this.#tryClose()) {
      if (Atomics.wait(this.#state, 0, running, timeoutMs) === 'timed-out') return;
    }
  }

  /** The thread is gone, in the middle of a call perhaps. */
  lost(): void {
    Atomics.store(this.#state, 0, closed);
    Atomics.notify(this.#state, 0);
  }

  /** How many calls are under way; not above 0: it is closed. */
  #tryClose(): number {
    const running = Atomics.compareExchange(this.#state, 0, 0, closed);
    return running === 0 ? closed : running;
  }

  #begin(): boolean {
    for (;;) {
      const running = Atomics.load(this.#state, 0);
      if (running === closed) return false;
      if (Atomics.compareExchange(this.#state, 0, running, running + 1) === running) return true;
    }
  }
}
