import { expect, test } from 'vitest';
import { irregularForms } from '../../src/domain/irregular-forms.ts';

test.each([
  ['went', ['go', 'gone']],
  ['go', ['went', 'gone']],
  ['going', ['went', 'gone']],
  ['buying', ['bought']],
  ['running', ['ran']],
  ['taking', ['took', 'taken']],
  ['seeing', ['saw', 'seen']],
  ['lying', ['lay', 'lain']],
  ['children', ['child']],
  ['walked', []],
  ['constructor', []],
])('%s', (word, forms) => {
  expect(irregularForms(word)).toEqual(forms);
});

test('a form of two words has the forms of both', () => {
  expect(irregularForms('lay')).toEqual(['laid', 'lie', 'lain']);
});
