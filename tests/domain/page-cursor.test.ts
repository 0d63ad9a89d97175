import { expect, test } from 'vitest';
import { cursorAfter, positionOf } from '../../src/domain/page-cursor.ts';
import { refusal } from '../storage/opened-store.ts';

test('a cursor leads to the position it was made of', () => {
  expect(positionOf(cursorAfter(true, 41).nextCursor)).toBe(41);
  expect(positionOf(undefined)).toBeNull();
  expect(cursorAfter(false, 41)).toEqual({});
  expect(cursorAfter(true, undefined)).toEqual({});
});

test.each(['', '0', '01', '-1', '1.5', ' 1', 'abc', '9007199254740993'])(
  '%j is no cursor',
  async (cursor) => {
    const { code, message } = await refusal(() => positionOf(cursor));
    expect(code).toBe('invalid_argument');
    expect(message).toContain('cursor');
  },
);
