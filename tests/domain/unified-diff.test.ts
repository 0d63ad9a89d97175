import fc from 'fast-check';
import { expect, test } from 'vitest';
import { headOf, tailOf, withoutMiddle } from '../../src/domain/text-ends.ts';
import { unifiedDiff } from '../../src/domain/unified-diff.ts';
import { limits } from '../../src/limits.ts';

const names = { before: 'pattern-1', after: 'pattern-2' };
const numbered = (count: number, change: (line: number) => string = (line) => `line ${line}`) =>
  Array.from({ length: count }, (_, index) => change(index)).join('\n');

test('names both sides and shows what changed with its surroundings', () => {
  expect(unifiedDiff('a\nb\nc', 'a\nB\nc', names)).toBe(
    '--- pattern-1\n+++ pattern-2\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c',
  );
});

test('equal texts have none, nor does the end of the last line', () => {
  expect(unifiedDiff('a', 'a', names)).toBe('');
  expect(unifiedDiff('a\n', 'a', names)).not.toContain('-a');
});

test('less context comes before a cut', () => {
  const diff = unifiedDiff(
    numbered(200),
    numbered(200, (line) => (line % 20 === 10 ? `new ${line}` : `line ${line}`)),
    names,
  );
  expect(diff.split('\n').length).toBeLessThanOrEqual(limits.diffLinesMax);
  expect(diff).toContain('+new 190');
  expect(diff).not.toContain('more lines');
});

test('what is still too long is cut and says by how much', () => {
  const diff = unifiedDiff('x', numbered(500), names).split('\n');
  expect(diff).toHaveLength(limits.diffLinesMax);
  expect(diff.at(-1)).toBe(`… ${3 + 1 + 500 - (limits.diffLinesMax - 1)} more lines`);
});

test('texts with nothing in common show the new one first', () => {
  const diff = unifiedDiff(
    numbered(3_000),
    numbered(3_000, (line) => `other ${line}`),
    names,
  ).split('\n');
  expect(diff).toHaveLength(limits.diffLinesMax);
  expect(diff[3]).toBe('+other 0');
});

test('ends of a text fit their bytes and cut no character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, bytes) => {
      for (const end of [headOf(text, bytes), tailOf(text, bytes)]) {
        expect(Buffer.byteLength(end)).toBeLessThanOrEqual(bytes);
        expect(end.isWellFormed()).toBe(true);
      }
      expect(text.startsWith(headOf(text, bytes))).toBe(true);
      expect(text.endsWith(tailOf(text, bytes))).toBe(true);
    }),
  );
  expect(withoutMiddle('a'.repeat(50), 40, 10)).toBe(
    `${'a'.repeat(10)}\n[… 30 bytes left out …]\n${'a'.repeat(10)}`,
  );
});
