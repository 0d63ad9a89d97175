import type { Timestamp } from './ports.ts';

/** A moment of our own clock: ISO 8601 in UTC. */
export function timestampAt(ms: number): Timestamp {
  return { text: new Date(ms).toISOString(), ms };
}
