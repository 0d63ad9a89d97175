import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connected, connectBy, ways } from './every-way.ts';
import { makeFolder } from './start-server.ts';

const broken = 'def total(prices):\n    return sum(prices) / 0\n';
const error =
  'Traceback (most recent call last):\n  File "shop.py", line 2, in total\nZeroDivisionError: division by zero';
const failed = {
  input_prompt: 'sum up the prices of a basket',
  generated_code: broken,
  result: 'fail',
  function_name: 'total',
  file_name: 'shop.py',
  module_name: 'shop',
  error_message: error,
  lesson: 'A sum is not divided.',
  execution_time_ms: 40,
  tags: ['shop', 'prices'],
};
const passed = {
  ...failed,
  generated_code: 'def total(prices):\n    return sum(prices)\n',
  result: 'pass',
  error_message: null,
  lesson: null,
  execution_time_ms: 20,
  tags: ['shop'],
};

describe.each(ways)('a $era client over $transport', (way) => {
  let folder: string;
  let server: Connected;
  let failedId: number;
  beforeAll(async () => {
    folder = await makeFolder();
    server = await connectBy(way, folder);
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  test('analyze_code_patterns of nothing', async () => {
    expect(await server.answer('analyze_code_patterns_tool')).toEqual({
      success: true,
      total_patterns: 0,
      pass_count: 0,
      fail_count: 0,
      partial_count: 0,
      success_rate: 0,
      success_rate_interval: [0, 1],
      environment_count: 0,
      flaky_count: 0,
      avg_execution_time: 0,
      median_execution_time: 0,
      p95_execution_time: 0,
      trend: [],
      top_errors: [],
    });
    expect(await server.answer('check_known_failures', { proposal: broken })).toMatchObject({
      warnings: [],
      count: 0,
    });
  });

  describe('check_known_failures', () => {
    beforeAll(async () => {
      failedId = (await server.answer('log_code_attempt', failed)).pattern_id;
    });

    test('warns of the very code that failed, whatever its comments', async () => {
      const proposal = `# a new comment\n${broken}`;
      const { warnings, count } = await server.answer('check_known_failures', { proposal });
      expect(count).toBe(1);
      expect(warnings[0]).toEqual({
        pattern_id: failedId,
        match: 'same_code',
        lesson: failed.lesson,
        error_message: error,
        error_signature: expect.stringContaining('ZeroDivisionError'),
        failed_times: 1,
        last_failed_at: expect.stringMatching(/Z$/),
      });
    });

    test('tells of like tasks as information only', async () => {
      const { warnings } = await server.answer('check_known_failures', {
        proposal: 'add up the prices in a shopping basket',
        top_k: 1,
      });
      expect(warnings).toMatchObject([{ pattern_id: failedId, match: 'same_task' }]);
      const other = await server.answer('check_known_failures', { proposal: 'water the plants' });
      expect(other.warnings).toEqual([]);
    });

    test('what the environment broke says nothing about the code', async () => {
      const generated_code = 'open("/missing").read()';
      const attempt = { ...failed, generated_code, error_kind: 'environment', project: 'env' };
      await server.answer('log_code_attempt', attempt);
      const checked = await server.answer('check_known_failures', {
        proposal: generated_code,
        project: 'env',
      });
      expect(checked.warnings).toEqual([]);
    });

    test('is silent about code that passed, and names a repair', async () => {
      const { pattern_id } = await server.answer('log_code_attempt', {
        ...passed,
        fixes_pattern_id: failedId,
      });
      const good = await server.answer('check_known_failures', { proposal: passed.generated_code });
      expect(good.warnings).toEqual([]);
      const bad = await server.answer('check_known_failures', { proposal: broken });
      expect(bad.warnings[0].fixed_by.pattern_id).toBe(pattern_id);
    });

    test('knows masked code again', async () => {
      const generated_code = `key = "ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}"\nraise ValueError(key)`;
      await server.answer('log_code_attempt', { ...failed, generated_code, project: 'keys' });
      const checked = await server.answer('check_known_failures', {
        proposal: generated_code,
        project: 'keys',
      });
      expect(checked.warnings).toMatchObject([{ match: 'same_code' }]);
    });

    test.each([
      [{}, 'invalid_argument'],
      [{ proposal: ' ' }, 'invalid_argument'],
      [{ proposal: 'x', top_k: 0 }, 'invalid_argument'],
      [{ proposal: 'x'.repeat(262_145) }, 'too_large'],
    ])('%# is refused', async (args, code) => {
      expect((await server.refusal('check_known_failures', args)).code).toBe(code);
    });
  });

  describe('analyze_code_patterns', () => {
    beforeAll(async () => {
      for (let i = 0; i < 2; i++) {
        await server.answer('log_code_attempt', {
          ...passed,
          generated_code: `def total(p):\n    return ${i} + sum(p)`,
        });
      }
      await server.answer('log_code_attempt', {
        ...passed,
        result: 'fail',
        error_kind: 'flaky',
        generated_code: 'flaky()',
      });
      await server.answer('log_code_attempt', {
        ...passed,
        result: 'fail',
        error_kind: 'environment',
        generated_code: 'offline()',
      });
      await server.answer('log_code_attempt', {
        ...failed,
        generated_code: 'old()',
        function_name: 'old_total',
        error_message: 'KeyError: 3',
        created_at: '2020-01-01',
      });
    });

    test('3 passes and 1 failure are 0.75, with the interval around it', async () => {
      const analysis = await server.answer('analyze_code_patterns', { file_name: 'shop.py' });
      expect(analysis).toMatchObject({
        total_patterns: 4,
        pass_count: 3,
        fail_count: 1,
        partial_count: 0,
        success_rate: 0.75,
        success_rate_interval: [0.301, 0.954],
        environment_count: 1,
        flaky_count: 1,
        avg_execution_time: 25,
        median_execution_time: 20,
        p95_execution_time: 40,
      });
      expect(analysis.trend).toEqual([
        {
          period: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
          total: 4,
          pass_count: 3,
          fail_count: 1,
          partial_count: 0,
          success_rate: 0.75,
        },
      ]);
      expect(analysis.top_errors).toEqual([
        {
          error_signature: expect.stringContaining('ZeroDivisionError'),
          count: 1,
          example_pattern_id: failedId,
          fixed: true,
        },
      ]);
      expect(analysis).not.toHaveProperty('groups');
    });

    test('filters, windows and groups', async () => {
      expect((await server.answer('analyze_code_patterns', { function_name: 'other' })).total_patterns).toBe(
        0,
      );
      expect((await server.answer('analyze_code_patterns', { tags: 'prices' })).total_patterns).toBe(1);
      const all = await server.answer('analyze_code_patterns', { time_range_days: 36_500, group_by: 'TAG' });
      expect(all.total_patterns).toBe(5);
      expect(all.groups).toEqual([
        { name: 'shop', total: 5, pass_count: 3, fail_count: 2, partial_count: 0, success_rate: 0.6 },
        { name: 'prices', total: 2, pass_count: 0, fail_count: 2, partial_count: 0, success_rate: 0 },
      ]);
      expect(all.trend).toHaveLength(2);
      expect(all.trend[0].period).toBe('2019-12-30');
    });

    test('an unknown project is told what projects there are', async () => {
      const analysis = await server.answer('analyze_code_patterns', { project: 'nowhere' });
      expect(analysis.known_projects).toEqual(expect.arrayContaining(['env', 'keys']));
    });

    test.each([[{ time_range_days: 0 }], [{ group_by: 'author' }], [{ time_range_days: 40_000 }]])(
      '%j is refused',
      async (args) => {
        expect((await server.refusal('analyze_code_patterns', args)).code).toBe('invalid_argument');
      },
    );

    test('a restart gives the same', async () => {
      const before = await server.answer('analyze_code_patterns', { group_by: 'function' });
      await server.stop();
      server = await connectBy(way, folder);
      expect(await server.answer('analyze_code_patterns', { group_by: 'function' })).toEqual(before);
    });
  });

  test('get_memory reads a long attempt slice by slice', async () => {
    const attempt = {
      input_prompt: 'print many lines 🦜',
      generated_code: Array.from({ length: 500 }, (_, i) => `print(${i}) # 🦜`).join('\n'),
      result: 'fail',
      lesson: 'Fewer lines.',
      error_message: 'RuntimeError: too many lines\n'.repeat(100).trim(),
    };
    const { pattern_id } = await server.answer('log_code_attempt', attempt);
    const whole: Record<string, string> = {};
    let slices = 0;
    for (let offset: number | undefined = 0; offset !== undefined; slices++) {
      const slice = await server.answer('get_memory', {
        ref: `pattern-${pattern_id}`,
        offset,
        max_tokens: 700,
      });
      expect(slice).toMatchObject({ pattern_id, result: 'fail', offset });
      for (const text of ['input_prompt', 'generated_code', 'lesson', 'error_message']) {
        whole[text] = (whole[text] ?? '') + (slice[text] ?? '');
      }
      offset = slice.next_offset;
    }
    expect(slices).toBeGreaterThan(3);
    const { result: _result, ...texts } = attempt;
    expect(whole).toEqual(texts);
  });
});
