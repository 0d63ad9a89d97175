import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessMemory {
  processes: number;
  /** As tools show it; pages that several processes share count in each of them. */
  residentMegabytes: number;
  /** Shared pages count in parts: what several servers together take is the sum of this. */
  proportionalMegabytes: number;
}

const none: ProcessMemory = {
  processes: 0,
  residentMegabytes: Number.NaN,
  proportionalMegabytes: Number.NaN,
};

/** Memory of a process and of all that it started, together (Linux; NaN elsewhere). */
export function processTreeMemory(pid: number): ProcessMemory {
  let own: ProcessMemory;
  let children: number[];
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const megabytes = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(rollup)?.[1]) / 1024;
    own = { processes: 1, residentMegabytes: megabytes('Rss'), proportionalMegabytes: megabytes('Pss') };
    children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return none;
  }
  return children.map(processTreeMemory).reduce(
    (sum, child) => ({
      processes: sum.processes + child.processes,
      residentMegabytes: sum.residentMegabytes + child.residentMegabytes,
      proportionalMegabytes: sum.proportionalMegabytes + child.proportionalMegabytes,
    }),
    own,
  );
}
