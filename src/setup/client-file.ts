import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';
import { notReadable } from './refusals.ts';

/**
 * A client's file as it was read. It is written whole or not at all: a new file in the same folder takes its
 * place by a rename, with the old one's mode. Behind a symbolic link it is the link's target that changes.
 */
export interface ClientFile {
  /** As the client names it. */
  path: string;
  /** Where it really lies. */
  target: string;
  /** null: there is none yet. */
  bytes: Buffer | null;
  /** Without the byte order mark; '' where there is no file. */
  text: string;
}

const byteOrderMark = '\uFEFF';

/** Throws `invalid_argument` for what is no text file. */
export function readClientFile(path: string): ClientFile {
  const target = targetOf(path);
  const stats = statSync(target, { throwIfNoEntry: false });
  if (stats === undefined) return { path, target, bytes: null, text: '' };
  if (!stats.isFile()) throw notReadable('a file');
  if (stats.size > limits.clientFileBytesMax) {
    throw notReadable(`at most ${limits.clientFileBytesMax} bytes long`);
  }
  const bytes = readFileSync(target);
  try {
    return { path, target, bytes, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (cause) {
    throw notReadable('text in UTF-8', cause);
  }
}

/**
 * Puts `text` in the file's place, '' for no file at all, after a copy of the old one was made beside it.
 * Returns the copy's path. Throws when the file is another than the one that was read.
 */
export function replaceClientFile(file: ClientFile, text: string, stamp: string): string | undefined {
  try {
    const backup = file.bytes === null ? undefined : backUp(file.target, stamp);
    if (text === '') rmSync(file.target);
    else write(file, text);
    return backup;
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') throw thrown;
    throw new LtmcError(
      'read_only',
      `Expected ${file.target} and its folder to be writable; they are not. Nothing was changed.`,
      'Check the permissions, or close the client if it keeps the file open.',
      { cause: thrown },
    );
  }
}

function write({ target, bytes }: ClientFile, text: string): void {
  const folder = dirname(target);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `.${basename(target)}.${process.pid}.tmp`);
  const mode = bytes === null ? 0o600 : statSync(target).mode & 0o7777;
  const hadMark = bytes?.subarray(0, 3).toString('utf8') === byteOrderMark;
  try {
    const handle = openSync(temporary, 'wx', mode);
    try {
      writeSync(handle, Buffer.from(hadMark ? byteOrderMark + text : text));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    // The process's mask took bits away.
    chmodSync(temporary, mode);
    // The client may have written meanwhile; its change must not be lost.
    const now = existsSync(target) ? readFileSync(target) : null;
    if (!(now === null ? bytes === null : bytes?.equals(now))) throw changedMeanwhile(target);
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function backUp(target: string, stamp: string): string {
  for (let number = 1; ; number++) {
    const backup = `${target}.backup_${stamp}${number === 1 ? '' : `_${number}`}`;
    try {
      copyFileSync(target, backup, constants.COPYFILE_EXCL);
      chmodSync(backup, statSync(target).mode & 0o7777);
      return backup;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST' || number > 100) throw thrown;
    }
  }
}

/** Where a path leads, also when there is nothing yet at the end of a link. */
function targetOf(path: string): string {
  try {
    return realpathSync(path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT')
      throw notReadable('one that can be reached', thrown);
  }
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return isLink ? resolve(dirname(path), readlinkSync(path)) : path;
}

function changedMeanwhile(target: string): LtmcError {
  return new LtmcError(
    'invalid_argument',
    `Expected ${target} to stay as it was while it was changed; another program wrote to it. Its text was kept.`,
    'Close the client and run this again.',
  );
}
