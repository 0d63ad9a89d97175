import { copyFileSync, existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { crc32 } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import { limits } from '../../src/limits.ts';
import { runProgram, temporaryFolder } from './run-ltmc.ts';

const folder = temporaryFolder();
const keptScript = pathToFileURL(resolve(import.meta.dirname, '../../src/kept-script.ts')).href;

/** A new process runs the script in its own `cache`, where one is named, and prints what its function says. */
async function said(script: string, cache?: string): Promise<string> {
  const words = `
    ${cache === undefined ? '' : `process.getBuiltinModule('node:module').enableCompileCache(${JSON.stringify(cache)});`}
    const { runKept } = await import(${JSON.stringify(keptScript)});
    process.stdout.write(runKept(${JSON.stringify(script)}).say());`;
  const environment = { PATH: process.env.PATH ?? '' };
  const ran = await runProgram(process.execPath, ['--input-type=module', '--eval', words], {
    environment,
    cwd: folder,
  });
  expect(ran.code, ran.stderr).toBe(0);
  return ran.stdout;
}

function scriptThatSays(name: string, word: string): string {
  const path = join(folder, name);
  writeFileSync(path, `(function (module, require) { module.exports = { say: () => '${word}' }; })`);
  return path;
}

/** The files of compiled code that were kept, with their paths. */
function keptIn(cache: string): string[] {
  const names = readdirSync(cache, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.code')).map((name) => join(cache, name));
}

/** Its second word is the version. */
function ofAnotherV8(whole: Buffer): Buffer {
  const bytes = Buffer.from(whole).fill(0xff, 4, 8);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
  return bytes;
}

let one: string;
let cache: string;
let keptOfOne: string;
let count = 0;
beforeEach(async () => {
  cache = join(folder, `cache-${++count}`);
  one = scriptThatSays('one.cjs', 'one');
  expect(await said(one, cache)).toBe('one');
  const kept = keptIn(cache);
  expect(kept).toHaveLength(1);
  keptOfOne = kept[0]!;
});

test('what ran is kept, and the next process runs it: even another script of the same length', async () => {
  const two = scriptThatSays('two.cjs', 'two');
  copyFileSync(keptOfOne, keptOfOne.replace('one.cjs', 'two.cjs'));
  expect(await said(two, cache)).toBe('one');
});

test.each([
  ['empty', () => Buffer.alloc(0)],
  ['no code', () => Buffer.from('no compiled code at all')],
  ['cut short', (whole: Buffer) => whole.subarray(0, whole.length / 2)],
  ['damaged', (whole: Buffer) => Buffer.from(whole).fill(0xff, whole.length / 2, whole.length / 2 + 1)],
  ['of another V8', ofAnotherV8],
])('a kept file that is %s is not run, and is replaced', async (_, broken) => {
  const whole = readFileSync(keptOfOne);
  writeFileSync(keptOfOne, broken(whole));
  expect(await said(one, cache)).toBe('one');
  expect(readFileSync(keptOfOne)).toHaveLength(whole.length);
  expect(keptIn(cache)).toEqual([keptOfOne]);
});

test('what was kept long ago is removed when other code is kept, and nothing else is', async () => {
  const of = (name: string) => keptOfOne.replace('one.cjs.code', name);
  const longAgo = new Date(Date.now() - limits.keptCodeMsMax - 60_000);
  for (const name of ['earlier.cjs.code', 'killed.cjs.code.123', 'notes.txt', 'lately.cjs.code'])
    writeFileSync(of(name), name);
  for (const name of ['earlier.cjs.code', 'killed.cjs.code.123', 'notes.txt', 'one.cjs.code'])
    utimesSync(of(name), longAgo, longAgo);
  await said(one, cache);
  expect(existsSync(of('earlier.cjs.code'))).toBe(true);
  await said(scriptThatSays('two.cjs', 'two'), cache);
  const names = readdirSync(dirname(keptOfOne)).filter(
    (name) => name.includes('.code') || name.includes('.txt'),
  );
  expect(names.toSorted()).toEqual(['lately.cjs.code', 'notes.txt', 'two.cjs.code']);
});

test('where Node keeps nothing, nothing is kept', async () => {
  expect(await said(one)).toBe('one');
});
