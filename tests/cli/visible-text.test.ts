import { expect, test } from 'vitest';
import { visibleLine, visibleText } from '../../src/commands/visible-text.ts';

test('what steers a terminal is shown and not sent', () => {
  expect(visibleText('red \u001b[31mtext\u001b[0m')).toBe('red \\x1b[31mtext\\x1b[0m');
  expect(visibleText('title \u001b]0;owned\u0007')).toBe('title \\x1b]0;owned\\x07');
  expect(visibleText('\u009b31m and \u007f and \u0000')).toBe('\\x9b31m and \\x7f and \\x00');
  expect(visibleText('over\rwrite')).toBe('over\\rwrite');
});

test('what hides or turns text round is shown', () => {
  expect(visibleText('a\u202ebc\u202c')).toBe('a\\u202ebc\\u202c');
  expect(visibleText('in\u200bvisible \u2066x\u2069')).toBe('in\\u200bvisible \\u2066x\\u2069');
  expect(visibleText('tag \u{e0041}')).toBe('tag \\u{e0041}');
});

test('ordinary text stays as it is, in any script', () => {
  const text = 'Zeile 1\n\tZeile 2 – ß é 日本語 می‌خواهم 👩‍💻';
  expect(visibleText(text)).toBe(text);
  expect(visibleText('Windows\r\nlines')).toBe('Windows\nlines');
});

test('a name stays on one line', () => {
  expect(visibleLine('a\n\tb\r\n')).toBe('a\\n\\tb\\r\\n');
});

test('no control character is left of any', () => {
  const all = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code)).join('');
  expect(visibleLine(all)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
});
