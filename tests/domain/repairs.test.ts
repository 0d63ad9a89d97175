import { describe, expect, test } from 'vitest';
import type { NewAttempt, RelatedAttempt } from '../../src/domain/ports.ts';
import {
  outcomesOfSameCode,
  reopenedFailures,
  repairedAlike,
  repairedFailure,
} from '../../src/domain/repairs.ts';
import { limits } from '../../src/limits.ts';
import { attempt, earlier, now } from './placed-attempts.ts';

const elsewhere = { nameKey: 'other', fileName: 'src/other.py', familyId: 9 };
const failedTest = {
  ...elsewhere,
  testCommand: 'pytest -q',
  errorSignature: 'test: ValueError; test tests/test_time.py::test_hours[1]; at src/other.py:f',
};

describe('a pass repairs', () => {
  test.each<
    [
      name: string,
      more: Partial<NewAttempt>,
      related: RelatedAttempt[],
      family: number | null,
      repaired: [number, string] | null,
    ]
  >([
    ['nothing', {}, [], 7, null],
    ['a failure of the same file and function', {}, [earlier(1)], null, [1, 'same_function']],
    ['a failure of the same family', {}, [earlier(1, { ...elsewhere, familyId: 7 })], 7, [1, 'same_task']],
    ['nothing in another family, file and function', {}, [earlier(1, elsewhere)], 7, null],
    [
      'nothing by name alone where no file is known',
      { fileName: null },
      [earlier(1, { fileName: null, familyId: 9 })],
      7,
      null,
    ],
    [
      'a failing test that the command names',
      { testCommand: 'pytest -q', inputPrompt: 'make test_hours pass' },
      [earlier(1, failedTest)],
      7,
      [1, 'same_test'],
    ],
    [
      'no test that the passing attempt does not speak of',
      { testCommand: 'pytest -q' },
      [earlier(1, failedTest)],
      7,
      null,
    ],
    [
      'no test of another command',
      { testCommand: 'pytest', inputPrompt: 'make test_hours pass' },
      [earlier(1, failedTest)],
      7,
      null,
    ],
    [
      'what a recorded run of the same command left',
      { testCommand: 'npm test', generatedCode: 'diff --git a/a.py b/a.py' },
      [earlier(1, { ...elsewhere, testCommand: 'npm test', codeStart: 'diff --git a/a.py' })],
      7,
      [1, 'same_test'],
    ],
    [
      'nothing that a recorded run of other tests in the same family left',
      { testCommand: 'pytest tests/test_b.py', generatedCode: 'diff --git a/a.py b/a.py', nameKey: null },
      [earlier(1, { nameKey: null, testCommand: 'pytest tests/test_a.py', codeStart: 'diff --git a/a.py' })],
      7,
      null,
    ],
    [
      'what a recorded run of fewer of these tests left in the same family',
      { testCommand: 'pytest -q', generatedCode: 'diff --git a/a.py b/a.py', nameKey: null },
      [earlier(1, { nameKey: null, testCommand: 'pytest tests/test_a.py', codeStart: 'diff --git a/a.py' })],
      7,
      [1, 'same_task'],
    ],
    [
      'what a recorded run of other tests left, where a function is named',
      { testCommand: 'pytest tests/test_b.py', generatedCode: 'diff --git a/a.py b/a.py' },
      [earlier(1, { testCommand: 'pytest tests/test_a.py', codeStart: 'diff --git a/a.py' })],
      7,
      [1, 'same_function'],
    ],
    [
      'a failure at a commit that it follows',
      { earlierCommits: new Set(['aaa', 'bbb']) },
      [earlier(1, { commit: 'aaa' })],
      7,
      [1, 'same_function'],
    ],
    [
      'nothing at a commit of another branch',
      { earlierCommits: new Set(['bbb']) },
      [earlier(1, { commit: 'aaa' })],
      7,
      null,
    ],
    [
      'a failure at a commit that it follows, named in short',
      { earlierCommits: new Set(['bbbccc', 'aaabbb']) },
      [earlier(1, { commit: 'aaa' })],
      7,
      [1, 'same_function'],
    ],
    [
      'a failure at a commit whose hash was not told',
      { earlierCommits: new Set(['bbb']) },
      [earlier(1, { commit: 'main' })],
      7,
      [1, 'same_function'],
    ],
    [
      'a failure of which no commit is known',
      { earlierCommits: new Set(['bbb']) },
      [earlier(1)],
      7,
      [1, 'same_function'],
    ],
    [
      'nothing that was no recorded run',
      { testCommand: 'npm test', generatedCode: 'diff --git a/a.py b/a.py' },
      [earlier(1, { ...elsewhere, testCommand: 'npm test' })],
      7,
      null,
    ],
    [
      'nothing of a recorded run of another command',
      { testCommand: 'npm run unit', generatedCode: 'diff --git a/a.py b/a.py' },
      [earlier(1, { ...elsewhere, testCommand: 'npm test', codeStart: 'diff --git a/a.py' })],
      7,
      null,
    ],
    ['the newest failure', {}, [earlier(3), earlier(5), earlier(4)], 7, [5, 'same_function']],
    [
      'the newest that is not repaired',
      {},
      [earlier(5, { repaired: true }), earlier(4)],
      7,
      [4, 'same_function'],
    ],
    ['not what passed', {}, [earlier(1, { result: 'pass' })], 7, null],
    ['not what has another result', {}, [earlier(1, { result: 'skipped' })], 7, null],
    ['what passed in part', {}, [earlier(1, { result: 'partial' })], 7, [1, 'same_function']],
    ['not the same code: that is flaky', {}, [earlier(1, { codeKey: 'new code' })], 7, null],
    [
      'not an older failure behind a flaky one',
      {},
      [earlier(2, { codeKey: 'new code' }), earlier(1)],
      7,
      null,
    ],
    [
      'a failure of a day ago',
      {},
      [earlier(1, { createdAtMs: now - limits.repairMsMax })],
      7,
      [1, 'same_function'],
    ],
    ['not an older one', {}, [earlier(1, { createdAtMs: now - limits.repairMsMax - 1 })], 7, null],
    ['not one from the future', {}, [earlier(1, { createdAtMs: now + 1 })], 7, null],
    ['not one without a time', {}, [earlier(1, { createdAtMs: null })], 7, null],
    ['not one of another project', {}, [earlier(1, { sameProject: false })], 7, null],
    ['not the environment', {}, [earlier(1, { errorKind: 'environment' })], 7, null],
    ['a timeout', {}, [earlier(1, { errorKind: 'timeout' })], 7, [1, 'same_function']],
    ['nothing when it did not pass', { result: 'partial' }, [earlier(1)], 7, null],
    ['nothing when its passing was luck', { errorKind: 'flaky' }, [earlier(1)], 7, null],
    [
      'what it names, whatever else is there',
      { fixesPatternId: 4 },
      [earlier(5), earlier(4, { createdAtMs: 0, sameProject: false })],
      7,
      [4, 'explicit'],
    ],
  ])('%s', (_name, more, related, family, repaired) => {
    const found = repairedFailure(attempt(more), related, family);
    expect(found && [found.patternId, found.basis]).toEqual(repaired);
  });
});

describe('a failure opens again', () => {
  const signature = 'exception: ValueError; at src/time.py:parse_duration';
  const fail = attempt({ result: 'fail', errorSignature: signature });
  const repaired = { repaired: true, errorSignature: signature };

  test('what was repaired and fails in the same way', () => {
    expect(
      reopenedFailures(
        fail,
        [earlier(1, repaired), earlier(2, { repaired: true, errorSignature: 'exception: KeyError' })],
        7,
      ),
    ).toEqual([1]);
  });

  test('also what passes in part', () => {
    const partial = earlier(1, { ...repaired, result: 'partial' });
    expect(reopenedFailures(fail, [partial], 7)).toEqual([1]);
    expect(reopenedFailures({ ...fail, result: 'partial' }, [earlier(1, repaired)], 7)).toEqual([1]);
  });

  test.each<[string, NewAttempt, Partial<RelatedAttempt>]>([
    ['a pass', attempt({ errorSignature: signature }), repaired],
    ['no signature', attempt({ result: 'fail' }), { repaired: true, errorSignature: null }],
    [
      'the environment',
      attempt({ result: 'fail', errorSignature: signature, errorKind: 'environment' }),
      repaired,
    ],
    ['another task', fail, { ...repaired, ...elsewhere }],
    ['another project', fail, { ...repaired, sameProject: false }],
    ['a failure that is open', fail, { ...repaired, repaired: false }],
  ])('not by %s', (_name, later, more) => {
    expect(reopenedFailures(later, [earlier(1, more)], 7)).toEqual([]);
  });
});

describe('the same failure before the repaired one', () => {
  const signature = 'test: TypeError; test a';
  const repair = { patternId: 9, basis: 'same_function' } as const;
  const repaired = earlier(9, { errorSignature: signature });

  test.each<[string, Partial<RelatedAttempt>, number[]]>([
    ['is repaired with it, however old', { createdAtMs: now - 90 * 86_400_000 }, [3]],
    ['not another error', { errorSignature: 'test: TypeError; test b' }, []],
    ['not one without an error', { errorSignature: null }, []],
    ['not one that is repaired', { repaired: true }, []],
    ['not about something else', elsewhere, []],
    ['not of the environment', { errorKind: 'environment' }, []],
    ['not with the code that passes now', { codeKey: 'new code' }, []],
  ])('%s', (_, more, expected) => {
    const related = [repaired, earlier(3, { errorSignature: signature, ...more })];
    expect(repairedAlike(repair, attempt(), related, 7).map(({ patternId }) => patternId)).toEqual(expected);
  });
});

describe('the same code with another result', () => {
  const same = { codeKey: 'new code' };
  const passedBefore = earlier(1, { ...same, result: 'pass' });

  test.each<[string, Partial<NewAttempt>, RelatedAttempt, { isFlaky: boolean; flakyFailures: number[] }]>([
    [
      'a pass makes the failure before it flaky',
      {},
      earlier(1, same),
      { isFlaky: false, flakyFailures: [1] },
    ],
    [
      'a failure after a pass is flaky',
      { result: 'fail' },
      passedBefore,
      { isFlaky: true, flakyFailures: [] },
    ],
    [
      'not what was said to be code',
      {},
      earlier(1, { ...same, errorKind: 'code' }),
      { isFlaky: false, flakyFailures: [] },
    ],
    [
      'not a failure whose kind is said',
      { result: 'fail', errorKind: 'code' },
      passedBefore,
      { isFlaky: false, flakyFailures: [] },
    ],
    [
      'not after other tests',
      { result: 'fail', testCommand: 'a' },
      { ...passedBefore, testCommand: 'b' },
      { isFlaky: false, flakyFailures: [] },
    ],
    [
      'not in another function, file and family',
      { result: 'fail' },
      { ...passedBefore, ...elsewhere },
      { isFlaky: false, flakyFailures: [] },
    ],
    ['not other code', {}, earlier(1), { isFlaky: false, flakyFailures: [] }],
    [
      'not in another project',
      {},
      earlier(1, { ...same, sameProject: false }),
      { isFlaky: false, flakyFailures: [] },
    ],
  ])('%s', (_, more, before, expected) => {
    expect(outcomesOfSameCode(attempt(more), [before], 7, [])).toEqual(expected);
  });

  test('a failure that shows a repair to be undone is that failure', () => {
    expect(outcomesOfSameCode(attempt({ result: 'fail' }), [passedBefore], 7, [5]).isFlaky).toBe(false);
  });
});
