import type { AttemptResult, ErrorKind } from '../domain/ports.ts';
import { isEnvironmentFailure } from './environment-failure.ts';
import { plainOutput } from './plain-output.ts';
import { reporterCounts } from './reporter-counts.ts';

export interface EndedTests {
  exitCode: number | null;
  signal: string | null;
  /** As it was written, colours and all. */
  output: string;
  /** False where another command may have decided the exit code: then only the tests' own summary counts. */
  isExitTrusted: boolean;
  /** The one who ran it ended it because it took too long. */
  isTimedOut?: boolean;
  isOwnModule(name: string): boolean;
}

export interface AttemptOutcome {
  result: AttemptResult;
  errorKind: ErrorKind | null;
  /** null where all passed. */
  errorText: string | null;
}

/** What a test run says about the code; null where nothing can be told. */
export function attemptOutcome(ended: EndedTests): AttemptOutcome | null {
  const output = plainOutput(ended.output);
  const counts = reporterCounts(output);
  if (!ended.isExitTrusted && counts === null && !ended.isTimedOut) return null;
  const isPass = ended.isExitTrusted
    ? ended.exitCode === 0 && ended.signal === null
    : counts !== null && counts.failed === 0;
  if (isPass && !ended.isTimedOut) return { result: 'pass', errorKind: null, errorText: null };
  const errorText = withoutPasses(output) || silentEnd(ended);
  if (ended.isTimedOut) return { result: 'fail', errorKind: 'timeout', errorText };
  const end = { exitCode: ended.exitCode, signal: ended.signal, output };
  const isPartial = counts !== null && counts.passed > 0 && counts.failed > 0;
  return {
    result: isPartial ? 'partial' : 'fail',
    errorKind: isEnvironmentFailure(end, ended.isOwnModule) ? 'environment' : null,
    errorText,
  };
}

function silentEnd({ exitCode, signal }: EndedTests): string {
  return signal === null ? `exit code ${exitCode ?? 'unknown'}` : `ended by ${signal}`;
}

/** Lines in which test runners name a single test that passed: of no use to whoever reads of a failure. */
const passes =
  /^\s{0,16}(?:[✔✓√] |ok \d+ |--- PASS: |=== RUN |=== (?:PAUSE|CONT) |PASS(?:ED)?\b|test .{1,300} \.\.\. ok$|\S{1,300} PASSED\b)/;

function withoutPasses(output: string): string {
  const lines = output.split('\n').filter((line) => !passes.test(line));
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
