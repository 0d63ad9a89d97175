import type { Defined } from '../defined.ts';
import type { Timestamp } from '../domain/ports.ts';

type Telling<Fields> = Defined<{
  [Key in keyof Fields]: null extends Fields[Key] ? Exclude<Fields[Key], null> | undefined : Fields[Key];
}>;

/** Leaves out what is undefined or null: a field of an answer that says nothing. */
export function telling<Fields extends Record<string, unknown>>(fields: Fields): Telling<Fields> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  ) as Telling<Fields>;
}

/** Three digits tell two answers apart; more are noise that is paid for. */
export function threeDigits(score: number): number {
  return Math.round(score * 1000) / 1000;
}

/** The same of a figure that is not always known. */
export function threeDigitsIfKnown(score: number | null | undefined): number | undefined {
  return score === undefined || score === null ? undefined : threeDigits(score);
}

export function threeDigitsEach(parts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, threeDigits(value)]));
}

/** ISO 8601 in UTC; null where an old row's time cannot be read. */
export function isoTime(moment: Timestamp): string | null {
  return moment.ms === null ? null : new Date(moment.ms).toISOString();
}
