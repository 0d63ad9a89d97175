import { LtmcError } from '../errors.ts';
import { limits } from '../limits.ts';

const pattern =
  /^\s*(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2}(?::?\d{2})?)?)?\s*$/i;
const fixedOffset = /^[+-](\d{2}):?(\d{2})(?::?(\d{2}))?$/;

/** A time that could not be read: where it stands, and what it says. */
export interface UnreadableTime {
  table: string;
  id: string;
  text: string;
}

/**
 * Reads the times of old rows as UTC milliseconds: Python's `isoformat`, with a zone or without, and SQLite's own
 * form. A time without a zone is one of `zone` (an IANA name, `UTC` or an offset such as `+02:00`).
 */
export class OldTimes {
  readonly zone: string;
  readonly #format: Intl.DateTimeFormat | null;
  readonly #fixedOffsetMs: number;
  read = 0;
  zoneless = 0;
  unreadableCount = 0;
  /** The first of them. */
  readonly unreadable: UnreadableTime[] = [];

  /** Throws `invalid_argument` for a zone that this system does not know. Default: this machine's zone. */
  constructor(zone?: string) {
    this.zone = zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
    this.#fixedOffsetMs = offsetMs(this.zone) ?? 0;
    this.#format = offsetMs(this.zone) === null ? formatOf(this.zone) : null;
  }

  /** null for what is no time; NULL itself is not counted as unreadable. */
  utcMs(table: string, id: string, value: unknown): number | null {
    if (value === null || value === undefined) return null;
    const text = Buffer.isBuffer(value) ? value.toString('utf8') : String(value);
    const ms = this.#parse(text);
    if (ms === null) {
      this.unreadableCount++;
      if (this.unreadable.length < limits.reportExamplesMax) {
        this.unreadable.push({ table, id, text: text.slice(0, limits.echoedArgumentCharactersMax) });
      }
      return null;
    }
    this.read++;
    return ms;
  }

  #parse(text: string): number | null {
    const found = pattern.exec(text);
    if (found === null) return null;
    const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part ?? 0)) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    if (hour > 23 || minute > 59 || second > 59) return null;
    const wall = new Date(0);
    wall.setUTCFullYear(year, month - 1, day);
    if (wall.getUTCMonth() !== month - 1 || wall.getUTCDate() !== day) return null;
    wall.setUTCHours(hour, minute, second, Number((found[7] ?? '').padEnd(3, '0').slice(0, 3)));
    const zone = found[8];
    if (zone === undefined) {
      this.zoneless++;
      return this.#localToUtc(wall.getTime());
    }
    return wall.getTime() - (zone.toUpperCase() === 'Z' ? 0 : (offsetMs(zone) ?? 0));
  }

  /** A time that the clocks skipped or showed twice is taken as the first that it may mean. */
  #localToUtc(wallMs: number): number {
    if (this.#format === null) return wallMs - this.#fixedOffsetMs;
    const dayMs = 86_400_000;
    const before = wallMs - this.#offsetAt(wallMs - dayMs);
    const after = wallMs - this.#offsetAt(wallMs + dayMs);
    const fitting = [before, after].filter((utcMs) => utcMs + this.#offsetAt(utcMs) === wallMs);
    return fitting.length > 0 ? Math.min(...fitting) : before;
  }

  #offsetAt(utcMs: number): number {
    const parts = new Map(
      (this.#format as Intl.DateTimeFormat)
        .formatToParts(utcMs)
        .map(({ type, value }) => [type, Number(value)]),
    );
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const wall = new Date(0);
    wall.setUTCFullYear(part('year'), part('month') - 1, part('day'));
    wall.setUTCHours(part('hour'), part('minute'), part('second'), ((utcMs % 1000) + 1000) % 1000);
    return wall.getTime() - utcMs;
  }
}

function formatOf(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
  } catch (cause) {
    throw new LtmcError(
      'invalid_argument',
      `Expected --timezone to be a time zone; got ${JSON.stringify(zone.slice(0, limits.echoedArgumentCharactersMax))}.`,
      'For example: Europe/Berlin, UTC or +02:00.',
      { cause },
    );
  }
}

function offsetMs(zone: string): number | null {
  const found = fixedOffset.exec(zone);
  if (found === null) return /^(Z|UTC)$/i.test(zone) ? 0 : null;
  const seconds = Number(found[1]) * 3600 + Number(found[2]) * 60 + Number(found[3] ?? 0);
  return (zone.startsWith('-') ? -1 : 1) * seconds * 1000;
}
