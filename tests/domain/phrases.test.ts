import fc from 'fast-check';
import { expect, test } from 'vitest';
import { phraseAgreement } from '../../src/domain/phrases.ts';
import { rankedByWording } from '../../src/domain/ranking.ts';
import { limits } from '../../src/limits.ts';

const texts = [
  'def rotate(x): return x.tick_params(axis="x", rotation=45)',
  'the axis labels of a plot turn by the rotation',
  'def sort(x): return sorted(x)',
  'sum(x)',
];

test('pairs of neighbouring words count, the rarer the more, words apart do not', () => {
  expect(phraseAgreement('set tick params', texts)).toEqual([Math.log(3.5 / 1.5), 0, 0, 0]);
  expect(phraseAgreement('params of the tick', texts)).toEqual([0, 0, 0, 0]);
  // Half of the texts have it: it tells none from another.
  expect(phraseAgreement('RETURN x', [...texts.slice(0, 1), 'return x', 'a', 'b'])).toEqual([0, 0, 0, 0]);
  expect(phraseAgreement('tick params', texts.slice(0, 1))).toEqual([0]);
  expect(phraseAgreement('', texts)).toEqual([0, 0, 0, 0]);
});

test('what repeats the wording rises, and nothing is lost, added or put out of order', () => {
  const ordered = texts.map((text, index) => ({ hit: text, relevance: 0.5 - index / 1_000 }));
  const again = rankedByWording(ordered, 'sum(x)', (text) => text);
  expect(again.map(({ hit }) => hit)).toEqual([texts[3], texts[0], texts[1], texts[2]]);

  const places = fc.array(fc.tuple(fc.constantFrom(...texts), fc.double({ min: 0, max: 1, noNaN: true })), {
    maxLength: 2 * limits.textsComparedMax,
  });
  fc.assert(
    fc.property(places, fc.constantFrom(...texts), (drawn, query) => {
      const first = drawn
        .map(([text, relevance], id) => ({ hit: { id, text }, relevance }))
        .sort((a, b) => b.relevance - a.relevance);
      const order = rankedByWording(first, query, ({ text }) => text);
      expect(order.map(({ hit }) => hit.id).sort()).toEqual(first.map(({ hit }) => hit.id).sort());
      for (const [index, place] of order.slice(1).entries()) {
        expect(place.relevance).toBeLessThanOrEqual(order[index]!.relevance);
      }
    }),
  );
});
