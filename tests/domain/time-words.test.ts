import { expect, test } from 'vitest';
import { asksWhen, namesTime } from '../../src/domain/time-words.ts';

test.each(['When did it move?', 'how long has it run', 'Which year was it?', 'How many days are left?'])(
  '%s asks for a time',
  (query) => {
    expect(asksWhen(query)).toBe(true);
  },
);

test.each(['Whenever it moves', 'Where is it?', 'How many ports are open?'])('%s asks for none', (query) => {
  expect(asksWhen(query)).toBe(false);
});

test.each([
  'I went yesterday',
  'on Friday',
  'last week',
  'this past weekend',
  'two years ago',
  'in June',
  'for about three months',
])('%s names a time', (text) => {
  expect(namesTime(text)).toBe(true);
});

test.each(['You may go', 'the last one', 'for a friend', 'Agony'])('%s names none', (text) => {
  expect(namesTime(text)).toBe(false);
});
