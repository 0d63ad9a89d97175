import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WordMatches } from '../../src/storage/sqlite/word-matches.ts';

const score = fc.oneof(fc.constantFrom(0, 1, 2), fc.double({ noNaN: true, min: -5, max: 50 }));
const rows = fc.uniqueArray(fc.tuple(fc.integer({ min: -9, max: 400 }), score), {
  selector: ([id]) => id,
  maxLength: 60,
});

test('batches together are all rows, best first and of equals the older first', () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 20 }), (given, batchRows) => {
      const matches = new WordMatches(given);
      const batches = [...matches.bestFirst(batchRows)];
      const wanted = given.toSorted((a, b) => b[1] - a[1] || a[0] - b[0]).map(([id]) => id);
      expect(batches.flat()).toEqual(wanted);
      expect(batches[0] ?? []).toEqual(wanted.slice(0, batchRows));
      for (const [id, own] of given) expect(matches.scoreOf(id)).toBe(own);
      expect(matches.scoreOf(-10)).toBeUndefined();
    }),
  );
});
