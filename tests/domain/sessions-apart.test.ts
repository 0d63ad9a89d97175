import { expect, test } from 'vitest';
import { sessionsApart } from '../../src/domain/sessions-apart.ts';

/** Of `session:score`, best first. */
const apart = (...messages: string[]) => {
  const bestFirst = messages.map((message) => {
    const [session, score] = message.split(':') as [string, string];
    return { hit: { session }, score: Number(score) };
  });
  return sessionsApart(bestFirst).map(({ hit, score }) => `${hit.session}:${score}`);
};

test('a session without a place goes before one that is hardly better', () => {
  expect(apart('a:9', 'a:8.5', 'b:8')).toEqual(['a:9', 'b:8', 'a:8.5']);
});

test('but not before one that is much better', () => {
  expect(apart('a:9', 'a:8.5', 'b:7.8')).toEqual(['a:9', 'a:8.5', 'b:7.8']);
});

test('a further message of a session loses no more than the second', () => {
  expect(apart('a:9', 'a:8.9', 'a:8.8', 'b:8.1')).toEqual(['a:9', 'a:8.9', 'a:8.8', 'b:8.1']);
});

test('behind the fifth place nothing changes, and few messages or none are enough', () => {
  const five = ['a:9', 'b:8.9', 'c:8.8', 'd:8.7', 'e:8.6'];
  expect(apart(...five, 'a:8', 'f:7.9')).toEqual([...five, 'a:8', 'f:7.9']);
  expect(apart('a:9')).toEqual(['a:9']);
  expect(apart()).toEqual([]);
});
