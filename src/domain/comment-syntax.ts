/** Where a string literal ends. */
export interface StringForm {
  open: string;
  close: string;
  /** A backslash takes the next character's meaning away. */
  escapes: boolean;
  /** Otherwise it ends with its line, closed or not. */
  multiline: boolean;
}

/** What of a language must be known to tell comments from code. */
export interface CommentSyntax {
  line: readonly string[];
  block: readonly { open: string; close: string; nested?: true }[];
  /** Longer openers first. */
  strings: readonly StringForm[];
  /** A string that is a statement of its own says something to the reader only. */
  docstrings?: true;
  /** A `#` begins a comment only behind white space. */
  spacedHash?: true;
  /** `/…/` where a value may stand, and `${…}` inside back quotes. */
  javascript?: true;
  /** `'a` is a lifetime, `'a'` a character, `r#"…"#` a string. */
  rust?: true;
}

const quoted = (open: string, multiline = false, escapes = true): StringForm => ({
  open,
  close: open,
  escapes,
  multiline,
});
const double = quoted('"');
const single = quoted("'");
const tripleDouble = quoted('"""', true);
const slashBlock = { open: '/*', close: '*/' } as const;
const nestedSlashBlock = { ...slashBlock, nested: true } as const;

const slash: CommentSyntax = { line: ['//'], block: [slashBlock], strings: [double, single] };
const slashTriple: CommentSyntax = {
  line: ['//'],
  block: [nestedSlashBlock],
  strings: [tripleDouble, double, single],
};
const javascript: CommentSyntax = { ...slash, javascript: true };
const hash: CommentSyntax = { line: ['#'], block: [], strings: [double, single], spacedHash: true };
const python: CommentSyntax = {
  line: ['#'],
  block: [],
  strings: [tripleDouble, quoted("'''", true), double, single],
  docstrings: true,
};
const sql: CommentSyntax = {
  line: ['--'],
  block: [nestedSlashBlock],
  strings: [quoted("'", true, false), quoted('"', true, false)],
};
const markup: CommentSyntax = { line: [], block: [{ open: '<!--', close: '-->' }], strings: [] };
const shell: CommentSyntax = { ...hash, strings: [quoted('"', true), quoted("'", true, false)] };
const dashes: CommentSyntax = {
  line: ['--'],
  block: [{ open: '{-', close: '-}', nested: true }],
  strings: [double],
};
const semicolon: CommentSyntax = {
  line: [';'],
  block: [{ open: '#|', close: '|#', nested: true }],
  strings: [quoted('"', true)],
};

const syntaxes: Readonly<Record<string, CommentSyntax>> = {
  python,
  javascript,
  typescript: javascript,
  jsonc: slash,
  rust: { line: ['//'], block: [nestedSlashBlock], strings: [quoted('"', true)], rust: true },
  go: { ...slash, strings: [double, single, quoted('`', true, false)] },
  c: slash,
  cpp: slash,
  'objective-c': slash,
  java: { ...slash, strings: [tripleDouble, double, single] },
  csharp: { ...slash, strings: [tripleDouble, double, single] },
  dart: { ...slash, strings: [tripleDouble, quoted("'''", true), double, single] },
  kotlin: slashTriple,
  scala: slashTriple,
  swift: slashTriple,
  groovy: { ...slash, strings: [tripleDouble, quoted("'''", true), double, single] },
  zig: slash,
  proto: slash,
  solidity: slash,
  php: { ...slash, line: ['//', '#'], spacedHash: true },
  fsharp: {
    line: ['//'],
    block: [{ open: '(*', close: '*)', nested: true }],
    strings: [tripleDouble, double],
  },
  css: { line: [], block: [slashBlock], strings: [double, single] },
  scss: slash,
  less: slash,
  ruby: { ...hash, block: [{ open: '\n=begin', close: '\n=end' }] },
  perl: hash,
  r: { ...hash, strings: [quoted('"', true), quoted("'", true)] },
  julia: { ...hash, block: [{ open: '#=', close: '=#', nested: true }], strings: [tripleDouble, double] },
  elixir: { ...hash, strings: [tripleDouble, double, single] },
  nim: { ...hash, strings: [tripleDouble, double] },
  shell,
  powershell: {
    ...hash,
    block: [{ open: '<#', close: '#>' }],
    strings: [quoted('"', true, false), quoted("'", true, false)],
  },
  yaml: hash,
  toml: { ...hash, strings: [tripleDouble, quoted("'''", true, false), double, quoted("'", false, false)] },
  ini: { ...hash, line: ['#', ';'], strings: [] },
  terraform: { ...slash, line: ['//', '#'] },
  cmake: hash,
  make: { ...hash, strings: [] },
  dockerfile: hash,
  sql,
  lua: {
    line: ['--'],
    block: [{ open: '--[[', close: ']]' }],
    strings: [double, single, { open: '[[', close: ']]', escapes: false, multiline: true }],
  },
  haskell: dashes,
  elm: dashes,
  clojure: semicolon,
  lisp: semicolon,
  erlang: { line: ['%'], block: [], strings: [double] },
  html: markup,
  xml: markup,
  vue: markup,
  svelte: markup,
  markdown: markup,
};

/** undefined: the language has no comments, or none that are known. */
export function commentSyntaxOf(language: string): CommentSyntax | undefined {
  return Object.hasOwn(syntaxes, language) ? syntaxes[language] : undefined;
}
