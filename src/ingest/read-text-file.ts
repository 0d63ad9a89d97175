import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { limits } from '../limits.ts';
import { holdsCredentials } from './credential-files.ts';

export type ReadFile = { content: string } | { reason: string; isUnreadable?: true };

/**
 * A file's text, whole, or why it is none to store. Between the walk and now the file may have become a
 * link, a pipe or larger: it is opened first and judged by what was opened.
 */
export async function readTextFile(path: string): Promise<ReadFile> {
  try {
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    // Windows has neither of the last two.
    await using handle = await open(path, O_RDONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0));
    const stats = await handle.stat();
    if (!stats.isFile()) return { reason: 'not a regular file' };
    if (stats.size > limits.contentBytesMaxIngest) return tooLarge;
    const bytes = await handle.readFile();
    if (bytes.length > limits.contentBytesMaxIngest) return tooLarge;
    return textOf(bytes, basename(path));
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { reason: 'gone since the folder was listed' };
    if (code === 'ELOOP' || code === 'EMLINK') return { reason: 'a symbolic link' };
    if (code === undefined) throw thrown;
    return { reason: 'cannot be read', isUnreadable: true };
  }
}

const tooLarge = { reason: `larger than ${limits.contentBytesMaxIngest / 1_000_000} MB` };

function textOf(bytes: Buffer, name: string): ReadFile {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (isUtf16) return { reason: 'not UTF-8' };
  // As git tells binary files from text.
  if (bytes.includes(0)) return { reason: 'binary' };
  if (holdsCredentials(name, bytes.toString('latin1', 0, limits.ingestProbeBytes))) {
    return { reason: 'keys and credentials' };
  }
  try {
    const content = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return content.trim() === '' ? { reason: 'empty' } : { content };
  } catch {
    return { reason: 'not UTF-8' };
  }
}
