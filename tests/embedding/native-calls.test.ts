import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NativeCalls } from '../../src/embedding/native-calls.ts';

const program = join(import.meta.dirname, 'embed-and-exit.ts');

function exitOf(afterMs: number): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, String(afterMs)], (_, __, stderr) =>
      resolve({ code: child.exitCode, stderr }),
    );
  });
}

test('a process that ends while its thread loads the model or runs it does not abort', async () => {
  // Where each of them ends depends on the machine; most of these did abort.
  for (let afterMs = 20; afterMs <= 480; afterMs += 20) {
    expect(await exitOf(afterMs)).toEqual({ code: 7, stderr: '' });
  }
}, 60_000);

test('closing waits for the calls that are under way, and none begins after it', async () => {
  const mainThread = new NativeCalls();
  const worker = new NativeCalls(mainThread.shared);
  const first = Promise.withResolvers<string>();
  const second = Promise.withResolvers<string>();
  const running = [worker.during(() => first.promise), worker.during(() => second.promise)];
  mainThread.closeNow(1);
  let isClosed = false;
  const closing = mainThread.close().then(() => {
    isClosed = true;
  });
  first.resolve('one');
  expect(await running[0]).toBe('one');
  expect(isClosed).toBe(false);
  second.resolve('two');
  expect(await running[1]).toBe('two');
  await closing;
  let begun = 0;
  void worker.during(async () => begun++);
  mainThread.closeNow(60_000);
  expect(begun).toBe(0);
});

test('a call that fails is over, and so is every call of a thread that is gone', async () => {
  const calls = new NativeCalls();
  await expect(calls.during(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  calls.closeNow(60_000);
  const left = new NativeCalls();
  void left.during(() => new Promise(() => {}));
  const closing = left.close();
  left.lost();
  await closing;
});
