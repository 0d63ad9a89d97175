import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codePieces, holdsPiece } from '../../src/domain/code-pieces.ts';
import { limits } from '../../src/limits.ts';

describe('pieces of code in a text', () => {
  test('names, what stands in back-ticks, and lists; prose is none', () => {
    expect(codePieces('`sum()` of price_list gives [1, 2] where itemCount is wrong')).toEqual([
      'price_list',
      'itemCount',
      'sum',
      '[1, 2]',
    ]);
    expect(codePieces('The total is wrong, because the list is sorted twice.')).toEqual([]);
    expect(codePieces('`re` is too short, and what stands between `it` and `is` is none')).toEqual([]);
  });

  test('a long text has a bounded number of them, each once', () => {
    const text = Array.from({ length: 500 }, (_, index) => `name_${index} same_name`).join(' ');
    const pieces = codePieces(text);
    expect(pieces).toHaveLength(limits.queryTermsMax);
    expect(new Set(pieces).size).toBe(pieces.length);
  });

  test('a piece is held as a whole word, in the same spelling', () => {
    expect(holdsPiece('def price_list(x):', 'price_list')).toBe(true);
    expect(holdsPiece('my_price_list or price_lists', 'price_list')).toBe(false);
    expect(holdsPiece('price_lists, price_list', 'price_list')).toBe(true);
    expect(holdsPiece('Price_List', 'price_list')).toBe(false);
    expect(holdsPiece('f([1, 2])', '[1, 2]')).toBe(true);
  });

  test('every piece stands in its text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'B', '_', '`', '[', ']', ' ', '(', ')') }),
        (text) => {
          for (const piece of codePieces(text)) expect(text).toContain(piece);
        },
      ),
    );
  });
});
