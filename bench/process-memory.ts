import { readFileSync } from 'node:fs';
import { processTree } from './process-tree.ts';

export interface ProcessMemory {
  processes: number;
  /** As tools show it; pages that several processes share count in each of them. */
  residentMegabytes: number;
  /** Shared pages count in parts: what several servers together take is the sum of this. */
  proportionalMegabytes: number;
}

/** Memory of a process and of all that it started, together (Linux; NaN elsewhere). */
export function processTreeMemory(pid: number): ProcessMemory {
  const rollups = processTree(pid).map((each) => readFileSync(`/proc/${each}/smaps_rollup`, 'utf8'));
  if (rollups.length === 0) {
    return { processes: 0, residentMegabytes: Number.NaN, proportionalMegabytes: Number.NaN };
  }
  const megabytes = (name: string) =>
    rollups
      .map((rollup) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1]) / 1024)
      .reduce((sum, each) => sum + each, 0);
  return {
    processes: rollups.length,
    residentMegabytes: megabytes('Rss'),
    proportionalMegabytes: megabytes('Pss'),
  };
}
