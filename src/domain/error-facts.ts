import { limits } from '../limits.ts';
import {
  isInsideProject,
  normaliseMessage,
  normalisePath,
  normaliseTest,
  withoutColours,
} from './error-normalising.ts';

export interface ErrorFacts {
  /** What sort of report it is; null where nothing was recognised. */
  kind: 'compile' | 'lint' | 'exception' | 'panic' | null;
  /** Exceptions, compiler and rule codes, each once: at most three. */
  codes: string[];
  /** Failing tests, sorted: at most three. */
  tests: string[];
  /** The innermost place inside the project: file and, where known, function. */
  frame: string | null;
  /** Of the first error, normalised. */
  message: string;
}

type Sign = (line: string, read: ErrorReading) => boolean;

/**
 * Reads the reports of Python, pytest, unittest, Node, Vitest, Jest, Mocha, TAP, Go, Rust, Java, Ruby, PHP, .NET, Elixir,
 * compilers and linters line by line. Lines are bounded and every pattern begins at its line's start, so the time is linear.
 */
export function readErrorFacts(errorText: string): ErrorFacts {
  const read = new ErrorReading();
  for (const raw of withoutColours(errorText).split('\n')) {
    const line = raw.slice(0, limits.errorLineCharactersMax).trimEnd();
    if (line.trim() === '') {
      read.title = '';
      continue;
    }
    read.firstLine ??= line;
    signs.some((sign) => sign(line, read));
  }
  return read.facts();
}

class ErrorReading {
  firstLine: string | undefined;
  kind: ErrorFacts['kind'] = null;
  readonly codes = new Set<string>();
  readonly tests = new Set<string>();
  message: string | undefined;
  /** Of the linter's report that is being read. */
  lintedFile = '';
  /** Python names the innermost frame last, all others first. */
  #firstFrame: string | null = null;
  #lastFrame: string | null = null;
  #pythonFrame: string | null = null;
  /** A Go stack names the function a line before its file. */
  functionBefore = '';
  /** Mocha writes a test's title over several lines without a gap, each a suite deeper; '' outside of one. */
  title = '';

  error(kind: NonNullable<ErrorFacts['kind']>, code: string, message = ''): true {
    this.kind ??= kind;
    if (code !== '') this.codes.add(code.slice(0, 80));
    if (message !== '') this.message ??= message;
    return true;
  }

  test(name: string): true {
    const normalised = normaliseTest(name);
    if (normalised !== '') this.tests.add(normalised);
    return true;
  }

  /** Ends with a colon where the test's own name is reached; anything else is a suite, or no title at all. */
  titleLine(before: string, line: string): boolean {
    const title = before + line;
    const isWhole = line.endsWith(':');
    this.title = isWhole || title.length > 300 ? '' : title;
    return isWhole ? this.test(title.slice(0, -1)) : before === '';
  }

  frame(path: string, functionName = '', order: 'first' | 'last' = 'first'): true {
    if (!isInsideProject(path)) return true;
    const name = functionName === '' || functionName.startsWith('<') ? '' : `:${functionName.slice(0, 80)}`;
    const frame = normalisePath(path) + name;
    if (order === 'last') this.#pythonFrame = frame;
    else this.#firstFrame ??= frame;
    this.#lastFrame = frame;
    return true;
  }

  facts(): ErrorFacts {
    return {
      kind: this.kind,
      codes: [...this.codes].slice(0, 3),
      tests: [...this.tests].sort().slice(0, 3),
      frame: this.#pythonFrame ?? this.#firstFrame ?? this.#lastFrame,
      message: normaliseMessage(this.message ?? this.firstLine ?? '').slice(
        0,
        limits.errorMessageCharactersMax,
      ),
    };
  }
}

/** The matched groups, or null. */
function groups(line: string, pattern: RegExp): string[] | null {
  const found = pattern.exec(line);
  return found === null ? null : found.slice(1).map((group) => group ?? '');
}

function sign(pattern: RegExp, take: (read: ErrorReading, ...found: string[]) => boolean): Sign {
  return (line, read) => {
    const found = groups(line, pattern);
    return found === null ? false : take(read, ...found);
  };
}

const exceptionName =
  '([A-Za-z_][\\w.$]{0,100}(?:Error|Exception|Exit|Interrupt|Warning|Failure|Iteration)|Error|Exception)';

/** In order: the first that knows a line has it. */
const signs: readonly Sign[] = [
  // pytest, unittest
  sign(
    /^(?:FAILED|ERROR) ([^\s:]{1,200}\.py(?:::\S.{0,200}?)?)(?: - (?:([\w.]{1,80}(?:Error|Exception|Exit))\b)?.{0,300})?$/,
    (read, test, code) => {
      if (code !== '') read.error('exception', lastName(code!));
      return read.test(test!);
    },
  ),
  sign(/^(?:FAIL|ERROR): (\w{1,120}) \(([\w.]{1,200})\)/, (read, name, where) =>
    read.test(where!.endsWith(`.${name}`) ? where! : `${where}.${name}`),
  ),
  sign(new RegExp(`^E {2,8}${exceptionName}(?:: (.{0,300}))?$`), (read, code, message) =>
    read.error('exception', lastName(code!), message),
  ),
  sign(/^([^\s:]{1,300}\.py):\d{1,7}: ([A-Za-z_.]{1,80}(?:Error|Exception))?$/, (read, path, code) => {
    if (code !== '') read.error('exception', lastName(code!));
    return read.frame(path!, '', 'last');
  }),
  sign(/^ {2,8}File "([^"]{1,300})", line \d{1,7}(?:, in (.{1,100}))?$/, (read, path, name) =>
    read.frame(path!, name, 'last'),
  ),

  // Vitest, Jest, Mocha, TAP, node:test
  sign(/^ {0,4}FAIL {1,4}\S{1,300} > (.{1,300})$/, (read, test) => read.test(test!)),
  sign(/^ {0,4}● (.{1,300})$/, (read, test) =>
    test === 'Console' ? true : read.test(test!.replaceAll(' › ', ' > ')),
  ),
  sign(/^\s{0,16}[✖✗✕×] (?!failing tests)(.{1,300})$/, (read, test) => read.test(test!)),
  sign(/^\s{0,16}not ok \d{1,7} -? ?(.{1,300})$/, (read, test) =>
    /\s# (?:todo|skip)/i.test(test!) ? true : read.test(test!),
  ),
  sign(/^ {0,8}❯ (?:(\S{1,100}) )?(\S{1,300}):\d{1,7}:\d{1,7}$/, (read, name, path) =>
    read.frame(path!, name),
  ),

  // Elixir, Minitest, RSpec, PHPUnit
  sign(/^ {2}\d{1,4}\) test (.{1,250}) \(([\w.]{1,100})\)$/, (read, test, where) =>
    read.test(`${where} > ${test}`),
  ),
  sign(/^ {2}\d{1,4}\) (?:Failure|Error):$/, () => true),
  sign(/^(\w[\w:]{0,150}#\S{1,150}) \[(\S{1,300}):\d{1,7}\]:$/, (read, test, path) => {
    read.frame(path!);
    return read.test(test!);
  }),
  sign(/^rspec '?\.?[^\s:[\]]{1,300}(?::\d{1,7}|\[[\d:]{1,40}\])'? # (.{1,300})$/, (read, test) =>
    read.test(test!),
  ),
  sign(/^ {2,12}# (\.\/[^\s:]{1,300}):\d{1,7}/, (read, path) => read.frame(path!)),
  sign(/^\d{1,4}\) ([\w\\]{1,200}::\w{1,200}.{0,100})$/, (read, test) => read.test(test!)),

  sign(/^ {2,12}Failure\/Error:/, (read) => {
    read.title = '';
    return true;
  }),

  // Mocha's list of failures, behind the tree of tests
  sign(/^ {2}\d{1,4}\) (.{1,300})$/, (read, title) => read.titleLine('', title!)),
  sign(/^ {4,80}(\S.{0,300})$/, (read, title) =>
    read.title === '' ? false : read.titleLine(`${read.title} > `, title!),
  ),

  // Surefire, Gradle, .NET, nextest
  sign(/^\[ERROR\] {1,4}([\w.$]{1,300}) -- Time elapsed: .{1,60} <<< (?:FAILURE|ERROR)!$/, (read, test) =>
    read.test(test!),
  ),
  sign(/^(\w[\w.$]{0,200} > .{1,200}) FAILED$/, (read, test) => read.test(test!)),
  sign(/^ {2}Failed (\S{1,300}) \[[^\]]{1,20}\]$/, (read, test) => read.test(test!)),
  sign(/^ {1,12}FAIL \[ {0,9}[\d.]{1,12}s\] (?:\([\d/ ]{1,20}\) )?\S{1,150} (\S{1,250})$/, (read, test) =>
    read.test(test!),
  ),

  // Go
  sign(/^\s{0,16}--- FAIL: (\S{1,200})/, (read, test) => read.test(test!)),
  sign(/^panic: (?:runtime error: )?(.{1,300})$/, (read, message) => read.error('panic', 'panic', message)),
  sign(/^\s{1,16}(\w{1,100}_test\.go):\d{1,7}: (.{0,300})$/, (read, path, message) => {
    read.message ??= message;
    return read.frame(path!);
  }),
  sign(/^\s{1,8}(\S{1,300}\.go):\d{1,7}(?: \+0x[0-9a-f]{1,16})?$/, (read, path) =>
    read.frame(path!, read.functionBefore),
  ),
  sign(/^([\w.*()/-]{1,200})\((?:0x|\.\.\.|\))/, (read, name) => {
    read.functionBefore = name!.slice(name!.lastIndexOf('/') + 1);
    return true;
  }),

  // Rust
  sign(/^error(?:\[(E\d{1,5})\])?: (.{0,300})$/, (read, code, message) =>
    /^(?:could not compile|test failed|aborting due to)/.test(message!)
      ? true
      : read.error('compile', code!, message),
  ),
  sign(/^ {1,8}--> ([^\s:]{1,300}):\d{1,7}:\d{1,7}$/, (read, path) => read.frame(path!)),
  sign(
    /^thread '.{1,200}' (?:\(\d{1,12}\) )?panicked at (?:'(.{0,200})', )?([^\s:]{1,300}):\d{1,7}:\d{1,7}:?$/,
    (read, message, path) => {
      read.error('panic', 'panic', message);
      return read.frame(path!);
    },
  ),
  sign(/^test (\S{1,200}) \.\.\. FAILED$/, (read, test) => read.test(test!)),

  // compilers and linters
  sign(/^([^\s(]{1,300})\(\d{1,7},\d{1,7}\): error (\w{1,20}): (.{0,300})$/, (read, path, code, message) => {
    read.error('compile', code!, message);
    return read.frame(path!);
  }),
  sign(/^([^\s:]{1,300}):\d{1,7}:\d{1,7} - error (\w{1,20}): (.{0,300})$/, (read, path, code, message) => {
    read.error('compile', code!, message);
    return read.frame(path!);
  }),
  sign(
    /^((?:\/|\.{0,2}\/|[A-Za-z]:\\)?[\w@.-]{1,100}(?:[\\/][\w@.-]{1,100}){0,30}\.[A-Za-z]{1,8})$/,
    (read, path) => {
      read.lintedFile = path!;
      return true;
    },
  ),
  sign(/^ {2,8}\d{1,7}:\d{1,7} {1,8}error {1,8}(.{1,300}?) {2,8}(\S{1,80})$/, (read, message, rule) => {
    read.error('lint', rule!, message);
    return read.frame(read.lintedFile);
  }),
  sign(/^([^\s:]{1,300}):\d{1,7}(?::\d{1,7})?:? (lint\/[\w/]{1,80})/, (read, path, rule) => {
    read.error('lint', rule!);
    return read.frame(path!);
  }),
  sign(/^([^\s:]{1,300}):\d{1,7}:\d{1,7}: ([A-Z]{1,4}\d{2,5}) (.{0,300})$/, (read, path, rule, message) => {
    read.error('lint', rule!, message);
    return read.frame(path!);
  }),
  sign(
    /^([^\s:]{1,300}):\d{1,7}:(?:\d{1,7}:)? (?:fatal )?error: (.{0,300}?)(?: {1,2}\[([\w-]{1,60})\])?$/,
    (read, path, message, code) => {
      read.error('compile', code!, message);
      return read.frame(path!);
    },
  ),
  sign(/^(\.{0,2}[\w./-]{1,300}\.go):\d{1,7}:\d{1,7}: (.{1,300})$/, (read, path, message) => {
    read.error('compile', '', message);
    return read.frame(path!);
  }),

  // exceptions and stacks
  sign(
    /^ {1,12}at (?:async )?(?:(?:new )?([^\s(]{1,150})(?: \[as .{1,60}\])? )?\(?((?:file:\/\/)?[^\s()]{1,300}):\d{1,7}:\d{1,7}\)?$/,
    (read, name, path) => read.frame(path!, lastName(name!)),
  ),
  sign(/^\s{1,12}at ([\w.$]{1,200})\(([\w.-]{1,100}\.(?:java|kt|scala)):\d{1,7}\)$/, (read, name, path) =>
    /^(?:java|javax|sun|jdk|org\.junit|kotlin)\./.test(name!) ? true : read.frame(path!, lastName(name!)),
  ),
  sign(/^Exception in thread "[^"]{1,100}" ([\w.$]{1,150})(?:: (.{0,300}))?$/, (read, code, message) =>
    read.error('exception', lastName(code!), message),
  ),
  sign(/^ {0,8}code: '([A-Z][A-Z0-9_]{2,60})'/, (read, code) => read.error('exception', code!)),
  sign(
    new RegExp(
      `^ {0,8}(?:Uncaught |Caused by: |→ )?${exceptionName}(?: \\[([A-Z0-9_]{3,60})\\])?(?:: (.{0,300}))?$`,
    ),
    (read, code, named, message) => {
      // node's system errors carry their code in front of the message.
      const system = /^(E[A-Z]{3,20}):/.exec(message!)?.[1] ?? '';
      return read.error(
        'exception',
        [lastName(code!), named || system].filter((part) => part !== '').join(' '),
        message,
      );
    },
  ),
];

function lastName(dotted: string): string {
  return dotted.slice(dotted.lastIndexOf('.') + 1);
}
