/** Exchanges a database, with the side files of the other, and dies at a step: `swap-and-die.ts DATABASE REPLACEMENT STEP`. */
import { existsSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { contentDigest } from '../../../src/legacy/content-digest.ts';
import { swapFiles } from '../../../src/legacy/swap-files.ts';

const [path = '', replacement = '', fatal = ''] = process.argv.slice(2);
const look = new Sqlite(path, { readonly: true });
const expectedDigest = contentDigest(look, 'main');
look.close();
const sideFiles = ['-wal', '-journal']
  .filter((suffix) => existsSync(replacement + suffix))
  .map((suffix) => ({ from: replacement + suffix, suffix }));
await swapFiles(
  { path, replacement, sideFiles, expectedDigest, platform: 'linux', busyTimeoutMs: 1_000 },
  (step) => {
    if (step === fatal) process.kill(process.pid, 'SIGKILL');
  },
);
