import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineBuffer } from '../../src/mcp/line-buffer.ts';

test('lines come out as they went in, however the bytes are cut', () => {
  const line = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, ''));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(40)), fc.constantFrom('\n', '\r\n'), (lines, cuts, end) => {
      const bytes = Buffer.from(lines.map((text) => text + end).join(''));
      const buffer = new LineBuffer(10_000);
      const got: string[] = [];
      let from = 0;
      for (const length of cuts) {
        got.push(...buffer.take(bytes.subarray(from, from + length)));
        from += length;
      }
      got.push(...buffer.take(bytes.subarray(from)));
      expect(got).toEqual(lines);
    }),
  );
});

test('the bound is on one line, not on all of them', () => {
  const buffer = new LineBuffer(10);
  expect([...buffer.take(Buffer.from('1234567890\n12345\n1234'))]).toEqual(['1234567890', '12345']);
  expect([...buffer.take(Buffer.from('567890\n'))]).toEqual(['1234567890']);
  expect([...buffer.take(Buffer.from('123456'))]).toEqual([]);
  expect(() => [...buffer.take(Buffer.from('78901'))]).toThrow('at most 10 bytes');
});
