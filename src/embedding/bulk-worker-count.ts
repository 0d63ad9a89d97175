import { limits } from '../limits.ts';

/**
 * Processes for a load: by default half the cores, so that a laptop stays usable, and not many, since each holds a
 * model.
 */
export function bulkWorkerCount(asked: number | 'all' | null, cores: number): number {
  if (asked === 'all') return Math.min(cores, limits.bulkWorkersMax);
  return asked ?? Math.max(1, Math.min(cores >> 1, limits.bulkWorkersDefaultMax));
}
