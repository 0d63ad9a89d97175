import { expect, test } from 'vitest';
import { attemptOutcome, type EndedTests } from '../../src/record/attempt-outcome.ts';

const own = new Set(['parser', 'utils']);

function outcome(ended: Partial<EndedTests>) {
  return attemptOutcome({
    exitCode: 1,
    signal: null,
    output: '',
    isExitTrusted: true,
    isOwnModule: (name) => own.has(name),
    ...ended,
  });
}

const mixed = 'ℹ pass 2\nℹ fail 1\n';

test('pass, fail and partial', () => {
  expect(outcome({ exitCode: 0, output: 'fine' })).toEqual({
    result: 'pass',
    errorKind: null,
    errorText: null,
  });
  expect(outcome({ output: 'ℹ pass 0\nℹ fail 1\n' })).toMatchObject({ result: 'fail', errorKind: null });
  expect(outcome({ output: mixed })).toMatchObject({ result: 'partial', errorKind: null });
  expect(outcome({ output: 'TypeError: no' })).toMatchObject({ result: 'fail', errorText: 'TypeError: no' });
});

test.each<[string, Partial<EndedTests>]>([
  ['126', { exitCode: 126 }],
  ['127', { exitCode: 127 }],
  ['cmd.exe`s own 127', { exitCode: 9009 }],
  ['a signal', { exitCode: null, signal: 'SIGKILL' }],
  ['a signal told by a shell', { exitCode: 137 }],
  ['a missing package of node', { output: "Error: Cannot find module 'left-pad'\nRequire stack:" }],
  [
    'a missing package of node, ESM',
    { output: "Error [ERR_MODULE_NOT_FOUND]: Cannot find package '@scope/x' imported from /p/a.js" },
  ],
  ['a missing package of vite', { output: 'Error: Failed to resolve import "lodash/get" from "a.ts".' }],
  ['a missing module of python', { output: "E   ModuleNotFoundError: No module named 'numpy.linalg'" }],
  ['a refused connection', { output: 'Error: connect ECONNREFUSED 127.0.0.1:5432' }],
  ['a refused connection in python', { output: 'ConnectionRefusedError: [Errno 111] Connection refused' }],
  ['a full disk', { output: 'OSError: [Errno 28] No space left on device' }],
])('%s is the environment', (_name, ended) => {
  expect(outcome(ended)).toMatchObject({ result: 'fail', errorKind: 'environment' });
});

test.each<[string, Partial<EndedTests>]>([
  ['a missing file of the project', { output: "Error: Cannot find module './parse'" }],
  ['a missing file by its path', { output: "Error: Cannot find module '/home/u/p/parse.js'" }],
  ['a missing module of the project', { output: "ModuleNotFoundError: No module named 'parser.words'" }],
  ['an exit code of its own', { exitCode: 5 }],
  ['one beyond all signals', { exitCode: 255 }],
])('%s is the code', (_name, ended) => {
  expect(outcome(ended)).toMatchObject({ result: 'fail', errorKind: null });
});

test('where another command may have decided the exit code, the tests` own summary counts or nothing is said', () => {
  const piped = { isExitTrusted: false, exitCode: 0 };
  expect(outcome({ ...piped, output: mixed })).toMatchObject({ result: 'partial' });
  expect(outcome({ ...piped, output: 'ℹ pass 3\nℹ fail 0\n' })).toMatchObject({ result: 'pass' });
  expect(outcome({ ...piped, output: 'last line of something' })).toBeNull();
  expect(outcome({ ...piped, exitCode: 1, output: 'ℹ pass 3\nℹ fail 0\n' })).toMatchObject({
    result: 'pass',
  });
});

test('a run that was ended for taking too long', () => {
  expect(outcome({ isTimedOut: true, exitCode: null, output: mixed })).toMatchObject({
    errorKind: 'timeout',
  });
});

test('the error text is plain, without the tests that passed; a silent failure says how it ended', () => {
  const output =
    '\u001b[32m✔\u001b[39m adds (1ms)\r\n\u001b[31m✖ subtracts\u001b[39m\nloading 1 %\rloading 99 %\n\u001b]0;title\u0007ok 1 - adds\nnot ok 2 - subtracts\n--- PASS: TestA (0.00s)\na_test.go:4: no\n';
  expect(outcome({ output })!.errorText).toBe(
    '✖ subtracts\nloading 99 %\nnot ok 2 - subtracts\na_test.go:4: no',
  );
  expect(outcome({})!.errorText).toBe('exit code 1');
  expect(outcome({ exitCode: null, signal: 'SIGSEGV' })!.errorText).toBe('ended by SIGSEGV');
  expect(outcome({ output: 'half \ud83d of a pair' })!.errorText).toBe('half \ufffd of a pair');
});
