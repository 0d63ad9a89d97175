import { readdirSync, readFileSync } from 'node:fs';

/** A process and all that it started (Linux; elsewhere, and once it has ended, none). */
export function processTree(pid: number): number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
    return [pid, ...children.flatMap(processTree)];
  } catch {
    return [];
  }
}

/** Of Linux's clock for processes, on every machine that Node runs on. */
const tickMs = 10;

/** Processor time of all threads of these processes up to now. NaN: not known here. */
export function processorMs(pids: readonly number[]): number {
  if (pids.length === 0) return Number.NaN;
  return pids
    .map((pid) => {
      // The name, in brackets, may hold blanks. User and system time are fields 14 and 15 of the line.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) * tickMs;
    })
    .reduce((sum, ms) => sum + ms, 0);
}
