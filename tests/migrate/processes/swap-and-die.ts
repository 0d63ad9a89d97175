/** Exchanges a database and dies at a step: `swap-and-die.ts DATABASE REPLACEMENT STEP`. */
import Sqlite from 'better-sqlite3';
import { contentDigest } from '../../../src/legacy/content-digest.ts';
import { swapFiles } from '../../../src/legacy/swap-files.ts';

const [path = '', replacement = '', fatal = ''] = process.argv.slice(2);
const look = new Sqlite(path, { readonly: true });
const expectedDigest = contentDigest(look, 'main');
look.close();
await swapFiles(
  { path, replacement, sideFiles: [], expectedDigest, platform: 'linux', busyTimeoutMs: 1_000 },
  (step) => {
    if (step === fatal) process.kill(process.pid, 'SIGKILL');
  },
);
