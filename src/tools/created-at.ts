import * as z from 'zod';
import type { Timestamp } from '../domain/ports.ts';
import { describeValue, problemIssue } from './problem.ts';

const iso8601 =
  /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?$/i;

/** A moment as its text and its UTC milliseconds; without a zone it is UTC. null: not ISO 8601. */
function parseMoment(text: string): Timestamp | null {
  const match = iso8601.exec(text.trim());
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const fractionMs = Math.floor(Number(`0.${match[7] ?? '0'}`) * 1000);
  const local = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!, fractionMs);
  const calendar = new Date(local);
  // Date.UTC rolls 30 February over into March; such a day is no day. Years below 100 it moves to 19xx.
  const exact =
    calendar.getUTCFullYear() === year &&
    calendar.getUTCMonth() === month! - 1 &&
    calendar.getUTCDate() === day &&
    hour! < 24 &&
    minute! < 60 &&
    second! < 60;
  const offsetMs = zoneOffsetMs(match[8]);
  if (!exact || offsetMs === null) return null;
  return { text: text.trim(), ms: local - offsetMs };
}

function zoneOffsetMs(zone: string | undefined): number | null {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 14 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** The `created_at` argument of tools that write. */
export const createdAt = z
  .string()
  .transform((text, refinement): Timestamp => {
    const moment = parseMoment(text);
    if (moment !== null) return moment;
    refinement.addIssue(
      problemIssue({ expected: 'an ISO 8601 time such as "2025-03-01T12:00:00Z"', got: describeValue(text) }),
    );
    return z.NEVER;
  })
  .optional()
  .describe('ISO 8601 (no zone: UTC); only for importing history');
