import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const program = join(import.meta.dirname, 'load-and-exit.ts');

function exitOf(afterMs: number): Promise<{ code: number | null; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, String(afterMs)], (_, __, stderr) =>
      resolve({ code: child.exitCode, stderr }),
    );
  });
}

test('a process that ends while its thread loads the model does not abort', async () => {
  // Where in the load each of them ends depends on the machine; about one in four of these did abort.
  for (let afterMs = 20; afterMs <= 320; afterMs += 20) {
    expect(await exitOf(afterMs)).toEqual({ code: 7, stderr: '' });
  }
}, 60_000);
