import { expect, test } from 'vitest';
import { parseHookInput, testRunOf } from '../../src/hooks/hook-event.ts';

/** As the client's documentation shows it. */
const common = {
  session_id: 'abc123',
  transcript_path: '/home/u/.claude/projects/x/00893aaf-19fa-41d2-8238-13269b9b3ca0.jsonl',
  cwd: '/home/u/project',
  permission_mode: 'default',
  tool_name: 'Bash',
  tool_input: { command: 'npm test', description: 'Run test suite' },
  tool_use_id: 'toolu_01ABC123',
};
const passed = {
  ...common,
  tool_response: { stdout: 'ok', stderr: 'warning', interrupted: false, isImage: false },
};

function run(event: 'PostToolUse' | 'PostToolUseFailure', fields: Record<string, unknown>) {
  return testRunOf(event, parseHookInput(JSON.stringify(fields))!);
}

test('a command that ended well', () => {
  expect(run('PostToolUse', { ...passed, duration_ms: 1234 })).toEqual({
    folder: '/home/u/project',
    line: 'npm test',
    words: ['npm', 'test'],
    exitCode: 0,
    isExitTrusted: true,
    isTimedOut: false,
    output: 'ok\nwarning',
    durationMs: 1234,
  });
  expect(run('PostToolUse', { ...passed, tool_response: 'all of it' })).toMatchObject({
    output: 'all of it',
    durationMs: null,
  });
  expect(run('PostToolUse', { ...passed, tool_response: { stdout: '', exit_code: 3 } })).toMatchObject({
    exitCode: 3,
  });
});

test.each<[error: string, expected: object]>([
  ['Command exited with non-zero status code 1', { exitCode: 1, output: '' }],
  ['Exit code 127\nsh: vitest: not found', { exitCode: 127, output: 'sh: vitest: not found' }],
  ['Command timed out after 2m 0s\nhalf of it', { exitCode: null, isTimedOut: true }],
  ['something else', { exitCode: null, isTimedOut: false, output: 'something else' }],
])('a command that failed: %j', (error, expected) => {
  expect(run('PostToolUseFailure', { ...common, error, is_interrupt: false })).toMatchObject(expected);
});

test.each<[what: string, event: 'PostToolUse' | 'PostToolUseFailure', fields: Record<string, unknown>]>([
  ['another tool', 'PostToolUse', { ...passed, tool_name: 'Write' }],
  ['another command', 'PostToolUse', { ...passed, tool_input: { command: 'ls' } }],
  ['no command', 'PostToolUse', { ...passed, tool_input: {} }],
  ['a command that is no text', 'PostToolUse', { ...passed, tool_input: { command: ['npm', 'test'] } }],
  [
    'the background',
    'PostToolUse',
    { ...passed, tool_input: { command: 'npm test', run_in_background: true } },
  ],
  ['a user who broke it off', 'PostToolUse', { ...passed, tool_response: { stdout: '', interrupted: true } }],
  ['the same, failed', 'PostToolUseFailure', { ...common, error: 'no', is_interrupt: true }],
  ['no answer', 'PostToolUse', common],
  ['no error', 'PostToolUseFailure', common],
  ['no folder', 'PostToolUse', { ...passed, cwd: undefined }],
])('%s is no test run', (_what, event, fields) => {
  expect(run(event, fields)).toBeNull();
});

test.each(['', '[]', 'null', '"text"', '{', '{"a":1}x'])('%j is no input', (text) => {
  expect(parseHookInput(text)).toBeNull();
});
