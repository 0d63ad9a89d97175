import { expect, test } from 'vitest';
import { sessionsByTurns } from '../../src/domain/sessions-by-turns.ts';

interface Hit {
  session: string;
  meaning: number;
}

/** `a a b` with falling scores; a session's digit is the meaning of its messages in tenths. */
const inOrder = (sessions: string) =>
  sessionsByTurns(
    sessions.split(' ').map((session, i) => ({
      hit: { session, meaning: Number(session.slice(1)) / 10 },
      score: 9 - i / 100,
    })),
    ({ meaning }: Hit) => meaning,
  )
    .map(({ hit }) => hit.session)
    .join(' ');

const ten = Array(10).fill('a').join(' ');

test('the first ten stay, behind them each further session has a turn, and the rest stays in order', () => {
  expect(inOrder(`${ten} a a b b c`)).toBe(`${ten} b c a a b`);
  expect(inOrder('a b a c')).toBe('a b a c');
});

test('the session that is nearer as a whole comes first', () => {
  expect(inOrder(`${ten} a b1 b1 b1 c5 c5 c5`)).toBe(`${ten} c5 b1 a b1 b1 c5 c5`);
  expect(inOrder(`${ten} a b5 b5 b5 c5 c5`)).toBe(`${ten} b5 c5 a b5 b5 c5`);
  expect(inOrder(`${ten} a b5 c5 c5 c5`)).toBe(`${ten} c5 b5 a c5 c5`);
});

test('no more turns are taken once ten sessions are there', () => {
  expect(inOrder(`${ten} a b c d e f g h i j a k`)).toBe(`${ten} b c d e f g h i j a a k`);
  expect(inOrder('a b c d e f g h i j j k')).toBe('a b c d e f g h i j j k');
  expect(inOrder('a b c d e f g h i i a k l')).toBe('a b c d e f g h i i k a l');
});
