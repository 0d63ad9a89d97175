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
