import { readdirSync, readlinkSync } from 'node:fs';
import { LtmcError } from '../errors.ts';

/** What somebody is to do first. With the processes that have it open, where the system tells which. */
export function databaseBusy(path: string, message: string): LtmcError {
  const holders = processesUsing(path);
  return new LtmcError(
    'database_busy',
    holders.length === 0 ? message : `${message} It is open in process ${holders.join(', ')}.`,
    'Stop the server and its clients, then run the command again.',
  );
}

/** Processes that hold a file open, where the system tells it (Linux, those of this user); otherwise none. */
function processesUsing(path: string): number[] {
  const found: number[] = [];
  for (const name of namesIn('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const folder = `/proc/${name}/fd`;
    const usesIt = namesIn(folder).some((handle) => {
      try {
        return readlinkSync(`${folder}/${handle}`) === path;
      } catch {
        return false;
      }
    });
    if (usesIt) found.push(Number(name));
  }
  return found;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
