import { expect, test } from 'vitest';
import { sentencesOf } from '../../src/domain/sentences.ts';

test.each([
  ['One. Two! Three?', ['One.', 'Two!', 'Three?']],
  ['It is at v1.2.3 now. Done.', ['It is at v1.2.3 now.', 'Done.']],
  ['A line\nthat goes on. Then another.', ['A line that goes on.', 'Then another.']],
  ['# Title\nText.\n\n- first\n- second', ['# Title Text.', '- first', '- second']],
  ['1. one\n2. two', ['1. one', '2. two']],
  ['他来了。她走了。', ['他来了。', '她走了。']],
  ['no full stop', ['no full stop']],
  ['--- \n\n ***', []],
  ['', []],
])('%j', (text, sentences) => {
  expect(sentencesOf(text)).toEqual(sentences);
});
