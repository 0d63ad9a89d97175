import { expect, test } from 'vitest';
import { coversTests } from '../../src/domain/covered-tests.ts';

const errorSignature = 'test: AssertionError; test tests/test_a.py::test_sum; at app/a.py:sum';

test.each<[passed: string, failed: string, expected: boolean]>([
  ['npm test', 'npm test', true],
  // Less is asked for, so more is run.
  ['npm test', 'npm test -- tests/b.test.ts', true],
  ['pytest', 'pytest -x tests/test_b.py -k sum', true],
  ['go test ./...', 'go test ./total', true],
  ['pytest -q', 'pytest -x', true],
  // The same, started otherwise.
  ['npm run test', 'npm test', true],
  ['CI=1 timeout 120 npx vitest run', 'vitest', true],
  ['uv run python3.12 -m pytest', 'pytest', true],
  // What failed is named.
  ['pytest tests/test_a.py', 'pytest', true],
  ['python -m pytest -q ./project/tests/test_a.py', 'pytest', true],
  ['pytest project/tests/', 'pytest', true],
  ['npx tool run tests/test_a.py', 'npm test -- tests/test_a.py', true],
  // Other tests.
  ['pytest tests/test_b.py', 'pytest', false],
  ['pytest tests/test_b.py', 'pytest tests/test_a.py', false],
  ['pytest -k other', 'pytest', false],
  ['pytest --deselect=tests/x.py', 'pytest', false],
  ['pytest --deselect project/tests/test_a.py', 'pytest', false],
  ['pytest --ignore=project/tests/test_a.py -q', 'pytest', false],
  ['pytest a.py', 'pytest tests/data.py', false],
  ['pytest tests/test_a.py tests', 'pytest', true],
  ['cargo test --lib', 'cargo test', false],
  ['cargo test', 'cargo test --lib', true],
  ['go test -short ./...', 'go test ./...', false],
  ['npm run lint', 'npm test', false],
  ['python run', 'npm test', false],
  ['uv run python3.12 -m pytest tests/test_b.py', 'uv run python3.12 -m pytest', false],
  ['./node_modules/.bin/jest b', './node_modules/.bin/jest a', false],
  // Of another folder.
  ['cd packages/b && npm test', 'cd packages/a && npm test', false],
  ['npm test', 'cd packages/a && npm test', false],
  ['cd "my package" && npm test', 'cd "my package" && npm test -- a', true],
  ['cd "my package" && npm test', 'cd "my other" && npm test -- a', false],
])('%j after %j', (passed, testCommand, expected) => {
  expect(coversTests(passed, { testCommand, errorSignature })).toBe(expected);
});

test('where tests of two files failed, both have to be named; tests without a file are known by where they are', () => {
  const two = 'test: AssertionError; test tests/test_a.py::test_sum, test tests/test_b.py::test_sum';
  const covers = (passed: string, signature: string | null) =>
    coversTests(passed, { testCommand: 'run all', errorSignature: signature });
  expect(covers('pytest tests/test_a.py', two)).toBe(false);
  expect(covers('pytest tests/test_b.py tests/test_a.py', two)).toBe(true);
  expect(covers('pytest tests/', two)).toBe(false);
  expect(covers('pytest test_a.py', 'test: test data/atest_a.py::test_sum')).toBe(false);
  expect(covers('npx vitest run src/a', 'test: test src/a.test.ts::adds')).toBe(true);
  expect(covers('npx vitest run src/a', 'test: test src/ab.test.ts::adds')).toBe(false);
  expect(covers('npx jest src/a.test.js', 'test: test adds; at src/a.test.js')).toBe(true);
  expect(covers('npx jest src/b.test.js', 'test: test adds; at src/a.test.js')).toBe(false);
  expect(covers('npx jest src/b.test.js', null)).toBe(false);
});
