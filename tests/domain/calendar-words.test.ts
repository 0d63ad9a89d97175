import { expect, test } from 'vitest';
import { dateInWords, namedMonths } from '../../src/domain/calendar-words.ts';

const at = (iso: string) => Date.parse(iso);

test('a day is written as people write it, in UTC', () => {
  expect(dateInWords(at('2023-05-08T23:59:00Z'))).toBe('8 May 2023');
  expect(dateInWords(at('1999-12-31T00:00:00Z'))).toBe('31 December 1999');
  expect(dateInWords(null)).toBe('');
  expect(dateInWords(Number.MAX_SAFE_INTEGER)).toBe('');
});

test.each([
  ['What did we decide on 8 May 2023?', '2023-05-20', true],
  ['What did we decide in May?', '2024-05-01', true],
  ['What did we decide in May 2023?', '2024-05-01', false],
  ['what happened in october', '2022-10-31', true],
  ['what happened in october', '2022-11-01', false],
  ['the outage of 2024-03-11', '2024-03-30', true],
  ['the outage of 2024-03-11', '2024-11-03', false],
  ['between June and August', '2023-07-01', false],
  ['May I use tabs?', '2023-05-01', false],
  ['which caches may be dropped', '2023-05-01', false],
  ['the release of 2023', '2023-05-01', false],
])('%j names the month of %s: %s', (text, day, expected) => {
  expect(namedMonths(text)(at(`${day}T12:00:00Z`))).toBe(expected);
});

test('no question names an unknown time', () => {
  expect(namedMonths('in October')(null)).toBe(false);
});
