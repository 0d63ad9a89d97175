import { queueAt } from './scan-kernel.ts';

/** What one scan looks at: whole blocks that lie one behind another in one segment. */
export interface Stretch {
  /** The first slot. */
  first: number;
  /** How many slots. */
  count: number;
}

/** In one job. */
export const stretchesMax = 1_024;

/** Words of 32 bits. `next` is the number of the job times 4,096, and the stretch to be claimed next. */
const nextWord = 0;
const countWord = 1;
const floorWord = 2;
const doneWord = 3;
const foundWord = 4;
const headWords = 16;

const jobShift = 12;
const indexMask = 2 ** jobShift - 1;

/**
 * Stretches that one thread offers and that it and a helper claim one by one, whoever is ready for the next: a job. Its
 * words stand in the memory that both threads see.
 *
 * A claim is one exchange of `next`, which holds the job's number too. So a helper that wakes late, or in the middle of
 * the next job, claims nothing of a job that is over, and nobody waits for one that has claimed nothing.
 */
export class StretchQueue {
  readonly #words: Int32Array;
  readonly #floor: Float32Array;
  readonly #stretches: Int32Array;
  readonly #matchesMax: number;
  /** The job of the last claim, and what was found for it. */
  #job = -1;
  #found = 0;
  /** `next` as it was when there was nothing to claim. */
  #seen = 0;

  /** With as much room for the matches of a job; Infinity: they are read after each stretch. */
  constructor(memory: WebAssembly.Memory, matchesMax = Number.POSITIVE_INFINITY) {
    this.#words = new Int32Array(memory.buffer, queueAt, headWords);
    this.#floor = new Float32Array(memory.buffer, queueAt + floorWord * 4, 1);
    this.#stretches = new Int32Array(memory.buffer, queueAt + headWords * 4, 2 * stretchesMax);
    this.#matchesMax = matchesMax;
  }

  /** Offers at most stretchesMax stretches. All of the job before must be done. */
  open(stretches: readonly Stretch[], floor: number): void {
    const job = (Atomics.load(this.#words, nextWord) >> jobShift) + 1;
    // Until everything stands there nothing can be claimed.
    Atomics.store(this.#words, nextWord, ((job - 1) << jobShift) | indexMask);
    stretches.forEach(({ first, count }, index) => {
      this.#stretches[2 * index] = first;
      this.#stretches[2 * index + 1] = count;
    });
    this.floor = floor;
    Atomics.store(this.#words, countWord, stretches.length);
    Atomics.store(this.#words, doneWord, 0);
    Atomics.store(this.#words, foundWord, 0);
    Atomics.store(this.#words, nextWord, job << jobShift);
    Atomics.notify(this.#words, nextWord);
  }

  /** The smallest cosine that counts; one that is out of date only lets more through. */
  get floor(): number {
    return this.#floor[0] as number;
  }
  set floor(floor: number) {
    this.#floor[0] = floor;
  }

  /** How many matches this thread has for the job. */
  get found(): number {
    return this.#found;
  }

  /** The next stretch, for this thread alone; null: all are claimed, or its matches would have no room. */
  claim(): Stretch | null {
    for (;;) {
      const next = Atomics.load(this.#words, nextWord);
      const index = next & indexMask;
      const job = next >> jobShift;
      const stretch = {
        first: this.#stretches[2 * index] as number,
        count: this.#stretches[2 * index + 1] as number,
      };
      const found = job === this.#job ? this.#found : 0;
      if (index >= Atomics.load(this.#words, countWord) || found + stretch.count > this.#matchesMax) {
        this.#seen = next;
        return null;
      }
      if (Atomics.compareExchange(this.#words, nextWord, next, next + 1) !== next) continue;
      this.#job = job;
      this.#found = found;
      return stretch;
    }
  }

  /** The helper has done what it claimed, and written so many matches. */
  finish(matches: number): void {
    this.#found += matches;
    Atomics.store(this.#words, foundWord, this.#found);
    Atomics.add(this.#words, doneWord, 1);
    Atomics.notify(this.#words, doneWord);
  }

  /** The helper sleeps until another job is opened; false: none was for so long. */
  sleep(ms: number): boolean {
    return Atomics.wait(this.#words, nextWord, this.#seen, ms) !== 'timed-out';
  }

  /**
   * For the thread that opened the job, when nothing is left to claim: waits until the helper has done what the caller
   * has not, and returns how many matches it wrote. null: it is not done after so long.
   */
  foundByHelper(doneByCaller: number, ms: number): number | null {
    const claimed = Atomics.load(this.#words, countWord) - doneByCaller;
    for (let done = 0; done < claimed; done = Atomics.load(this.#words, doneWord)) {
      if (Atomics.wait(this.#words, doneWord, done, ms) === 'timed-out') return null;
    }
    return Atomics.load(this.#words, foundWord);
  }
}
