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
const reporters: readonly Reporter[] = [nodeTest, vitest, jest, pytest, cargo, goTest];

/** Spec: `ℹ pass 3`; TAP: `# pass 3`. A cancelled test did not pass. */
function nodeTest(text: string): ReporterCounts | null {
  const passed = last(text, /^(?:ℹ|#) pass (\d{1,9})$/gm);
  const failed = last(text, /^(?:ℹ|#) fail (\d{1,9})$/gm);
  if (passed === null || failed === null) return null;
  return { passed, failed: failed + (last(text, /^(?:ℹ|#) cancelled (\d{1,9})$/gm) ?? 0) };
}

/** `      Tests  1 failed | 2 passed (3)` */
function vitest(text: string): ReporterCounts | null {
  return countsOf(lastLine(text, /^ {0,10}Tests {2}(.{1,200})\(\d{1,9}\)$/gm));
}

/** `Tests:       1 failed, 2 passed, 3 total` */
function jest(text: string): ReporterCounts | null {
  return countsOf(lastLine(text, /^Tests: {1,10}(.{1,200}) total$/gm));
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
