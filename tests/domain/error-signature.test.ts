import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readErrorFacts } from '../../src/domain/error-facts.ts';
import { errorSignature, testsOfSignature } from '../../src/domain/error-signature.ts';

const lines = (...text: string[]) => text.join('\n');

const reports: [name: string, report: string, signature: string][] = [
  [
    'a Python traceback',
    lines(
      'Traceback (most recent call last):',
      '  File "/home/ann/shop/run.py", line 12, in <module>',
      '    main()',
      '  File "/home/ann/shop/src/prices.py", line 40, in total',
      '    return sum(json.loads(text))',
      '  File "/usr/lib/python3.12/json/decoder.py", line 355, in raw_decode',
      '    raise JSONDecodeError("Expecting value", s, err.value) from None',
      'json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)',
    ),
    'exception: JSONDecodeError; at src/prices.py:total',
  ],
  [
    'pytest',
    lines(
      '=================================== FAILURES ===================================',
      '_____________________________ test_total[empty-0] ______________________________',
      '    def test_total():',
      '>       assert total([]) == 0',
      'E       ZeroDivisionError: division by zero',
      '',
      'src/prices.py:14: ZeroDivisionError',
      '=========================== short test summary info ============================',
      'FAILED tests/test_prices.py::test_total[empty-0] - ZeroDivisionError: division by zero',
      '========================= 1 failed, 12 passed in 0.31s =========================',
    ),
    'test: ZeroDivisionError; test tests/test_prices.py::test_total[empty-0]; at src/prices.py',
  ],
  [
    'unittest',
    lines(
      'FAIL: test_total (tests.test_prices.PricesTest.test_total)',
      '----------------------------------------------------------------------',
      'Traceback (most recent call last):',
      '  File "/work/shop/tests/test_prices.py", line 9, in test_total',
      '    self.assertEqual(total([]), 0)',
      'AssertionError: 1 != 0',
      'Ran 3 tests in 0.004s',
    ),
    'test: AssertionError; test tests.test_prices.PricesTest.test_total; at tests/test_prices.py:test_total',
  ],
  [
    'a Node stack',
    lines(
      '/srv/shop/lib/cart.js:12',
      "TypeError: Cannot read properties of undefined (reading 'price')",
      '    at Array.map (<anonymous>)',
      '    at addItem (file:///srv/shop/lib/cart.js:12:31)',
      '    at Object.<anonymous> (/srv/shop/test/cart.test.js:8:3)',
      '    at node:internal/main/run_main_module:28:49',
    ),
    'exception: TypeError; at lib/cart.js:addItem',
  ],
  [
    'a Node system error',
    "Error: ENOENT: no such file or directory, open '/tmp/x9/a.json'",
    "exception: Error ENOENT; ENOENT: no such file or directory, open 'a.json'",
  ],
  [
    'Vitest',
    lines(
      ' FAIL  tests/cart.test.ts > cart > adds an item',
      'AssertionError: expected 3 to be 4 // Object.is equality',
      ' ❯ tests/cart.test.ts:10:22',
    ),
    'test: AssertionError; test cart > adds an item; at tests/cart.test.ts',
  ],
  [
    'Jest',
    lines(
      'FAIL src/cart.test.js',
      '  ● cart › adds an item',
      '    expect(received).toBe(expected) // Object.is equality',
      '      at Object.toBe (src/cart.test.js:7:21)',
      '      at Promise.then.completed (node_modules/jest-circus/build/utils.js:298:28)',
    ),
    'test: test cart > adds an item; at src/cart.test.js:toBe',
  ],
  [
    'Mocha',
    lines(
      '  cart',
      '    ✔ is empty',
      '    1) adds an item',
      '  1 passing (4ms)',
      '  1 failing',
      '  1) cart',
      '       with items',
      '         adds an item:',
      '',
      '      AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:',
      '      at Context.<anonymous> (test/cart.test.js:7:12)',
    ),
    'test: AssertionError ERR_ASSERTION; test cart > with items > adds an item; at test/cart.test.js',
  ],
  ['Bun', lines('✓ is empty [0.1ms]', '✗ adds an item of bun [0.42ms]'), 'test: test adds an item of bun'],
  [
    'RSpec',
    lines(
      'F.',
      'Failures:',
      '  1) Cart adds',
      '     Failure/Error:',
      '       expect(total([1, 2])).to eq(3)',
      '',
      '       expected: 3',
      '            got: 2',
      '     Diff:',
      "     # ./spec/cart_spec.rb:4:in 'block (2 levels) in <top (required)>'",
      '2 examples, 1 failure',
      'rspec ./spec/cart_spec.rb:3 # Cart adds',
    ),
    'test: test Cart adds; at spec/cart_spec.rb',
  ],
  [
    'Minitest',
    lines('  1) Failure:', 'TestCart#test_add [test/test_cart.rb:5]:', 'Expected: 3', '  Actual: 2'),
    'test: test TestCart#test_add; at test/test_cart.rb',
  ],
  [
    'ExUnit',
    lines(
      '  1) test adds (CartTest)',
      '     test/cart_test.exs:5',
      '     Assertion with == failed',
      '     stacktrace:',
      '       test/cart_test.exs:6: (test)',
    ),
    'test: test CartTest > adds',
  ],
  [
    'PHPUnit',
    lines(
      'There was 1 failure:',
      '',
      '1) Tests\\CartTest::testAdds',
      'Failed asserting that 2 matches expected 3.',
    ),
    'test: test Tests/CartTest::testAdds',
  ],
  [
    'Surefire',
    lines(
      '[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.05 s <<< FAILURE! -- in shop.CartTest',
      '[ERROR] shop.CartTest.adds -- Time elapsed: 0.004 s <<< FAILURE!',
      'org.opentest4j.AssertionFailedError: expected: <3> but was: <2>',
      '\tat shop.CartTest.adds(CartTest.java:11)',
    ),
    'test: AssertionFailedError; test shop.CartTest.adds; at CartTest.java:adds',
  ],
  ['Gradle', lines('> Task :test FAILED', 'CartTest > adds() FAILED'), 'test: test CartTest > adds()'],
  ['.NET', '  Failed Shop.CartTest.Adds [12 ms]', 'test: test Shop.CartTest.Adds'],
  ['nextest', '        FAIL [   0.003s] shop tests::total_of_one', 'test: test tests::total_of_one'],
  ['TAP', 'ok 1 - adds\nnot ok 2 - removes (3.2ms)\nnot ok 3 - later # TODO', 'test: test removes'],
  [
    'go test',
    lines('--- FAIL: TestTotal (0.02s)', '    prices_test.go:14: got 3, want 4', 'FAIL', 'exit status 1'),
    'test: test TestTotal; at prices_test.go',
  ],
  [
    'a Go panic',
    lines(
      'panic: runtime error: index out of range [5] with length 3',
      '',
      'goroutine 1 [running]:',
      'main.total(...)',
      '\t/home/ann/shop/cmd/prices.go:21',
      'main.main()',
      '\t/home/ann/shop/cmd/main.go:9 +0x1d',
    ),
    'panic: panic; at cmd/prices.go:main.total',
  ],
  ['go build', './prices.go:5:2: undefined: total', 'compile: at prices.go'],
  [
    'cargo test',
    lines(
      "thread 'tests::total_of_none' panicked at src/prices.rs:31:9:",
      'assertion `left == right` failed',
      'test tests::total_of_none ... FAILED',
    ),
    'test: panic; test tests::total_of_none; at src/prices.rs',
  ],
  [
    'rustc',
    lines(
      'error[E0308]: mismatched types',
      ' --> src/prices.rs:4:18',
      '  |',
      'error: could not compile `shop` due to 1 previous error',
    ),
    'compile: E0308; at src/prices.rs',
  ],
  [
    'tsc',
    "src/cart.ts(3,5): error TS2345: Argument of type 'string' is not assignable.",
    'compile: TS2345; at src/cart.ts',
  ],
  [
    'tsc, pretty',
    "src/cart.ts:3:5 - error TS2345: Argument of type 'string' is not assignable.",
    'compile: TS2345; at src/cart.ts',
  ],
  [
    'ESLint',
    lines(
      '/home/ann/shop/src/cart.js',
      "  3:5  error  'x' is assigned a value but never used  no-unused-vars",
    ),
    'lint: no-unused-vars; at src/cart.js',
  ],
  ['Ruff', 'src/prices.py:3:8: F401 `os` imported but unused', 'lint: F401; at src/prices.py'],
  [
    'mypy',
    'src/prices.py:3: error: "None" has no attribute "x"  [attr-defined]',
    'compile: attr-defined; at src/prices.py',
  ],
  ['gcc', "src/main.c:3:5: error: expected ';' before '}' token", 'compile: at src/main.c'],
  [
    'Java',
    lines(
      'Exception in thread "main" java.lang.NullPointerException: x is null',
      '\tat java.util.Objects.check(Objects.java:9)',
      '\tat shop.Cart.add(Cart.java:12)',
    ),
    'exception: NullPointerException; at Cart.java:add',
  ],
  ['words of a person', 'wrong answer on case 17 after 3.5 s', 'error: wrong answer on case <n> after <n> s'],
  ['the name of an exception alone', "KeyError: 'name'", "exception: KeyError; 'name'"],
];

describe('errorSignature', () => {
  test.each(reports)('%s', (_name, report, signature) => {
    expect(errorSignature(report)).toBe(signature);
  });

  test('is the same on another machine, at another line, with colours and another duration', () => {
    const report = (root: string, line: number, ms: number) =>
      lines(
        `\u001b[31m ✗ adds an item \u001b[2m${ms}ms\u001b[0m`,
        `RangeError: 0x${line.toString(16)} is ${ms} too large`,
        `    at add (${root}/src/cart.ts:${line}:7)`,
      );
    const one = errorSignature(report('/home/ann/shop', 12, 4));
    expect(errorSignature(report('C:\\work\\shop', 99, 1200))).toBe(one);
    expect(one).toBe('test: RangeError; test adds an item; at src/cart.ts:add');
  });

  test.each([null, '', ' \n\t'])('%j is no error', (text) => {
    expect(errorSignature(text)).toBeNull();
  });

  test('a different exception, test or place is a different failure', () => {
    const signatures = new Set(reports.map(([, report]) => errorSignature(report)));
    expect(signatures.size).toBe(reports.length - 1); // both spellings of tsc are one
  });

  test('any text gives at most 300 characters, on one line, well formed', () => {
    const pieces = fc.constantFrom(
      'FAILED a.py::t - ',
      'Error: ',
      '    at ',
      '\n',
      '/',
      ':1:2',
      'E   ',
      '--- FAIL: ',
      '\ud83d\ude00',
      '9',
      '(',
      '\u001b[',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: 'grapheme' })), { maxLength: 60 }), (parts) => {
        const signature = errorSignature(parts.join(''));
        if (signature === null) return;
        expect(signature.length).toBeLessThanOrEqual(300);
        expect(signature).not.toContain('\n');
        expect(signature.isWellFormed()).toBe(true);
      }),
    );
  });

  // A reading that is not linear does not end within the test's limit.
  test.each(['a/', '\u001b[', '1.', ' ', 'at (', 'E   ', 'x:', '❯ ', 'a.b.', '\n    at ', '::', '0x'])(
    '%j over and over',
    (unit) => {
      expect(errorSignature(unit.repeat(60_000))?.length ?? 0).toBeLessThanOrEqual(300);
    },
  );
});

test('the failing tests of a report can be read from its signature', () => {
  for (const [, report] of reports)
    expect(testsOfSignature(errorSignature(report))).toEqual(readErrorFacts(report).tests);
  expect(readErrorFacts(lines('--- FAIL: TestB (0.1s)', '--- FAIL: TestA (0.2s)')).tests).toEqual([
    'TestA',
    'TestB',
  ]);
  expect(testsOfSignature(null)).toEqual([]);
});
