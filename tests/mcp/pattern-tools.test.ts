import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connected, connectBy, ways } from './every-way.ts';
import { makeFolder, startServer } from './start-server.ts';

const task = 'Parse durations such as "1h30m" into seconds';
const failing = {
  input_prompt: task,
  generated_code: 'def parse_duration(text):\n    return int(text)\n',
  result: 'FAIL',
  function_name: 'parse_duration',
  file_name: 'src/durations.py',
  error_message: "ValueError: invalid literal for int() with base 10: '1h30m'",
  lesson: 'int() cannot read units: split number and unit first.',
  test_command: 'pytest tests/test_durations.py',
};
const passing = {
  ...failing,
  generated_code:
    'import re\n\ndef parse_duration(text):\n    unit = {"h": 3600, "m": 60, "s": 1}\n' +
    '    return sum(int(n) * unit[u] for n, u in re.findall(r"(\\d+)([hms])", text))\n',
  result: 'pass',
  error_message: null,
  lesson: 'A pattern of number and unit reads every part.',
};

describe.each(ways)('code patterns through a $era client over $transport', (way) => {
  let folder: string;
  let server: Connected;
  let failedId: number;
  let passedId: number;
  beforeAll(async () => {
    folder = await makeFolder();
    server = await connectBy(way, folder);
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  test('log_code_attempt logs a failure', async () => {
    const logged = await server.answer('log_code_attempt', failing);
    expect(logged).toEqual({
      success: true,
      pattern_id: expect.any(Number),
      vector_id: expect.any(Number),
      message: 'Code pattern stored with result: fail',
      linked: [],
      pending_vectors: 0,
      masked: [],
    });
    failedId = logged.pattern_id;
  });

  test('while nothing has passed, a search says that it is a dead end', async () => {
    const found = await server.answer('get_code_patterns', { query: task });
    expect(found.patterns.map((pattern: { id: number }) => pattern.id)).toEqual([failedId]);
    expect(found.dead_end).toMatchObject({ failed_attempts: 1 });
  });

  test('the attempt that passes repairs it', async () => {
    const logged = await server.answer('log_code_attempt', passing);
    expect(logged).toMatchObject({ message: 'Code pattern stored with result: pass', fixes: failedId });
    expect(logged.linked.map((link: { pattern_id: number }) => link.pattern_id)).toContain(failedId);
    passedId = logged.pattern_id;
  });

  test('get_code_patterns gives what passed first, and the repair of what failed', async () => {
    const found = await server.answer('get_code_patterns', { query: 'convert text like 2h15m to seconds' });
    expect(found.count).toBe(found.patterns.length);
    expect(found.query).toBe('convert text like 2h15m to seconds');
    expect(found.confidence).not.toBe('none');
    expect(found).not.toHaveProperty('dead_end');
    const [first, second] = found.patterns;
    expect(first).toMatchObject({
      id: passedId,
      result: 'pass',
      function_name: 'parse_duration',
      generated_code: passing.generated_code,
      attempts: { pass: 1, fail: 1, partial: 0 },
      same_code_ids: [],
      project: null,
    });
    expect(first).not.toHaveProperty('error_message');
    expect(second).toMatchObject({ id: failedId, result: 'fail', fixed_by: { pattern_id: passedId } });
    expect(second.fixed_by.diff).toContain('re.findall');
    expect(second.score).toBeLessThanOrEqual(first.score);
  });

  test('an error text finds the attempt that had it', async () => {
    const found = await server.answer('get_code_patterns', {
      query: "ValueError: invalid literal for int() with base 10: '5m'",
    });
    expect(found.patterns.map((pattern: { id: number }) => pattern.id)).toContain(failedId);
  });

  test('filters keep out what they do not name', async () => {
    const only = await server.answer('get_code_patterns', { query: task, result_filter: 'fail' });
    expect(only.patterns.map((pattern: { id: number }) => pattern.id)).toEqual([failedId]);
    for (const filter of [{ function_name: 'other' }, { file_name: 'other.py' }, { tags: ['other'] }]) {
      const found = await server.answer('get_code_patterns', { query: task, include_weak: true, ...filter });
      expect(found.patterns, JSON.stringify(filter)).toEqual([]);
    }
  });

  test('identical code is shown once', async () => {
    const { pattern_id } = await server.answer('log_code_attempt', passing);
    const found = await server.answer('get_code_patterns', { query: task, result_filter: 'pass' });
    expect(found.patterns).toHaveLength(1);
    expect(found.patterns[0]).toMatchObject({ id: pattern_id, same_code_ids: [passedId] });
    passedId = pattern_id;
  });

  test('get_memory reads an attempt whole', async () => {
    expect(await server.answer('get_memory', { ref: `pattern-${failedId}` })).toMatchObject({
      ref: `pattern-${failedId}`,
      input_prompt: failing.input_prompt,
      generated_code: failing.generated_code,
      error_message: failing.error_message,
      lesson: failing.lesson,
      test_command: failing.test_command,
      result: 'fail',
    });
  });

  test('unrelated tasks get nothing rather than something', async () => {
    const found = await server.answer('get_code_patterns', {
      query: 'render a pie chart of sales by region',
    });
    expect(found).toMatchObject({ confidence: 'none', patterns: [], count: 0 });
  });

  test('a restart gives the same answers', async () => {
    const before = await server.answer('get_code_patterns', { query: task });
    await server.stop();
    server = await connectBy(way, folder);
    expect(await server.answer('get_code_patterns', { query: task })).toEqual(before);
  });

  test.each([
    [{ fixes_pattern_id: 9_999, result: 'pass' }, 'not_found'],
    [{ fixes_pattern_id: 1 }, 'invalid_argument'],
    [{ used_pattern_ids: [9_999] }, 'not_found'],
    [{ execution_time_ms: -1 }, 'invalid_argument'],
    [{ result: 'maybe' }, 'invalid_argument'],
    [{ project: '*' }, 'invalid_argument'],
    [{ language: 'python' }, 'invalid_argument'],
  ])('log_code_attempt with %j is refused: %s', async (args, code) => {
    const { counts } = await server.answer('memory_status');
    expect(await server.refusal('log_code_attempt', { ...failing, ...args })).toMatchObject({ code });
    expect((await server.answer('memory_status')).counts).toEqual(counts);
  });
});

test('long errors keep their head and tail; long code is shown by its first lines unless asked for whole', async () => {
  const server = await startServer();
  const generated_code = Array.from({ length: 100 }, (_, i) => `value_${i} = compute(${i})`).join('\n');
  const error_message = `FIRST ${'x'.repeat(200_000)} LAST`;
  const { pattern_id } = await server.answer('log_code_attempt', {
    input_prompt: 'compute the values',
    generated_code,
    result: 'fail',
    error_message,
  });
  const kept = (await server.answer('get_memory', { ref: `pattern-${pattern_id}` })).error_message;
  expect(kept).toMatch(/^FIRST x/);
  expect(kept).toMatch(/x LAST$/);
  expect(kept.length).toBeLessThan(70_000);

  const ask = { query: 'compute the values', include_weak: true, max_tokens: 100_000 };
  const brief = (await server.answer('get_code_patterns', ask)).patterns[0].generated_code;
  expect(brief).toContain('value_59 ');
  expect(brief).not.toContain('value_60 ');
  const full = await server.answer('get_code_patterns', { ...ask, detail: 'full' });
  expect(full.patterns[0].generated_code).toBe(generated_code);
  await server.stop();
});
