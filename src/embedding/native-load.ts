/**
 * Whether a worker thread is loading the model. Where Node ends a thread in the middle of that, by `terminate` or with
 * the process, the runtime's binding meets an environment that takes no calls any more, throws through C++, and the
 * whole process aborts. So it is said when a thread loads, and who would end it waits for that. The one who asks it to load says so,
 * before the request is on its way; the thread says when it is over.
 */
const loading = 1;

export class NativeLoad {
  readonly #flag: Int32Array<SharedArrayBuffer>;

  /** @param shared What `shared` of the other side's gave; without it a new one. */
  constructor(shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.#flag = new Int32Array(shared);
  }

  get shared(): SharedArrayBuffer {
    return this.#flag.buffer;
  }

  begins(): void {
    Atomics.store(this.#flag, 0, loading);
  }

  ends(): void {
    Atomics.store(this.#flag, 0, 0);
    Atomics.notify(this.#flag, 0);
  }

  /** Resolves as soon as nothing is being loaded. */
  async over(): Promise<void> {
    await Atomics.waitAsync(this.#flag, 0, loading).value;
  }

  /** The same for a process that ends; blocks. */
  waitUntilOver(timeoutMs: number): void {
    Atomics.wait(this.#flag, 0, loading, timeoutMs);
  }
}
