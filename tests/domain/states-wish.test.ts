import { expect, test } from 'vitest';
import { statesWish } from '../../src/domain/states-wish.ts';

test.each([
  'Always squash before you merge.',
  'Looks good. Please never push to main!',
  'Some rules:\n- Do not add packages\n- Keep it small',
  'I prefer tabs',
  'I’d rather have two commits',
  'We usually avoid mocks, can you rewrite this?',
  "I don't like long names",
])('%s states a wish', (text) => {
  expect(statesWish(text)).toBe(true);
});

test.each([
  'It always fails',
  'Never mind',
  "Don't worry, it works",
  'the preferred port',
  'She said I would prevail',
  'Makes sure of it',
])('%s states none', (text) => {
  expect(statesWish(text)).toBe(false);
});
