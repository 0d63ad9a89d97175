import { expect, test } from 'vitest';
import { OldTimes } from '../../src/legacy/old-times.ts';

const utc = (...parts: Parameters<typeof Date.UTC>) => Date.UTC(...parts);

test.each([
  ['2025-08-08T10:11:12.131415', 'UTC', utc(2025, 7, 8, 10, 11, 12, 131)],
  ['2025-08-08T10:11:12', 'Europe/Berlin', utc(2025, 7, 8, 8, 11, 12)],
  ['2025-01-08T10:11:12', 'Europe/Berlin', utc(2025, 0, 8, 9, 11, 12)],
  ['2025-08-08 10:11:12', '+05:30', utc(2025, 7, 8, 4, 41, 12)],
  ['2025-08-08T10:11:12Z', 'Asia/Tokyo', utc(2025, 7, 8, 10, 11, 12)],
  ['2025-08-08T10:11:12.5-03:00', 'Asia/Tokyo', utc(2025, 7, 8, 13, 11, 12, 500)],
  ['2025-08-08', 'UTC', utc(2025, 7, 8)],
  // Skipped when the clocks go forward, and shown twice when they go back: the first that it may mean.
  ['2025-03-30T02:30:00', 'Europe/Berlin', utc(2025, 2, 30, 1, 30)],
  ['2025-10-26T02:30:00', 'Europe/Berlin', utc(2025, 9, 26, 0, 30)],
  ['2025-02-30T00:00:00', 'UTC', null],
  ['2025-08-08T24:00:00', 'UTC', null],
  ['yesterday', 'UTC', null],
  ['1754647872.5', 'UTC', null],
  ['', 'UTC', null],
])('%j in %s', (text, zone, expected) => {
  expect(new OldTimes(zone).utcMs('Resources', '1', text)).toBe(expected);
});

test('what cannot be read is counted and named; no time at all is neither', () => {
  const times = new OldTimes('UTC');
  times.utcMs('Resources', '7', 'soon');
  times.utcMs('Resources', '8', null);
  times.utcMs('Resources', '9', '2025-08-08T10:11:12');
  expect([times.read, times.zoneless, times.unreadableCount, times.unreadable]).toEqual([
    1,
    1,
    1,
    [{ table: 'Resources', id: '7', text: 'soon' }],
  ]);
});

test('an unknown zone is refused', () => {
  expect(() => new OldTimes('Middle-earth')).toThrow('Expected --timezone to be a time zone');
});
