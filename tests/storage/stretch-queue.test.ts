import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { queueAt } from '../../src/storage/sqlite/scan-kernel.ts';
import { type Stretch, StretchQueue, stretchesMax } from '../../src/storage/sqlite/stretch-queue.ts';

function newMemory() {
  return new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
}

function stretchesOf(count: number, rows = 64): Stretch[] {
  return Array.from({ length: count }, (_, i) => ({ first: i * rows, count: rows }));
}

describe('stretches that two threads share out', () => {
  test('each is claimed once, in whatever order they take turns, and none of a job that is over', () => {
    const turns = fc.array(fc.constantFrom('caller', 'helper', 'helper is done'), { maxLength: 60 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), turns), { maxLength: 5 }), (jobs) => {
        const memory = newMemory();
        const caller = new StretchQueue(memory);
        const helper = new StretchQueue(memory);
        for (const [count, order] of jobs) {
          const offered = stretchesOf(count);
          const claimed: Stretch[] = [];
          let byCaller = 0;
          let pending = 0;
          caller.open(offered, 0.5);
          const callerClaims = () => {
            const stretch = caller.claim();
            if (stretch === null) return false;
            claimed.push(stretch);
            byCaller++;
            return true;
          };
          const helperFinishes = () => {
            for (; pending > 0; pending--) helper.finish(1);
          };
          for (const turn of order) {
            if (turn === 'caller') callerClaims();
            else if (turn === 'helper is done') helperFinishes();
            else {
              const stretch = helper.claim();
              if (stretch === null) continue;
              claimed.push(stretch);
              pending++;
            }
          }
          while (callerClaims());
          helperFinishes();
          expect(helper.claim()).toBeNull();
          expect(caller.foundByHelper(byCaller, 0)).toBe(count - byCaller);
          expect(claimed.toSorted((a, b) => a.first - b.first)).toEqual(offered);
        }
      }),
    );
  });

  test('what the helper has begun is waited for, and no longer than is said', () => {
    const memory = newMemory();
    const caller = new StretchQueue(memory);
    const helper = new StretchQueue(memory);
    caller.open(stretchesOf(2), 0);
    expect([helper.claim()?.first, caller.claim()?.first, caller.claim()]).toEqual([0, 64, null]);
    expect(caller.foundByHelper(1, 1)).toBeNull();
    helper.finish(7);
    expect(caller.foundByHelper(1, 1)).toBe(7);
  });

  test('the helper claims no more than it has room for, in each job anew', () => {
    const memory = newMemory();
    const caller = new StretchQueue(memory);
    const helper = new StretchQueue(memory, 100);
    for (let job = 0; job < 3; job++) {
      caller.open(stretchesOf(3), 0);
      expect(helper.claim()).toEqual({ first: 0, count: 64 });
      expect(helper.found).toBe(0);
      helper.finish(40);
      expect(helper.found).toBe(40);
      expect(helper.claim()).toBeNull();
      expect(caller.claim()).toEqual({ first: 64, count: 64 });
      expect(caller.claim()).toEqual({ first: 128, count: 64 });
      expect(caller.foundByHelper(2, 0)).toBe(40);
    }
  });

  test('behind the largest number of a job comes the smallest', () => {
    const memory = newMemory();
    const caller = new StretchQueue(memory);
    const helper = new StretchQueue(memory);
    new Int32Array(memory.buffer, queueAt, 1)[0] = (2 ** 19 - 3) << 12;
    for (let job = 0; job < 5; job++) {
      caller.open(stretchesOf(2), 0);
      expect([helper.claim()?.first, caller.claim()?.first]).toEqual([0, 64]);
      helper.finish(3);
      expect([helper.claim(), caller.claim(), caller.foundByHelper(1, 0)]).toEqual([null, null, 3]);
    }
  });

  test('a floor that rises is seen by both, and so many stretches have room', () => {
    const memory = newMemory();
    const caller = new StretchQueue(memory);
    const helper = new StretchQueue(memory);
    caller.open(stretchesOf(stretchesMax, 4_096), Number.NEGATIVE_INFINITY);
    expect(helper.floor).toBe(Number.NEGATIVE_INFINITY);
    caller.floor = 0.25;
    expect(helper.floor).toBe(0.25);
    for (let i = 0; i < stretchesMax; i++) expect(helper.claim()?.first).toBe(i * 4_096);
    expect(caller.claim()).toBeNull();
  });

  test('the helper sleeps only while nothing was offered since it looked', () => {
    const memory = newMemory();
    const caller = new StretchQueue(memory);
    const helper = new StretchQueue(memory);
    expect(helper.claim()).toBeNull();
    expect(helper.sleep(1)).toBe(false);
    caller.open(stretchesOf(1), 0);
    expect(helper.sleep(60_000)).toBe(true);
    expect(helper.claim()?.first).toBe(0);
  });
});
