import { expect, test } from 'vitest';
import { wilsonInterval } from '../../src/domain/wilson-interval.ts';

// R. G. Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3.
test.each([
  [81, 263, 0.2553, 0.3662],
  [15, 148, 0.0624, 0.1605],
  [0, 20, 0, 0.1611],
  [1, 29, 0.0061, 0.1718],
])('%i of %i', (successes, total, low, high) => {
  const interval = wilsonInterval(successes, total);
  expect(interval[0]).toBeCloseTo(low, 4);
  expect(interval[1]).toBeCloseTo(high, 4);
  const mirrored = wilsonInterval(total - successes, total);
  expect(mirrored[0]).toBeCloseTo(1 - high, 4);
});

test('of nothing it is everything', () => {
  expect(wilsonInterval(0, 0)).toEqual([0, 1]);
});
