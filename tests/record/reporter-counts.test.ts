import { expect, test } from 'vitest';
import { plainOutput } from '../../src/record/plain-output.ts';
import { reporterCounts } from '../../src/record/reporter-counts.ts';

const outputs: [name: string, output: string, counts: { passed: number; failed: number } | null][] = [
  [
    'node, spec',
    '✔ adds (0.8ms)\n✖ subtracts (8.9ms)\nℹ tests 3\nℹ suites 0\nℹ pass 1\nℹ fail 1\nℹ cancelled 1\nℹ skipped 0\nℹ todo 0\nℹ duration_ms 213.6\n',
    { passed: 1, failed: 2 },
  ],
  [
    'node, TAP',
    '1..2\n# tests 2\n# suites 0\n# pass 2\n# fail 0\n# cancelled 0\n# skipped 0\n',
    { passed: 2, failed: 0 },
  ],
  [
    'vitest, coloured',
    ' \u001b[31m❯\u001b[39m a.test.ts \u001b[2m(\u001b[22m3 tests | 1 failed\u001b[2m)\u001b[22m\n\n\u001b[2m Test Files \u001b[22m \u001b[1m\u001b[31m1 failed\u001b[39m\u001b[22m\u001b[90m (1)\u001b[39m\n\u001b[2m      Tests \u001b[22m \u001b[1m\u001b[31m1 failed\u001b[39m\u001b[22m\u001b[2m | \u001b[22m\u001b[1m\u001b[32m2 passed\u001b[39m\u001b[22m\u001b[90m (3)\u001b[39m\n\u001b[2m   Start at \u001b[22m 20:00:26\n',
    { passed: 2, failed: 1 },
  ],
  [
    'vitest, all passed',
    ' Test Files  2 passed (2)\n      Tests  12 passed | 1 skipped (13)\n   Start at  10:00:00\n',
    { passed: 12, failed: 0 },
  ],
  [
    'jest',
    'FAIL src/sum.test.js\n\nTest Suites: 1 failed, 1 passed, 2 total\nTests:       1 failed, 1 skipped, 5 passed, 7 total\nSnapshots:   0 total\nTime:        1.21 s\n',
    { passed: 5, failed: 1 },
  ],
  [
    'pytest',
    '=========================== short test summary info ============================\nFAILED test_a.py::test_b - assert 1 == 2\n=================== 1 failed, 2 passed, 1 xfailed in 0.04s ====================\n',
    { passed: 2, failed: 1 },
  ],
  [
    'pytest -q',
    'F.\nFAILED test_a.py::test_b - assert 1 == 2\n1 failed, 1 passed in 0.04s\n',
    { passed: 1, failed: 1 },
  ],
  ['pytest, slow', '====== 3 passed, 2 warnings in 75.31s (0:01:15) ======\n', { passed: 3, failed: 0 }],
  [
    'pytest, collection',
    '!!!!!!! Interrupted: 1 error during collection !!!!!!!\n===== 1 error in 0.10s =====\n',
    { passed: 0, failed: 1 },
  ],
  [
    'go -v',
    '=== RUN   TestA\n--- PASS: TestA (0.00s)\n=== RUN   TestB\n    a_test.go:4: no\n--- FAIL: TestB (0.00s)\nFAIL\nFAIL\texample.com/x\t0.006s\nFAIL\n',
    { passed: 1, failed: 1 },
  ],
  [
    'go, packages',
    'ok  \texample.com/a\t0.003s\n--- FAIL: TestB (0.00s)\n    b_test.go:4: no\nFAIL\nFAIL\texample.com/b\t0.005s\nFAIL\n',
    { passed: 1, failed: 1 },
  ],
  [
    'go, one package',
    '--- FAIL: TestB (0.00s)\n    a_test.go:4: no\nFAIL\nFAIL\tx\t0.005s\nFAIL\n',
    { passed: 0, failed: 1 },
  ],
  [
    'cargo, two programs',
    'running 2 tests\ntest a ... ok\ntest b ... FAILED\n\ntest result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\nrunning 1 test\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n',
    { passed: 2, failed: 1 },
  ],
  [
    'vitest, a file that cannot be loaded',
    ' FAIL  src/b.test.ts\nError: Cannot find module\n\n Test Files  1 failed | 1 passed (2)\n      Tests  3 passed (3)\n',
    { passed: 3, failed: 1 },
  ],
  [
    'vitest, no file that can be loaded',
    ' Test Files  2 failed (2)\n      Tests  no tests\n   Start at  10:00:00\n',
    { passed: 0, failed: 2 },
  ],
  [
    'vitest, an error outside of tests',
    ' Test Files  1 passed (1)\n      Tests  2 passed (2)\n     Errors  1 error\n',
    { passed: 2, failed: 1 },
  ],
  [
    'jest, a suite that cannot be loaded',
    'Test Suites: 1 failed, 1 passed, 2 total\nTests:       5 passed, 5 total\n',
    { passed: 5, failed: 1 },
  ],
  [
    'jest, no suite that can be loaded',
    'Test Suites: 1 failed, 1 total\nTests:       0 total\n',
    { passed: 0, failed: 1 },
  ],
  [
    'unittest',
    'FE.s\nRan 4 tests in 0.001s\n\nFAILED (failures=1, errors=1, skipped=1)\n',
    { passed: 1, failed: 2 },
  ],
  ['unittest, all passed', 'Ran 2 tests in 0.000s\n\nOK\n', { passed: 2, failed: 0 }],
  [
    'unittest, unexpected',
    'Ran 2 tests in 0.000s\n\nFAILED (unexpected successes=1)\n',
    { passed: 1, failed: 1 },
  ],
  ['unittest, cut off', 'Ran 2 tests in 0.000s\n', null],
  [
    'mocha',
    '\n  total\n    ✔ other\n    1) totals\n\n\n  1 passing (4ms)\n  1 pending\n  1 failing\n\n  1) total\n',
    { passed: 1, failed: 1 },
  ],
  ['mocha, all passed', '\n  2 passing (3s)\n\n', { passed: 2, failed: 0 }],
  [
    'bun',
    '✗ totals [0.4ms]\n\n 1 pass\n 1 fail\n 2 expect() calls\nRan 2 tests across 1 file. [8.00ms]\n',
    { passed: 1, failed: 1 },
  ],
  [
    'playwright',
    '  1 failed\n    [chromium] › a.spec.ts:3:5 › shows ───\n  1 skipped\n  3 passed (2.0s)\n',
    { passed: 3, failed: 1 },
  ],
  [
    'playwright, all failed',
    '  2 failed\n    [chromium] › a.spec.ts:3:5 › shows ───\n',
    { passed: 0, failed: 2 },
  ],
  ['rspec', 'Finished in 0.003 seconds\n5 examples, 1 failure, 2 pending\n', { passed: 2, failed: 1 }],
  [
    'exunit with doctests',
    '2 doctests, 3 tests, 1 failure, 1 excluded, 1 skipped\n',
    { passed: 1, failed: 1 },
  ],
  [
    'rspec, a file that cannot be loaded',
    '0 examples, 0 failures, 1 error occurred outside of examples\n',
    { passed: 0, failed: 1 },
  ],
  ['ExUnit', '..\nFinished in 0.02 seconds\n2 tests, 0 failures\n', { passed: 2, failed: 0 }],
  ['Minitest', '3 runs, 4 assertions, 1 failures, 1 errors, 0 skips\n', { passed: 1, failed: 2 }],
  [
    'Surefire, two modules',
    '[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.05 s <<< FAILURE! -- in a.B\n[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0\n[INFO] Tests run: 5, Failures: 0, Errors: 0, Skipped: 1\n',
    { passed: 5, failed: 1 },
  ],
  ['deno', 'FAILED | 3 passed (2 steps) | 1 failed (5ms)\n', { passed: 3, failed: 1 }],
  [
    'nextest',
    '     Summary [   0.005s] 2 tests run: 1 passed, 1 failed, 0 skipped\n        FAIL [   0.003s] app tests::total\n',
    { passed: 1, failed: 1 },
  ],
  [
    '.NET, two projects',
    'Failed!  - Failed:     1, Passed:     2, Skipped:     0, Total:     3, Duration: 9 ms - A.dll (net9.0)\nPassed!  - Failed:     0, Passed:     4, Skipped:     0, Total:     4, Duration: 9 ms - B.dll (net9.0)\n',
    { passed: 6, failed: 1 },
  ],
  ['no tests', 'ℹ tests 0\nℹ pass 0\nℹ fail 0\n', null],
  ['prose', 'I passed 3 exams and failed 1 in 2.00s\nTests are fun (3)\n', null],
  ['nothing', '', null],
];

test.each(outputs)('the summary of %s', (_name, output, counts) => {
  expect(reporterCounts(plainOutput(output))).toEqual(counts);
});

test('a program that prints a summary of its own does not come before the runner, which speaks last', () => {
  const output = 'ℹ pass 9\nℹ fail 0\n✖ b\nℹ pass 1\nℹ fail 1\n';
  expect(reporterCounts(output)).toEqual({ passed: 1, failed: 1 });
});

test('megabytes of lines that nearly fit are read in time', () => {
  const lines = ['=== 1 failed, '.repeat(400), 'Tests  '.repeat(400), `${'9'.repeat(4_000)} passed`];
  expect(reporterCounts(lines.join('\n').repeat(100))).toBeNull();
});
