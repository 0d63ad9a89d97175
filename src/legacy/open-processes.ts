import { readdirSync, readlinkSync } from 'node:fs';

/** Processes that hold a file open, where the system tells it (Linux, those of this user); otherwise none. */
export function processesUsing(path: string): number[] {
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
