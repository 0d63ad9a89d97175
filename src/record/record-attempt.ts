import type { LogAttemptInput, LogAttemptResult } from '../domain/code-patterns.ts';
import type { AttemptResult, ErrorKind, Origin, ProjectName } from '../domain/ports.ts';
import { limits } from '../limits.ts';
import type { AttemptOutcome } from './attempt-outcome.ts';
import { attemptPrompt } from './attempt-prompt.ts';
import type { ChangedCode, RepositoryHead } from './changed-code.ts';
import { commandText } from './command-text.ts';
import { commandKey, type RecordedState, type StateFolder, withRun } from './recorded-state.ts';
import { withStateLock } from './state-lock.ts';

export interface AttemptToRecord {
  code: ChangedCode;
  states: StateFolder;
  head: RepositoryHead;
  earlierCommits: ReadonlySet<string> | undefined;
  outcome: AttemptOutcome;
  /** As it was run. */
  command: readonly string[];
  /** Where in the repository it was run; '' at its root. */
  way: string;
  durationMs: number | null;
  project: ProjectName;
  prompt: { flag: string | undefined; variable: string | undefined };
  functionName: string | null;
  fileName: string | null;
  /** Whose run it was. */
  origin: Origin;
}

export type RecordedAttempt =
  | { kind: 'rerun'; patternId: number; result: AttemptResult }
  | {
      kind: 'logged';
      result: AttemptResult;
      errorKind: ErrorKind | null;
      promptSource: string;
      state: RecordedState;
      logged: LogAttemptResult;
    };

/**
 * Logs a test run as an attempt and remembers its code as recorded. The same code with the same result of the
 * same command is a rerun and not logged again. Throws what `log` throws; then nothing is remembered.
 */
export async function recordAttempt(
  attempt: AttemptToRecord,
  log: (input: LogAttemptInput) => Promise<LogAttemptResult>,
): Promise<RecordedAttempt> {
  const { code, states } = attempt;
  try {
    const recorded = await withStateLock(states.path('lock'), () => recordAlone(attempt, log));
    if (recorded.kind === 'rerun') code.discard();
    return recorded;
  } catch (thrown) {
    code.discard();
    throw thrown;
  }
}

async function recordAlone(
  attempt: AttemptToRecord,
  log: (input: LogAttemptInput) => Promise<LogAttemptResult>,
): Promise<RecordedAttempt> {
  const { code, states, outcome } = attempt;
  // Another process may have recorded this very code while the tests ran.
  const stored = states.read();
  const isStored = stored?.tree === code.state.tree;
  const state = isStored ? stored : code.state;
  const testCommand = commandText(attempt.command, attempt.way);
  const key = commandKey(testCommand);
  const earlier = state.runs.find((run) => run.commandKey === key);
  if (earlier?.result === outcome.result && saysSomething(earlier) === saysSomething(outcome)) {
    return { kind: 'rerun', patternId: earlier.patternId, result: outcome.result };
  }
  const prompt = attemptPrompt({ ...attempt.prompt, subject: attempt.head.subject, files: state.files });
  const logged = await log({
    project: attempt.project,
    inputPrompt: prompt.text,
    generatedCode: state.code,
    result: outcome.result,
    functionName: attempt.functionName,
    fileName: attempt.fileName ?? onlyFile(state),
    moduleName: null,
    executionTimeMs: inRange(attempt.durationMs),
    errorMessage: outcome.errorText,
    errorKind: outcome.errorKind,
    lesson: null,
    testCommand: testCommand.slice(0, limits.nameCharactersMax).toWellFormed(),
    commit: attempt.head.commit,
    ...(attempt.earlierCommits === undefined ? {} : { earlierCommits: attempt.earlierCommits }),
    tags: [],
    fixesPatternId: null,
    usedPatternIds: [],
    origin: attempt.origin,
  });
  const { result, errorKind } = outcome;
  const run = { commandKey: key, result, errorKind, patternId: logged.patternId };
  states.write(withRun(state, run));
  if (isStored && stored.objects !== code.state.objects) code.discard();
  return { kind: 'logged', result, errorKind, promptSource: prompt.source, state, logged };
}

function saysSomething({ errorKind }: { errorKind: ErrorKind | null }): boolean {
  return errorKind !== 'environment' && errorKind !== 'timeout';
}

function onlyFile({ files }: RecordedState): string | null {
  const [only] = files;
  return files.length === 1 && only !== undefined && only.length <= limits.nameCharactersMax ? only : null;
}

function inRange(durationMs: number | null): number | null {
  return durationMs === null
    ? null
    : Math.min(Math.max(0, Math.round(durationMs)), limits.executionTimeMsMax);
}
