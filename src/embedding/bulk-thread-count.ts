import { limits } from '../limits.ts';

/**
 * Threads for a load: by default half the cores, so that a laptop stays usable, and not many, since each holds a
 * model.
 */
export function bulkThreadCount(asked: number | 'all' | null, cores: number): number {
  if (asked === 'all') return Math.min(cores, limits.bulkThreadsMax);
  return asked ?? Math.max(1, Math.min(cores >> 1, limits.bulkThreadsDefaultMax));
}
