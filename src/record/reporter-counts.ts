/** How many tests passed and failed, as a test runner's summary says. */
export interface ReporterCounts {
  passed: number;
  failed: number;
}

/** `text` is the output without colours. null: no summary that is known here. */
export function reporterCounts(text: string): ReporterCounts | null {
  for (const reporter of reporters) {
    const counts = reporter(text);
    if (counts !== null && counts.passed + counts.failed > 0) return counts;
  }
  return null;
}

type Reporter = (text: string) => ReporterCounts | null;

/** Every pattern is bounded and begins at a line's start, so that the time is linear in the text. */
const reporters: readonly Reporter[] = [
  nodeTest,
  vitest,
  jest,
  pytest,
  cargo,
  goTest,
  unittest,
  mocha,
  bun,
  playwright,
  oneLine,
];

/** Spec: `ℹ pass 3`; TAP: `# pass 3`. A cancelled test did not pass. */
function nodeTest(text: string): ReporterCounts | null {
  const passed = last(text, /^(?:ℹ|#) pass (\d{1,9})$/gm);
  const failed = last(text, /^(?:ℹ|#) fail (\d{1,9})$/gm);
  if (passed === null || failed === null) return null;
  return { passed, failed: failed + (last(text, /^(?:ℹ|#) cancelled (\d{1,9})$/gm) ?? 0) };
}

/** `      Tests  1 failed | 2 passed (3)`; a file that cannot be loaded, and an error outside of tests, stand on lines of their own. */
function vitest(text: string): ReporterCounts | null {
  const line = (name: string) =>
    lastLine(text, new RegExp(`^ {0,10}${name} {2}(.{1,200}?)(?: \\(\\d{1,9}\\))?$`, 'gm'));
  return withFiles(countsOf(line('Tests')), countsOf(line('Test Files')), countsOf(line('Errors')));
}

/** `Tests:       1 failed, 2 passed, 3 total`; a suite that cannot be loaded has no tests. */
function jest(text: string): ReporterCounts | null {
  const line = (name: string) => lastLine(text, new RegExp(`^${name}: {1,10}(.{1,200}) total$`, 'gm'));
  return withFiles(countsOf(line('Tests')), countsOf(line('Test Suites')));
}

/** Where no test failed and yet a file did, the files that failed. */
function withFiles(
  tests: ReporterCounts | null,
  ...others: (ReporterCounts | null)[]
): ReporterCounts | null {
  if (tests === null || tests.failed > 0) return tests;
  return { passed: tests.passed, failed: others.reduce((sum, other) => sum + (other?.failed ?? 0), 0) };
}

/** `=== 1 failed, 2 passed, 1 error in 0.12s ===`, with -q without the signs. */
function pytest(text: string): ReporterCounts | null {
  return countsOf(
    lastLine(
      text,
      /^(?:=+ )?((?:\d{1,9} [a-z]{1,20}(?:, )?){1,10}) in \d{1,9}\.\d\ds(?: \([\d:, day]{1,40}\))?(?: =+)?$/gm,
    ),
  );
}

/** `test result: FAILED. 3 passed; 1 failed; …`, one line a test program. */
function cargo(text: string): ReporterCounts | null {
  const lines = [...text.matchAll(/^test result: \w{1,10}\. (\d{1,9}) passed; (\d{1,9}) failed;/gm)];
  if (lines.length === 0) return null;
  return {
    passed: lines.reduce((sum, line) => sum + Number(line[1]), 0),
    failed: lines.reduce((sum, line) => sum + Number(line[2]), 0),
  };
}

/** With -v every test has a line; without it only failures have, and packages that passed. */
function goTest(text: string): ReporterCounts | null {
  const packages = count(text, /^(?:ok {2}\t|FAIL\t|--- FAIL: )/gm);
  if (packages === 0) return null;
  const tests = count(text, /^--- PASS: /gm);
  const failedTests = count(text, /^--- FAIL: /gm);
  const passed = tests > 0 ? tests : count(text, /^ok {2}\t/gm);
  return { passed, failed: failedTests > 0 ? failedTests : count(text, /^FAIL\t/gm) };
}

/** `Ran 3 tests in 0.001s`, and below it `OK` or `FAILED (failures=1, errors=1)`. */
function unittest(text: string): ReporterCounts | null {
  const total = last(text, /^Ran (\d{1,9}) tests? in \d/gm);
  const end = lastLine(text, /^(OK|FAILED)(?: \(.{1,200}\))?$/gm);
  if (total === null || end === null) return null;
  const of = (word: string) =>
    last(text, new RegExp(`^(?:OK|FAILED) \\((?:.{0,200}, )?${word}=(\\d{1,9})`, 'gm')) ?? 0;
  // A success that was not expected has a word of its own.
  const failed = Math.max(of('failures') + of('errors'), end === 'FAILED' ? 1 : 0);
  return { passed: Math.max(0, total - failed - of('skipped')), failed };
}

function mocha(text: string): ReporterCounts | null {
  const passed = last(text, /^ {0,6}(\d{1,9}) passing(?: \(\w{1,20}\))?$/gm);
  return passed === null ? null : { passed, failed: last(text, /^ {0,6}(\d{1,9}) failing$/gm) ?? 0 };
}

function bun(text: string): ReporterCounts | null {
  const passed = last(text, /^ {0,6}(\d{1,9}) pass$/gm);
  const failed = last(text, /^ {0,6}(\d{1,9}) fail$/gm);
  const errors = last(text, /^ {0,6}(\d{1,9}) errors?$/gm) ?? 0;
  return passed === null || failed === null ? null : { passed, failed: failed + errors };
}

/** `  1 failed`, the names of those, and `  3 passed (2.0s)`. */
function playwright(text: string): ReporterCounts | null {
  const passed = last(text, /^ {0,6}(\d{1,9}) passed \([\d.]{1,9}m?s\)$/gm);
  const failed = last(text, /^ {0,6}(\d{1,9}) failed$/gm);
  return passed === null && failed === null ? null : { passed: passed ?? 0, failed: failed ?? 0 };
}

/** Runners whose summary is one line for each program or module: RSpec and ExUnit, Minitest, Surefire, Deno, nextest, .NET. */
const summaries = [
  /^(?:\d{1,9} (?:doctests?|property|properties), ){0,2}(?<total>\d{1,9}) (?:examples?|tests?), (?<failed>\d{1,9}) failures?(?:, \d{1,9} (?:excluded|invalid)){0,2}(?:, (?<skipped>\d{1,9}) (?:pending|skipped))?(?:, (?<errors>\d{1,9}) errors? occurred outside of examples)?$/gm,
  /^(?<total>\d{1,9}) runs, \d{1,9} assertions, (?<failed>\d{1,9}) failures, (?<errors>\d{1,9}) errors, (?<skipped>\d{1,9}) skips$/gm,
  /^(?:\[\w{1,9}\] )?Tests run: (?<total>\d{1,9}), Failures: (?<failed>\d{1,9}), Errors: (?<errors>\d{1,9}), Skipped: (?<skipped>\d{1,9})$/gm,
  /^(?:ok|FAILED) \| (?<passed>\d{1,9}) passed(?: \([^)]{1,40}\))? \| (?<failed>\d{1,9}) failed/gm,
  /^ {0,9}Summary \[[^\]]{1,20}\] {1,4}\d{1,9}(?:\/\d{1,9})? tests? run: (?<passed>\d{1,9}) passed(?: \([^)]{1,40}\))?(?:, (?<failed>\d{1,9}) failed)?/gm,
  /^(?:Passed|Failed)! {1,2}- Failed: {1,9}(?<failed>\d{1,9}), Passed: {1,9}(?<passed>\d{1,9}),/gm,
];

function oneLine(text: string): ReporterCounts | null {
  for (const summary of summaries) {
    const lines = [...text.matchAll(summary)].map(({ groups = {} }) => groups);
    if (lines.length === 0) continue;
    const sum = (name: string) => lines.reduce((all, groups) => all + Number(groups[name] ?? 0), 0);
    const failed = sum('failed') + sum('errors');
    const passed = sum('passed') + Math.max(0, sum('total') - failed - sum('skipped'));
    if (passed + failed > 0) return { passed, failed };
  }
  return null;
}

/** `1 failed`, `2 passed`, `1 error` in a summary line. */
function countsOf(line: string | null): ReporterCounts | null {
  if (line === null) return null;
  const of = (word: RegExp) => Number(word.exec(line)?.[1] ?? 0);
  return {
    passed: of(/\b(\d{1,9}) passed/),
    failed: of(/\b(\d{1,9}) failed/) + of(/\b(\d{1,9}) errors?\b/),
  };
}

function lastLine(text: string, pattern: RegExp): string | null {
  return [...text.matchAll(pattern)].at(-1)?.[1] ?? null;
}

function last(text: string, pattern: RegExp): number | null {
  const found = lastLine(text, pattern);
  return found === null ? null : Number(found);
}

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length;
}
