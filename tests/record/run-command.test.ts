import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { limits } from '../../src/limits.ts';
import { OutputCapture } from '../../src/record/output-capture.ts';
import { runCommand } from '../../src/record/run-command.ts';

async function run(
  line: string,
  { isTTY, environment = {} }: { isTTY: boolean; environment?: Record<string, string> },
) {
  const out = Object.assign(new PassThrough(), { isTTY });
  const err = Object.assign(new PassThrough(), { isTTY });
  const written = buffer(out);
  err.resume();
  const finished = await runCommand(
    { file: process.execPath, words: ['-e', line], isVerbatim: false },
    { PATH: process.env.PATH, ...environment },
    { out, err, isInputTerminal: false },
  );
  out.end();
  return { ...finished, written: String(await written) };
}

const showColours = 'console.log([process.env.FORCE_COLOR, process.env.CARGO_TERM_COLOR])';

test('where our output is a terminal the command is told that colours are welcome, unless the user is against it', async () => {
  expect((await run(showColours, { isTTY: true })).written).toContain("'1'");
  expect((await run(showColours, { isTTY: false })).written).toContain('undefined, undefined');
  expect((await run(showColours, { isTTY: true, environment: { NO_COLOR: '1' } })).written).toContain(
    'undefined, undefined',
  );
  expect((await run(showColours, { isTTY: true, environment: { FORCE_COLOR: '0' } })).written).toContain(
    "'0'",
  );
});

test('a long output passes through whole; of it the head and the tail are kept', async () => {
  const line = `process.stdout.write('first\\n' + 'x'.repeat(${limits.recordOutputBytesEachEnd * 4}) + '\\nlast')`;
  const { written, output, status } = await run(line, { isTTY: false });
  expect(status).toBe(0);
  expect(written.length).toBe(limits.recordOutputBytesEachEnd * 4 + 11);
  expect(output.startsWith('first\nxxx')).toBe(true);
  expect(output.endsWith('xxx\nlast')).toBe(true);
  expect(output).toContain(`[… ${limits.recordOutputBytesEachEnd * 2 + 11} bytes left out …]`);
});

test.each([1, 3, 7, 64])('chunks of %i bytes are kept as one would be', (size) => {
  const text = 'ä0123456789'.repeat(9);
  const bytes = Buffer.from(text);
  const whole = new OutputCapture(bytes.length);
  const ends = new OutputCapture(20);
  for (let at = 0; at < bytes.length; at += size) {
    whole.add(bytes.subarray(at, at + size));
    ends.add(bytes.subarray(at, at + size));
  }
  expect(whole.text()).toBe(text);
  const [head, middle, tail] = ends.text().split('\n');
  expect([head, tail]).toEqual([String(bytes.subarray(0, 20)), String(bytes.subarray(-20))]);
  expect(middle).toBe(`[… ${bytes.length - 40} bytes left out …]`);
});
