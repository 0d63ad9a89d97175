import type { Timestamp } from '../domain/ports.ts';

/** A row's time as ISO 8601 in UTC; null where it cannot be read. */
export function rowTime({ ms }: Timestamp): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
