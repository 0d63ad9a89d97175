import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire, getCompileCacheDir } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import { limits } from './limits.ts';

type Exports = Record<string, unknown>;

/**
 * Runs a script of the bundle with the compiled code that an earlier process kept of it, and gives its exports.
 * Node's own cache holds what is compiled when a file is loaded. Functions are compiled when they are first
 * called, and a start calls hundreds of the protocol library's, so here code is kept once it has run.
 *
 * The file is an expression, a function of `module` and `require`, in ASCII. Its name changes with what is in
 * it (scripts/kept-library.ts): of two scripts of one length V8 would take the one's code for the other's.
 */
export function runKept(path: string): Exports {
  // Node's folder for this version, this machine and this user; undefined where nothing is to be kept.
  const folder = getCompileCacheDir();
  const keptPath = folder === undefined ? undefined : join(folder, `${basename(path)}.code`);
  const cachedData = keptPath === undefined ? undefined : keptCode(keptPath);
  const script = new Script(readFileSync(path, 'latin1'), { filename: path, cachedData });
  // V8 rejects what another V8 made.
  const isKept = cachedData !== undefined && script.cachedDataRejected === false;
  if (keptPath !== undefined && !isKept) keepOnce(script, keptPath);
  const module: { exports: Exports } = { exports: {} };
  script.runInThisContext()(module, createRequire(path));
  return module.exports;
}

/** Nothing where it is damaged: V8 trusts what is inside. The check sum comes last, so that the code is aligned. */
function keptCode(path: string): Buffer | undefined {
  try {
    const bytes = readFileSync(path);
    const code = bytes.subarray(0, -4);
    return crc32(code) === bytes.readUInt32LE(code.length) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** Soon, because V8 lets go of code that has not run for long; at the latest when the process ends. */
function keepOnce(script: Script, path: string): void {
  const keepNow = () => {
    clearTimeout(timer);
    process.off('exit', keepNow);
    keep(script.createCachedData(), path);
  };
  const timer = setTimeout(keepNow, limits.keptCodeAfterMs).unref();
  process.once('exit', keepNow);
}

function keep(code: Buffer, path: string): void {
  const checkSum = Buffer.alloc(4);
  checkSum.writeUInt32LE(crc32(code));
  const unfinished = `${path}.${process.pid}`;
  try {
    writeFileSync(unfinished, Buffer.concat([code, checkSum]), { mode: 0o600 });
    renameSync(unfinished, path);
    removeForgotten(dirname(path));
  } catch {
    // The next start is slower, and that is all.
    remove(unfinished);
  }
}

/** What earlier versions kept, and what a killed process left. One that is still in use is made anew at its next start. */
function removeForgotten(folder: string): void {
  const oldestMs = Date.now() - limits.keptCodeMsMax;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (/\.code(?:\.\d+)?$/.test(name) && statSync(path).mtimeMs < oldestMs) remove(path);
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Windows removes no file that another process reads.
  }
}
