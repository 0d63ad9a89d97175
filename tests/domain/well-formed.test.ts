import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assertWellFormed } from '../../src/domain/well-formed.ts';

test('accepts exactly what UTF-8 can hold', () => {
  const anyText = fc
    .array(fc.nat({ max: 0xffff }), { maxLength: 40 })
    .map((units) => String.fromCharCode(...units));
  const pairs = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(fc.oneof(anyText, pairs), (text) => {
      const holds = Buffer.from(text, 'utf8').toString('utf8') === text;
      const check = () => assertWellFormed('content', text);
      if (holds) expect(check).not.toThrow();
      else expect(check).toThrow(/^Expected content to be well-formed Unicode, got half of a surrogate pair/);
    }),
  );
});

test('NUL and the edges of planes pass; the offset of a lone half is named', () => {
  assertWellFormed('content', 'a\u0000b\uffff\u{10ffff}');
  expect(() => assertWellFormed('query', 'ok 👍 \ud83d')).toThrow(/query .* offset 6\.$/);
});
