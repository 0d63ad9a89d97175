// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the samples are code
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codeKey, nameKey, promptKey, stripComments } from '../../src/domain/code-identity.ts';
import { guessLanguage, languageOf } from '../../src/domain/code-language.ts';

describe('stripComments', () => {
  test.each<[name: string, language: string | undefined, code: string, bare: string]>([
    [
      'Python comments and docstrings',
      undefined,
      '"""Module."""\nimport os  # why\n\ndef f(a):\n    """Says\n    what."""\n    # step\n    return a  # done\n',
      'import os\n\ndef f(a):\n    return a\n',
    ],
    [
      'a Python string that is a value',
      'python',
      'x = """# not\na comment"""\ny = ("a"\n  "b")\n',
      'x = """# not\na comment"""\ny = ("a"\n  "b")\n',
    ],
    ['a Python string behind a line that goes on', 'python', 'x = \\\n"#1"\n', 'x = \\\n"#1"\n'],
    ['a raw docstring', 'python', 'def f():\n    r"""\\d"""\n    return 1', 'def f():\n    return 1'],
    ['a string that a method is called on', 'python', '"""a\nb""".split()\n', '"""a\nb""".split()\n'],
    ['floor division', undefined, 'def half(n):\n    return n // 2\n', 'def half(n):\n    return n // 2\n'],
    ['C comments', 'c', 'int a; /* one\ntwo */ int b; // three\nint/**/c;\n', 'int a;   int b;\nint c;\n'],
    [
      'marks in strings',
      'javascript',
      'f("// no", \'/* no */\', `// ${g("`")} /* no */`) // yes',
      'f("// no", \'/* no */\', `// ${g("`")} /* no */`)',
    ],
    [
      'marks in a regular expression',
      'javascript',
      'const a = /["\'/*]/.test(b) // c\nconst d = e / 2 // f',
      'const a = /["\'/*]/.test(b)\nconst d = e / 2',
    ],
    ['an address in the text of JSX', 'typescript', '<a>https://a.test/b</a>', '<a>https://a.test/b</a>'],
    ['nested template literals', 'typescript', '`a${`b${{c: 1}.c}`}// d` // e', '`a${`b${{c: 1}.c}`}// d`'],
    [
      'Rust documentation, lifetimes and raw strings',
      'rust',
      '/// Doc\nfn f<\'a>(x: &\'a str) -> char { // c\n  let s = r#"// "no""#; \'"\' /* a /* b */ c */\n}',
      'fn f<\'a>(x: &\'a str) -> char {\n  let s = r#"// "no""#; \'"\'\n}',
    ],
    [
      'SQL',
      undefined,
      "SELECT a, '--', b -- first\nFROM t /* x */ WHERE c = 'it''s' -- last",
      "SELECT a, '--', b\nFROM t   WHERE c = 'it''s'",
    ],
    [
      'a shell script',
      undefined,
      '#!/bin/sh\n# say\necho "$# # no" ${a#b} # yes\nif [ $1 ]; then\n  echo \'# no\'\nfi\n',
      'echo "$# # no" ${a#b}\nif [ $1 ]; then\n  echo \'# no\'\nfi\n',
    ],
    ['HTML', undefined, '<!DOCTYPE html>\n<p>a<!-- b\nc --></p>\n', '<!DOCTYPE html>\n<p>a </p>\n'],
    [
      'Go',
      undefined,
      'package main\n\n// F does.\nfunc F() string { return `// no` }\n',
      'package main\n\nfunc F() string { return `// no` }\n',
    ],
    ['a comment that never ends', 'c', 'a = b; /* open\nc;', 'a = b; /* open\nc;'],
    ['Windows line ends', 'python', 'a = 1  # x\r\n# y\r\nb = 2\r\n', 'a = 1\nb = 2\r\n'],
    ['no language at all', undefined, 'the quick brown fox', 'the quick brown fox'],
    ['a language without comments', 'json', '{"a": "// b"}', '{"a": "// b"}'],
  ])('%s', (_name, language, code, bare) => {
    expect(stripComments(code, language)).toBe(bare);
  });

  test('any text under any language comes back without throwing and never longer', () => {
    const pieces = fc.constantFrom(
      '"',
      "'",
      '"""',
      "'''",
      '`',
      '/',
      '//',
      '/*',
      '*/',
      '#',
      '--',
      '${',
      '}',
      '{',
      '\\',
      '\n',
      ' ',
      'r#"',
      '"#',
      '<!--',
      '-->',
      'a',
      '(',
      ')',
      '[[',
      ']]',
      '\n=begin',
      '\n=end',
    );
    const languages = fc.constantFrom(
      undefined,
      'python',
      'javascript',
      'rust',
      'go',
      'sql',
      'shell',
      'ruby',
      'lua',
      'html',
      'haskell',
      'csharp',
      'toml',
      'lisp',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(pieces, fc.string({ unit: 'binary' })), { maxLength: 40 }),
        languages,
        (parts, language) => {
          const code = parts.join('');
          expect(stripComments(code, language).length).toBeLessThanOrEqual(code.length);
        },
      ),
    );
  });

  // At this size a scan that is not linear does not end within the test's limit.
  test.each([
    '"',
    "'",
    '/*',
    '"""',
    '`${',
    '=/[',
    '/',
    '#',
    '\\',
    '{-',
    'r#"',
    '<!--',
    ' ',
    '\n',
    '(',
    "x = '''",
    '/* */ ',
  ])('%j over and over', (unit) => {
    const code = unit.repeat(Math.ceil(256_000 / unit.length));
    for (const language of ['python', 'javascript', 'rust', 'kotlin', 'haskell', 'html'])
      stripComments(code, language);
    expect(stripComments(code).length).toBeLessThanOrEqual(code.length);
  });
});

describe('codeKey', () => {
  test('comments, docstrings and white space make no difference; code does', () => {
    const code = 'def f(a):\n    """Adds."""\n    return a + 1  # one\n';
    expect(codeKey('def f(a):\n\n    return a+1')).toBe(codeKey(code));
    expect(codeKey('def f(a):\n    return a + 2')).not.toBe(codeKey(code));
  });

  test('code of which nothing is left stands for itself', () => {
    expect(codeKey('# one')).not.toBe(codeKey('# two'));
    expect(codeKey('')).not.toBe(codeKey(' '));
  });
});

describe('promptKey', () => {
  const asked = promptKey('Return the sum of a list.');

  test.each([
    '/// Return the Sum of a list',
    '# return the sum\n# of a list.\n',
    '"""Return the sum of a list.\n>>> total([1, 2])\n3\n"""',
    '  Return   the sum of a list!',
  ])('%j asks the same', (prompt) => {
    expect(promptKey(prompt)).toBe(asked);
  });

  test('another task is another key, in any script', () => {
    expect(promptKey('Return the sums of a list.')).not.toBe(asked);
    expect(promptKey('列表求和')).not.toBe(promptKey('列表求积'));
  });

  test('a prompt of which nothing is left stands for itself', () => {
    expect(promptKey('>>> f(1)')).not.toBe(promptKey('>>> f(2)'));
    expect(promptKey('!!')).not.toBe(promptKey('??'));
  });
});

test.each([
  ['getUser', 'getuser'],
  ['get_user', 'getuser'],
  ['größe2', 'größe2'],
  ['<lambda>', 'lambda'],
  ['()', null],
  [null, null],
])('nameKey of %j is %j', (name, key) => {
  expect(nameKey(name)).toBe(key);
});

test.each([
  ['src/app.py', 'python'],
  ['SRC\\APP.PY', 'python'],
  ['a.test.tsx', 'typescript'],
  ['Dockerfile', 'dockerfile'],
  ['lib/Makefile', 'make'],
  ['vector.h', null],
  ['README', null],
  ['x.constructor', null],
  ['', null],
])('languageOf %j is %j', (file, language) => {
  expect(languageOf(file)).toBe(language);
});

test.each([
  ['fn main() {\n    let mut a = vec![1];\n}', 'rust'],
  ['def total(values):\n    return sum(values)', 'python'],
  ["import { a } from './a.js';\nexport function b() { return a; }", 'javascript'],
  ['#include <stdio.h>\nint main(void) { return 0; }', 'c'],
  ['public class A {\n  int b() { return 1; }\n}', 'c'],
  ['x = 1', null],
])('guessLanguage of %j is %j', (code, language) => {
  expect(guessLanguage(code)).toBe(language);
});
