import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { namedFunctions } from '../../src/domain/named-functions.ts';

describe('functions that a text names', () => {
  test('snake_case and camelCase wherever they stand, whatever their spelling', () => {
    expect([...namedFunctions('why does get_user fail, and renderCart too?')]).toEqual([
      'getuser',
      'rendercart',
    ]);
    expect(namedFunctions('Get_User')).toEqual(namedFunctions('getUser'));
  });

  test('a plain word only in back-ticks or before a bracket', () => {
    expect([...namedFunctions('add rows to the cart')]).toEqual([]);
    expect([...namedFunctions('`add` rows with sum(x)')]).toEqual(['add', 'sum']);
    expect([...namedFunctions('`add rows`')]).toEqual([]);
  });

  test('any text has names without punctuation', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        for (const name of namedFunctions(text)) expect(name).toMatch(/^[\p{L}\p{N}]+$/u);
      }),
    );
  });
});
