import { describe, expect, test } from 'vitest';
import { limits } from '../../src/limits.ts';
import { ask, attempt, error, opened, others, recordOf, repairedCode } from './story-patterns.ts';

describe('a story with a known right answer at each step', () => {
  test('a failure, its repair, a copy, and the failure again', async () => {
    const { patterns, store } = await opened();
    for (const other of others) await patterns.log(attempt(other));

    const failed = await patterns.log(attempt({ errorMessage: error, lesson: 'int() cannot read units.' }));
    expect(failed.fixes).toBeUndefined();
    expect(failed.pendingVectors).toBe(0);

    const alone = await patterns.find(ask('convert a time span like 2h5m to a number of seconds'));
    expect(alone.patterns[0]?.record.patternId).toBe(failed.patternId);
    expect(alone.deadEnd?.failedAttempts).toBe(1);
    expect(alone.confidence).not.toBe('none');

    const passed = await patterns.log(
      attempt({
        result: 'pass',
        generatedCode: repairedCode,
        inputPrompt: 'Parse durations like "1h30m" to seconds',
      }),
    );
    expect(passed.fixes).toBe(failed.patternId);
    expect(passed.linked).toContainEqual(
      expect.objectContaining({ patternId: failed.patternId, contextType: 'fixes', basis: 'same_function' }),
    );

    const found = await patterns.find(
      ask('convert a time span like 2h5m to a number of seconds', { explain: true }),
    );
    expect(found.patterns.slice(0, 2).map(({ record }) => record.patternId)).toEqual([
      passed.patternId,
      failed.patternId,
    ]);
    expect(found.deadEnd).toBeUndefined();
    expect(found.patterns[0]?.attempts).toEqual({ pass: 1, fail: 1, partial: 0 });
    expect(found.patterns[0]?.why).toMatchObject({ passed: 1 });
    expect(found.patterns[1]?.fixedBy).toMatchObject({ patternId: passed.patternId, basis: 'same_function' });
    expect(found.patterns[1]?.fixedBy?.diff).toContain('-    return int(text)');
    expect(found.search).toEqual({ mode: 'hybrid' });

    const elsewhere = error
      .replace('/home/ann', 'C:\\work')
      .replace('line 2', 'line 99')
      .replace('1h30m', 'now');
    const byError = await patterns.find(ask(elsewhere));
    expect(byError.patterns[0]?.record.patternId).toBe(failed.patternId);
    expect(byError.patterns[0]).toMatchObject({ score: 1, fixedBy: { patternId: passed.patternId } });
    expect(byError.confidence).toBe('high');

    const copy = await patterns.log(attempt({ result: 'pass', generatedCode: `# again\n${repairedCode}` }));
    const shownOnce = await patterns.find(ask('parse durations into seconds'));
    expect(shownOnce.patterns[0]).toMatchObject({
      record: { patternId: copy.patternId },
      sameCodeIds: [passed.patternId],
    });

    await patterns.log(attempt({ generatedCode: `${repairedCode}# changed\nx = 1\n`, errorMessage: error }));
    expect((await recordOf(store, failed.patternId)).fixedBy).toBeNull();
  });

  test('an error is told from its words where it is not the same error', async () => {
    const { patterns } = await opened();
    for (const other of others) await patterns.log(attempt(other));
    const failed = await patterns.log(attempt({ errorMessage: error }));
    const found = await patterns.find(
      ask("ValueError: invalid literal for int() with base 10: '5 min' while reading the duration"),
    );
    expect(found.patterns[0]?.record.patternId).toBe(failed.patternId);
  });

  test('a lesson can be found', async () => {
    const { patterns } = await opened();
    await patterns.log(attempt());
    const other = await patterns.log(
      attempt({
        ...others[1],
        result: 'fail',
        lesson: 'The proxy of the office drops keep-alive connections.',
      }),
    );
    const found = await patterns.find(ask('connections dropped by the office proxy'));
    expect(found.patterns[0]?.record.patternId).toBe(other.patternId);
  });
});

test('a full disk does not stand before the failure of the same code and its repair', async () => {
  const { patterns } = await opened();
  const failed = await patterns.log(attempt({ errorMessage: error }));
  await patterns.log(attempt({ result: 'pass', generatedCode: repairedCode }));
  const fullDisk = await patterns.log(
    attempt({ errorKind: 'environment', errorMessage: 'OSError: [Errno 28] No space left on device' }),
  );
  const found = await patterns.find(ask('parse durations into seconds'));
  expect(found.patterns[1]).toMatchObject({
    record: { patternId: failed.patternId },
    sameCodeIds: [fullDisk.patternId],
    fixedBy: { basis: 'same_function' },
  });
});

test('who asks in the words of a task is answered with that task', async () => {
  const { patterns } = await opened();
  const logged = async (functionName: string, inputPrompt: string, code: string) => {
    const { patternId } = await patterns.log(
      attempt({ functionName, fileName: null, inputPrompt, generatedCode: code, result: 'pass' }),
    );
    return patternId;
  };
  const asked = await logged(
    'pancake_sort',
    'def pancake_sort(nums):\n    """\n    Bring the numbers of a\n    list into order.\n    """\n',
    'def pancake_sort(nums):\n    for n in range(len(nums), 1, -1):\n        flip(nums, nums.index(max(nums[:n])))',
  );
  const near = await logged(
    'order_list',
    'Sort a list of numbers',
    'def order_list(numbers):\n    return sorted(numbers)',
  );
  const first = async (query: string) => {
    const found = await patterns.find(ask(query, { explain: true }));
    return [found.patterns[0]?.record.patternId, found.patterns[0]?.why?.quoted];
  };
  expect(await first('Sort the numbers of the list.')).toEqual([near, 0]);
  expect(await first('Bring the numbers of a list into order!')).toEqual([asked, 1]);
});

test('a line of what a test run printed finds the attempt that failed so, however few there are', async () => {
  const { patterns } = await opened();
  const failed = await patterns.log(
    attempt({
      functionName: 'parse_duration',
      errorMessage:
        'AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:\n\n-4 !== 6\n\n    at src/time.test.mjs:7:3',
    }),
  );
  await patterns.log(
    attempt({ functionName: 'page_of', inputPrompt: 'cut a list into pages', generatedCode: 'page(1)' }),
  );
  const first = async (query: string) => {
    const found = await patterns.find(ask(query));
    return [found.confidence, found.patterns[0]?.record.patternId];
  };
  // Its signature names the place, which the line alone does not.
  expect(await first('Expected values to be strictly equal')).toEqual(['low', failed.patternId]);
  expect(await first('the capital of Australia')).toEqual(['none', undefined]);
  // Before the first `>>>` nothing is asked that a text could hold.
  expect(await first('>>> capital of Australia\n42')).toEqual(['none', undefined]);
});

test('a question with pieces of code and talk of failures is answered with the task that has these pieces', async () => {
  const { patterns } = await opened();
  const logged = async (functionName: string, inputPrompt: string, generatedCode: string) =>
    (await patterns.log(attempt({ functionName, fileName: null, inputPrompt, generatedCode }))).patternId;
  const talking = await logged(
    'check_output',
    'Report a failed test: the expected output, the actual output and the error',
    'def check_output(expected, actual):\n    return expected == actual',
  );
  const asked = await logged(
    'merge_ranges',
    'Join ranges that overlap',
    'def merge_ranges(ranges):\n    last_end = 0\n    return [r for r in ranges if r[0] > last_end]',
  );
  const answer = async (query: string) => (await patterns.find(ask(query, { explain: true }))).patterns[0];
  const first = await answer(
    'The test failed: the expected output lacks a range, because `last_end` is not updated',
  );
  expect(first?.record.patternId).toBe(asked);
  expect(first?.why).toMatchObject({ pieces: 1, named: 0 });
  expect((await answer('why does merge_ranges return the wrong output?'))?.why).toMatchObject({ named: 1 });
  // Where only such words are found, they decide.
  expect((await answer('expected and actual output of the test'))?.record.patternId).toBe(talking);
});

test('of two tasks that are told alike, a question about a failure is answered with the one whose words it repeats', async () => {
  const { patterns } = await opened();
  const logged = async (functionName: string, inputPrompt: string) =>
    (await patterns.log(attempt({ functionName, fileName: null, inputPrompt, generatedCode: functionName })))
      .patternId;
  const even = await logged('even_pair', 'Count the pairs of integers in a list that xor to an even number');
  await logged('odd_pair', 'Count the pairs whose xor value is odd');
  const query = 'The count is that of pairs with an odd value of xor, not of pairs of integers in a list';
  const found = await patterns.find(ask(query, { explain: true }));
  expect(found.patterns[0]?.record.patternId).toBe(even);
  expect(found.patterns.map(({ why }) => why?.wording)).toEqual([2 / 3, 0]);
});

test('what passed in part is repaired by what passes', async () => {
  const { patterns, store } = await opened();
  const partial = await patterns.log(attempt({ result: 'partial', errorMessage: error }));
  const passed = await patterns.log(attempt({ result: 'pass', generatedCode: repairedCode }));
  expect(passed.fixes).toBe(partial.patternId);
  expect((await recordOf(store, partial.patternId)).fixedBy?.patternId).toBe(passed.patternId);
});

describe('filters and scope', () => {
  test('are exact and come before the ranking', async () => {
    const { patterns } = await opened();
    const rare = await patterns.log(attempt({ ...others[0], tags: ['slow', 'html'], moduleName: 'cart' }));
    for (let n = 0; n < 6; n += 1)
      await patterns.log(attempt({ generatedCode: `def parse_duration(text):\n    return ${n}` }));
    const task = 'Parse durations such as "1h30m" into seconds';
    for (const filter of [
      { tags: ['html'] },
      { functionName: 'render_cart' },
      { fileName: 'src/cart.py' },
      { moduleName: 'cart' },
      { result: 'pass' as const },
    ]) {
      const found = await patterns.find(ask(task, { ...filter, includeWeak: true }));
      expect(found.patterns.map(({ record }) => record.patternId)).toEqual([rare.patternId]);
    }
    expect((await patterns.find(ask(task, { functionName: 'render' }))).patterns).toEqual([]);
  });

  test('families and repairs stay inside a project; an unknown one is told what there is', async () => {
    const { patterns, store } = await opened();
    const failed = await patterns.log(attempt({ project: 'bank' }));
    const passed = await patterns.log(attempt({ result: 'pass', generatedCode: repairedCode }));
    expect(passed.fixes).toBeUndefined();
    expect((await recordOf(store, passed.patternId)).familyId).not.toBe(
      (await recordOf(store, failed.patternId)).familyId,
    );
    const found = await patterns.find(ask('parse durations', { scope: { project: 'bakery' } }));
    expect(found).toMatchObject({ patterns: [], confidence: 'none' });
    expect(found.knownProjects?.toSorted()).toEqual(['bank', 'shop']);
  });

  test('another subject is answered with nothing, and with what came closest', async () => {
    const { patterns } = await opened();
    const failed = await patterns.log(attempt());
    const found = await patterns.find(ask('Who won the football match on Sunday?'));
    expect(found).toMatchObject({
      patterns: [],
      confidence: 'none',
      nearest: { patternId: failed.patternId },
    });
    expect(found.deadEnd).toBeUndefined();
    expect(
      (await patterns.find(ask('Who won the football match on Sunday?', { includeWeak: true }))).patterns,
    ).toHaveLength(1);
  });

  test('in German another task is answered with nothing, and one of the same words is found', async () => {
    const { patterns } = await opened();
    const inputPrompt = 'Zeitspannen wie "1h30m" in Sekunden umrechnen';
    const failed = await patterns.log(attempt({ inputPrompt, functionName: null }));
    const found = await patterns.find(ask('Wie rechnet man Zeitspannen in Sekunden um?'));
    expect(found.patterns[0]?.record.patternId).toBe(failed.patternId);
    expect(found.search).toMatchObject({ mode: 'hybrid', reason: expect.stringContaining('not in English') });
    const other = await patterns.find(ask('Wie sortiert man eine Liste von Namen nach dem Alphabet?'));
    expect(other).toMatchObject({ confidence: 'none', nearest: { patternId: failed.patternId } });
  });

  test('a question to an empty store', async () => {
    const { patterns } = await opened();
    expect(await patterns.find(ask('anything', { scope: 'all' }))).toEqual({
      patterns: [],
      confidence: 'none',
      search: { mode: 'hybrid' },
    });
  });
});

describe('what an answer shows', () => {
  test('brief code is its first lines; full is all of it', async () => {
    const { patterns } = await opened();
    const code = Array.from({ length: 100 }, (_, line) => `v${line} = ${line}`).join('\n');
    const { patternId } = await patterns.log(attempt({ generatedCode: code }));
    const [brief] = (await patterns.find(ask('parse durations'))).patterns;
    expect(brief?.shownCode.split('\n')).toHaveLength(limits.briefCodeLinesMax + 1);
    expect(brief?.shownCode).toContain(`… 40 more lines in pattern-${patternId}`);
    const [full] = (await patterns.find(ask('parse durations', { detail: 'full' }))).patterns;
    expect(full?.shownCode).toBe(code);
  });

  test('what does not fit the budget keeps its place, id and score, without its texts', async () => {
    const { patterns, embedder } = await opened();
    for (let n = 0; n < 5; n += 1) {
      await patterns.log(
        attempt({ generatedCode: `def parse_duration(text):\n${`    total = total + ${n}\n`.repeat(20)}` }),
      );
    }
    const found = await patterns.find(ask('parse durations', { maxTokens: 400 }));
    expect(found.patterns).toHaveLength(5);
    const whole = found.patterns.filter((pattern) => pattern.cut !== true);
    expect(whole.length).toBeGreaterThan(0);
    expect(whole.length).toBeLessThan(5);
    const texts = found.patterns.map(({ record, shownCode }) =>
      [record.inputPrompt, record.generatedCode && shownCode].join('\n'),
    );
    expect((await embedder.countTokens(texts)).reduce((sum, tokens) => sum + tokens, 0)).toBeLessThanOrEqual(
      400,
    );
    for (const { cut, record, score, shownCode } of found.patterns) {
      expect(score).toBeGreaterThan(0);
      expect(record.patternId).toBeGreaterThan(0);
      if (cut) expect([record.inputPrompt, record.generatedCode, shownCode]).toEqual(['', '', '']);
    }
  });
});

test('a prompt that is named by another attempt is shown by that one', async () => {
  const { patterns } = await opened();
  const code = (sum: string) => `def parse_duration(text):\n    return ${sum}\n`;
  // Too long to be shown at all, and first because it passed.
  await patterns.log(attempt({ result: 'pass', generatedCode: code(`${'total + '.repeat(3_000)}0`) }));
  for (const sum of ['1', '2', '3', '4']) await patterns.log(attempt({ generatedCode: code(sum) }));
  const { patterns: found } = await patterns.find(ask('parse durations', { maxTokens: 1_500 }));
  expect(found.map(({ cut }) => cut === true)).toEqual([true, false, false, false, false]);
  const promptOf = new Map(found.map(({ record }) => [`as pattern-${record.patternId}`, record.inputPrompt]));
  const prompts = found.filter(({ cut }) => cut !== true).map(({ record }) => record.inputPrompt);
  expect(prompts.map((prompt) => promptOf.get(prompt) ?? prompt)).toEqual(
    prompts.map(() => attempt().inputPrompt),
  );
  expect(prompts.filter((prompt) => promptOf.has(prompt))).toHaveLength(3);
});

test('of a failure with long texts the repair is shown whole, the rest shortened', async () => {
  const { patterns } = await opened();
  const code = (n: number) =>
    Array.from({ length: 100 }, (_, line) => `value_${line} = ${line + n}`).join('\n');
  const longError = `${error}\n${'more of the same output\n'.repeat(200)}`;
  await patterns.log(attempt({ generatedCode: code(0), errorMessage: longError }));
  await patterns.log(attempt({ generatedCode: `${code(0)}\nreturn value_1`, result: 'pass' }));
  const [first] = (await patterns.find(ask(longError, { topK: 1, maxTokens: 1_000 }))).patterns;
  expect(first?.cut).toBeUndefined();
  expect(first?.fixedBy?.diff).toContain('+return value_1');
  expect(first?.shownCode).toMatch(/… \d+ more lines in pattern-1$/);
  expect(first?.record.errorMessage).toMatch(/\[…\]$/);
});
