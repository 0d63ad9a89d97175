import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sharedWording } from '../../src/domain/shared-wording.ts';

const task = 'Write a function to count the pairs of numbers in a list that xor to an even number.';

test('the more words in a row a text has of the query, the more wording they share, up to four that tell a task', () => {
  const shared = (query: string) => sharedWording(query, [task])[0];
  expect(shared('It XORs pairs, but which number is even?')).toBe(0);
  expect(shared('It compares them to an even number, which is wrong.')).toBeCloseTo(1 / 3);
  expect(shared('It should look for those that xor to an even number.')).toBeCloseTo(2 / 3);
  expect(shared('Count the pairs of numbers in a list!')).toBe(1);
  expect(shared(task)).toBe(1);
});

test('stop words and words about attempts hold a run together, and count nothing', () => {
  expect(sharedWording('it is one of the many that are in the list', [task])).toEqual([0]);
  expect(sharedWording('The function returns it when the test failed.', ['when the test failed'])).toEqual([
    0,
  ]);
  expect(sharedWording('an even output number', ['an even output number'])[0]).toBeCloseTo(1 / 3);
});

test('each text has a share of its own, however many there are and whatever the others say', () => {
  expect(sharedWording('numbers in a list', [task, 'a list', '', task])).toEqual([1 / 3, 0, 0, 1 / 3]);
  expect(sharedWording('', [task])).toEqual([0]);
});

test('it is the longest run that any look at all pairs of places would find', () => {
  const words = fc.array(fc.constantFrom('a', 'the', 'red', 'blue', 'sort'), { maxLength: 12 });
  fc.assert(
    fc.property(words, words, (query, text) => {
      let most = 0;
      for (let from = 0; from < text.length; from += 1) {
        for (let end = from + 1; end <= text.length; end += 1) {
          const run = text.slice(from, end);
          if (!` ${query.join(' ')} `.includes(` ${run.join(' ')} `)) continue;
          most = Math.max(most, run.filter((word) => word.length > 1 && word !== 'the').length);
        }
      }
      const [share] = sharedWording(query.join(' '), [text.join(' ')]);
      expect(share).toBeCloseTo(Math.min(3, Math.max(0, most - 1)) / 3);
    }),
  );
});
