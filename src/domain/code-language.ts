const languageOfExtension: Readonly<Record<string, string>> = {
  py: 'python',
  pyi: 'python',
  pyw: 'python',
  pyx: 'python',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  jsx: 'javascript',
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  tsx: 'typescript',
  rs: 'rust',
  go: 'go',
  java: 'java',
  kt: 'kotlin',
  kts: 'kotlin',
  scala: 'scala',
  groovy: 'groovy',
  gradle: 'groovy',
  c: 'c',
  cc: 'cpp',
  cpp: 'cpp',
  cxx: 'cpp',
  hpp: 'cpp',
  hh: 'cpp',
  hxx: 'cpp',
  m: 'objective-c',
  mm: 'objective-c',
  cs: 'csharp',
  fs: 'fsharp',
  swift: 'swift',
  dart: 'dart',
  zig: 'zig',
  php: 'php',
  proto: 'proto',
  sol: 'solidity',
  rb: 'ruby',
  rake: 'ruby',
  pl: 'perl',
  pm: 'perl',
  r: 'r',
  jl: 'julia',
  ex: 'elixir',
  exs: 'elixir',
  nim: 'nim',
  sh: 'shell',
  bash: 'shell',
  zsh: 'shell',
  ksh: 'shell',
  fish: 'shell',
  ps1: 'powershell',
  psm1: 'powershell',
  yaml: 'yaml',
  yml: 'yaml',
  toml: 'toml',
  ini: 'ini',
  tf: 'terraform',
  cmake: 'cmake',
  mk: 'make',
  sql: 'sql',
  lua: 'lua',
  hs: 'haskell',
  elm: 'elm',
  clj: 'clojure',
  cljs: 'clojure',
  lisp: 'lisp',
  el: 'lisp',
  scm: 'lisp',
  erl: 'erlang',
  css: 'css',
  scss: 'scss',
  less: 'less',
  html: 'html',
  htm: 'html',
  xml: 'xml',
  svg: 'xml',
  vue: 'vue',
  svelte: 'svelte',
  md: 'markdown',
  json: 'json',
  jsonc: 'jsonc',
}; // `.h` is missing on purpose: it may be C or C++, and an unknown language separates nothing.

/** The language that a file's name says, in lower case; null where it says none. */
export function languageOf(fileName: string): string | null {
  const name = fileName
    .slice(Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1)
    .toLowerCase();
  if (name === 'dockerfile' || name.startsWith('dockerfile.')) return 'dockerfile';
  if (name === 'makefile' || name === 'gnumakefile') return 'make';
  const dot = name.lastIndexOf('.');
  if (dot < 0) return null;
  const extension = name.slice(dot + 1);
  return Object.hasOwn(languageOfExtension, extension) ? (languageOfExtension[extension] ?? null) : null;
}

/** What a line must look like to speak for a language; every pattern is tried on bounded lines only. */
const signs: readonly [language: string, weight: number, sign: RegExp][] = [
  ['python', 3, /^(?:async )?(?:def|class) \w+.{0,200}:$/],
  ['python', 3, /^(?:from \.{0,3}[\w.]{1,80} import |import [\w.]{1,80}(?: as \w{1,40})?$)/],
  ['python', 2, /^(?:if|elif|for|while|with|try|except|else|finally)\b[^{;]{0,200}:$/],
  ['python', 1, /\bself\.|\bNone\b|^print\(|\bnot in\b|^(?:return|yield|raise|pass)\b[^;{]{0,200}$/],
  ['rust', 3, /\bfn \w+\s?(?:<[^(]{0,80}>)?\(|\blet mut\b|^use [\w:]{1,80}(?:::|;)|^impl\b|^#!?\[/],
  ['rust', 2, /\bpub (?:fn|struct|enum|mod)\b|\bmatch .{1,80}\{$|\.unwrap\(\)|println!|vec!|->.{1,80}\{$/],
  ['go', 3, /^package \w+$|^func (?:\(\w+ \*?\w+\) )?\w+\(|^import \($/],
  ['go', 2, /:= |\bfmt\.\w|\berr != nil\b/],
  [
    'javascript',
    3,
    /^(?:export|import) .{1,200}from ['"]|^(?:export )?(?:async )?function\*? ?\w{0,60}\(|\bconsole\.\w/,
  ],
  ['javascript', 2, /\b(?:const|var) [\w{[]|[!=]==|\brequire\(|\bmodule\.exports\b/],
  ['javascript', 1, /\blet \w|=>/],
  ['c', 3, /^#\s?(?:include|define|ifn?def|pragma)\b|\bstd::|^(?:public|private|protected) .{1,200}[;{]$/],
  ['braces', 1, /[;{}]$/],
  ['php', 4, /^<\?php|^\$\w+ ?=/],
  ['ruby', 2, /^end$|^require(?:_relative)? ['"]|\bdo(?: \|[\w, ]{1,60}\|)?$|^module [A-Z]|^puts\b/],
  ['shell', 3, /^#!.{0,40}\b(?:ba|z|da|k)?sh\b|^(?:fi|done|esac)$|^(?:if|while) \[\[? |; (?:then|do)$/],
  ['shell', 1, /^(?:echo|cd|source|set -\w+) |^\w+=\$|^\w.{0,80} "\$\w/],
  [
    'sql',
    3,
    /^(?:select|insert into|create (?:table|index|view|or replace)|update \w+ set|delete from|alter table)\b/i,
  ],
  ['sql', 1, /^(?:from|where|group by|order by|inner join|left join|values)\b/i],
  [
    'html',
    4,
    /^<!doctype|^<\/?(?:html|head|body|div|span|p|ul|li|table|script|style|template|svg|form|section)\b/i,
  ],
  ['lua', 2, /^local (?:function )?\w+|\bthen$|^end[,)]?$/],
];

const linesReadMax = 400;
const lineCharactersReadMax = 300;

/** The language that a piece of code looks like, as comments need it told apart; null where nothing speaks. */
export function guessLanguage(code: string): string | null {
  const scores = new Map<string, number>();
  let slashMarks = 0;
  let hashMarks = 0;
  for (const whole of code.split('\n', linesReadMax)) {
    const line = whole.slice(0, lineCharactersReadMax).trim();
    if (line.startsWith('//') || line.startsWith('/*') || line.includes(' //')) slashMarks += 1;
    if (line.startsWith('# ') || line === '#' || line.includes(' # ')) hashMarks += 1;
    // What a comment says is no sign of the language.
    if (/^(?:\/\/|\/\*|\*|# |--)/.test(line)) continue;
    for (const [language, weight, sign] of signs) {
      if (sign.test(line)) scores.set(language, (scores.get(language) ?? 0) + weight);
    }
  }
  // Braces and semicolons say only that it is a language like C.
  const braces = scores.get('braces') ?? 0;
  scores.delete('braces');
  const [best] = [...scores].sort((a, b) => b[1] - a[1]);
  if (best !== undefined && best[1] >= 2) return best[0];
  if (braces >= 2 || slashMarks > hashMarks) return 'c';
  return hashMarks > 0 ? 'python' : null;
}
