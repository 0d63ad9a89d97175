import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { BestOwners } from '../../src/storage/sqlite/best-owners.ts';
import { helperMatches, kernelBytes, ScanKernel } from '../../src/storage/sqlite/scan-kernel.ts';
import { ScanThread } from '../../src/storage/sqlite/scan-thread.ts';
import { rowsPerSegment } from '../../src/storage/sqlite/slot-addresses.ts';
import { StretchQueue } from '../../src/storage/sqlite/stretch-queue.ts';
import { VectorBlocks, type VectorBlocksOptions } from '../../src/storage/sqlite/vector-blocks.ts';
import { unitVector, vectorAt } from './made-vectors.ts';

const rows = 3 * rowsPerSegment;
const patience = { timeout: 30_000, interval: 5 };
const stretches = Array.from({ length: rows / 64 }, (_, i) => ({ first: i * 64, count: 64 }));
let vectors: Float32Array[];

beforeAll(() => {
  vectors = Array.from({ length: rows }, (_, i) => unitVector(i));
});

function blocksOf(options: VectorBlocksOptions): VectorBlocks {
  const blocks = new VectorBlocks(options);
  vectors.forEach((vector, slot) => {
    blocks.set(slot, vector, slot, slot);
  });
  return blocks;
}

function nearest(blocks: VectorBlocks, query: Float32Array, limit = 50) {
  const best = new BestOwners(limit);
  blocks.setQuery(query);
  blocks.scan(stretches, best);
  return best.sorted();
}

function processFile(name: string): string {
  return join(import.meta.dirname, 'processes', name);
}

function imported(name: string): string {
  const path = resolve(import.meta.dirname, '../../src/storage/sqlite', `${name}.ts`);
  return JSON.stringify(pathToFileURL(path).href);
}

/** The exit code and stdout of a Node process; one that does not end is killed. */
async function ranToItsEnd(
  words: string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<[code: number | null, stdout: string]> {
  const child = spawn(process.execPath, words, {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: patience.timeout,
    killSignal: 'SIGKILL',
  });
  const written: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => written.push(bytes));
  const [code] = (await once(child, 'close')) as [number | null];
  return [code, Buffer.concat(written).toString()];
}

// On one core there is none.
describe.skipIf(availableParallelism() < 2)('the second thread of a scan', () => {
  test.each([true, false])(
    'finds with the first what one finds alone (relaxed SIMD: %s)',
    async (relaxed) => {
      const alone = blocksOf({ relaxed });
      const helped = blocksOf({ relaxed, threadFromRows: rows });
      expect(nearest(helped, unitVector(1))).toEqual(nearest(alone, unitVector(1)));
      await vi.waitFor(() => expect(helped.hasThread).toBe(true), patience);
      for (let i = 0; i < 200; i++) {
        const query =
          i % 2 === 0 ? unitVector(50_000 + i) : vectorAt(0.7, vectors[i * 37] as Float32Array, i);
        expect(nearest(helped, query, 1 + i), `query ${i}`).toEqual(nearest(alone, query, 1 + i));
      }
      expect([alone.hasThread, helped.hasThread]).toEqual([false, true]);
    },
  );

  test('sees what was written since it is there', async () => {
    const helped = blocksOf({ threadFromRows: rows });
    nearest(helped, unitVector(1));
    await vi.waitFor(() => expect(helped.hasThread).toBe(true), patience);
    for (let slot = rows; slot < 4 * rows; slot += 64) {
      helped.set(slot, unitVector(100_000 + slot), slot, slot);
      const best = new BestOwners(1);
      helped.setQuery(unitVector(100_000 + slot));
      helped.scan([...stretches, { first: slot, count: 64 }], best);
      expect(best.sorted()[0]?.ownerId).toBe(slot);
    }
  });

  test('does what the first leaves to it', async () => {
    const memory = new WebAssembly.Memory({ initial: kernelBytes / 65_536 + 60, maximum: 200, shared: true });
    const thread = new ScanThread({ memory, relaxed: true });
    thread.start();
    await vi.waitFor(() => expect(thread.isRunning).toBe(true), patience);
    const kernel = new ScanKernel(memory);
    kernel.setQuery(unitVector(1));
    const queue = new StretchQueue(memory);
    queue.open(stretches.slice(0, 10), Number.NEGATIVE_INFINITY);
    // All rows are zeros of the scale 0 here: the cosine of each is 0, and all reach the floor.
    expect(queue.foundByHelper(0, patience.timeout)).toBe(640);
    const { slots, cosines } = kernel.matches(helperMatches, 640);
    const found = Array.from({ length: 640 }, (_, i) => [slots[2 * i], cosines[2 * i + 1]]);
    expect(found.toSorted((a, b) => Number(a[0]) - Number(b[0]))).toEqual(
      Array.from({ length: 640 }, (_, slot) => [slot, 0]),
    );
    thread.giveUp();
    await vi.waitFor(() => expect(thread.isRunning).toBe(false), patience);
  });

  test('that hangs is given up, and the answer is right', async () => {
    const alone = blocksOf({});
    const helped = blocksOf({ threadFromRows: 0, threadFile: processFile('stuck-scan-worker.ts') });
    nearest(helped, unitVector(1));
    await vi.waitFor(() => expect(helped.hasThread).toBe(true), patience);
    await vi.waitFor(() => {
      expect(nearest(helped, unitVector(7))).toEqual(nearest(alone, unitVector(7)));
      expect(helped.hasThread).toBe(false);
    }, patience);
    expect(nearest(helped, unitVector(8))).toEqual(nearest(alone, unitVector(8)));
  });

  test('that cannot be started is done without', async () => {
    const helped = blocksOf({ threadFromRows: 0, threadFile: processFile('no-such-file.ts') });
    const found = nearest(helped, unitVector(1));
    for (let i = 0; i < 20; i++) {
      await new Promise(setImmediate);
      expect(nearest(helped, unitVector(1))).toEqual(found);
    }
  });

  test('keeps no process from ending', async () => {
    expect(await ranToItsEnd([processFile('scan-and-end.ts')])).toEqual([0, 'scanned\n']);
  });

  test('runs nothing that NODE_OPTIONS wants to be run', async () => {
    const line = `
      const { ScanThread } = await import(${imported('scan-thread')});
      const { StretchQueue } = await import(${imported('stretch-queue')});
      const memory = new WebAssembly.Memory({ initial: 100, maximum: 200, shared: true });
      const thread = new ScanThread({ memory, relaxed: true });
      thread.start();
      while (!thread.isRunning) await new Promise(setImmediate);
      const queue = new StretchQueue(memory);
      queue.open([{ first: 0, count: 64 }], 1);
      console.log(queue.foundByHelper(0, 10_000));`;
    const script = "import{isMainThread}from'node:worker_threads';if(!isMainThread)throw(0)";
    const environment = { ...process.env, NODE_OPTIONS: `--import=data:text/javascript,${script}` };
    const words = ['--input-type=module', '--eval', line];
    expect(await ranToItsEnd(words, environment)).toEqual([0, '0\n']);
  });

  test('that this process may not have is done without', async () => {
    const line = `
      const { BestOwners } = await import(${imported('best-owners')});
      const { VectorBlocks } = await import(${imported('vector-blocks')});
      const blocks = new VectorBlocks({ threadFromRows: 0 });
      blocks.set(0, new Float32Array(384).fill(1 / Math.sqrt(384)), 1, 9);
      blocks.setQuery(new Float32Array(384).fill(1 / Math.sqrt(384)));
      const best = new BestOwners(1);
      blocks.scan([{ first: 0, count: 64 }], best);
      console.log(best.sorted()[0].ownerId, blocks.hasThread);`;
    const flags = ['--permission', '--allow-fs-read=*', '--input-type=module', '--eval', line];
    expect(await ranToItsEnd(flags)).toEqual([0, '9 false\n']);
  });
});
