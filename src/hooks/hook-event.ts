import { limits } from '../limits.ts';
import { OutputCapture } from '../record/output-capture.ts';
import { testCommandOf } from './test-command.ts';
import { workingFolder } from './working-folder.ts';

/** A test run that a client's agent did, as its hook tells it. */
export interface TestRunEvent {
  /** In which the tests ran. */
  folder: string;
  /** The whole line. */
  line: string;
  /** Of the command that ran the tests. */
  words: string[];
  /** null: not told. */
  exitCode: number | null;
  isExitTrusted: boolean;
  isTimedOut: boolean;
  output: string;
  durationMs: number | null;
}

export interface HookInput {
  folder: string | null;
  fields: Record<string, unknown>;
}

/** The JSON object that a client writes to a hook's stdin. null: it is none. */
export function parseHookInput(text: string): HookInput | null {
  try {
    const fields: unknown = JSON.parse(text);
    if (!isObject(fields)) return null;
    return { folder: textOf(fields.cwd), fields };
  } catch {
    return null;
  }
}

/**
 * A test run in the input of PostToolUse (the command ended well) or PostToolUseFailure (it did not), as
 * https://code.claude.com/docs/en/hooks documents them. null: another tool, no test command, one that runs in
 * the background, or one that the user broke off.
 */
export function testRunOf(
  event: 'PostToolUse' | 'PostToolUseFailure',
  input: HookInput,
): TestRunEvent | null {
  const { tool_name: tool, tool_input: given, duration_ms: duration } = input.fields;
  if (tool !== 'Bash' || !isObject(given) || given.run_in_background === true || input.folder === null)
    return null;
  const line = textOf(given.command);
  if (line === null || line.length > limits.hookCommandCharactersMax) return null;
  const end = event === 'PostToolUse' ? successOf(input.fields) : failureOf(input.fields);
  if (end === null) return null;
  const command = testCommandOf(line);
  if (command === null) return null;
  const capture = new OutputCapture(limits.recordOutputBytesEachEnd);
  capture.add(Buffer.from(end.output));
  const { success, failure } = command.isTrusted;
  return {
    folder: workingFolder(input.folder, command.moves),
    line,
    words: command.words,
    exitCode: end.exitCode,
    isExitTrusted: end.exitCode === 0 ? success : failure,
    isTimedOut: end.isTimedOut,
    output: capture.text(),
    durationMs: typeof duration === 'number' && Number.isFinite(duration) && duration >= 0 ? duration : null,
  };
}

type CommandEnd = Pick<TestRunEvent, 'exitCode' | 'isTimedOut' | 'output'>;

function successOf({ tool_response: response }: Record<string, unknown>): CommandEnd | null {
  if (typeof response === 'string') return { exitCode: 0, isTimedOut: false, output: response };
  if (!isObject(response)) return null;
  if (response.interrupted === true || response.backgroundTaskId !== undefined) return null;
  const code = [response.exit_code, response.exitCode, response.returnCode].find(
    (value) => typeof value === 'number',
  );
  const output = [response.stdout, response.stderr].map(textOf).filter((text) => text !== null);
  return { exitCode: typeof code === 'number' ? code : 0, isTimedOut: false, output: output.join('\n') };
}

/** `error` begins with the exit code; behind it stands what the command wrote. */
function failureOf({ error, is_interrupt: isInterrupt }: Record<string, unknown>): CommandEnd | null {
  const text = textOf(error);
  if (text === null || isInterrupt === true) return null;
  const code =
    /^(?:Error: )?(?:Exit code|Command exited with non-zero status code|Command failed with exit code):? (\d{1,5})\b[^\n]*/.exec(
      text,
    );
  return {
    exitCode: code === null ? null : Number(code[1]),
    isTimedOut: /^(?:Error: )?Command timed out\b/.test(text),
    output: code === null ? text : text.slice(code[0].length).trimStart(),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
