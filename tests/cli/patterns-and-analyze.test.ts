import { expect, test } from 'vitest';
import { ageOf } from '../../src/commands/age.ts';
import { printPatterns } from '../../src/commands/patterns-output.ts';
import { rateBar, sparkLine } from '../../src/commands/rate-drawing.ts';
import { cutToWidth, fitWidth, textWidth } from '../../src/commands/text-width.ts';
import type { FoundPattern } from '../../src/domain/code-patterns.ts';
import { recordingUser, script } from '../record/recording-user.ts';
import { temporaryFolder } from './run-ltmc.ts';

const folder = temporaryFolder();

test('patterns and analyze show recorded attempts, plainly where there is no terminal', async () => {
  const user = recordingUser(folder, { model: true });
  const about = ['--prompt', 'Parse durations such as 1h30m', '--function', 'parseDuration'];
  user.write('parse.js', 'export const parse = (text) => Number(text); // \u001b[2J\n');
  await user.record([...about, ...script("throw new TypeError('no number: 1h30m')")]);
  user.write('parse.js', 'export const parse = (text) => units(text);\n');
  await user.record([...about, ...script('0')]);
  user.write('other.js', 'other\n');
  await user.record([
    '--prompt',
    'Something else entirely',
    ...script("process.kill(process.pid, 'SIGKILL')"),
  ]);

  const shown = await user.ltmc(['patterns', 'parse durations such as 1h30m', '--result', 'FAIL']);
  expect(shown.code).toBe(0);
  expect(shown.stdout).not.toContain('\u001b');
  const [header, ...lines] = shown.stdout.split('\n');
  expect(header).toMatch(/^✖ fail {4}now {2}parseDuration · parse\.js {20,}\d\.\d\d {2}pattern-1$/);
  expect(lines).toContain('  Parse durations such as 1h30m');
  expect(shown.stdout).toContain('repaired by pattern-2 (same_function)');
  expect(shown.stdout).toContain('\\x1b[2J');

  const found = JSON.parse(
    (await user.ltmc(['patterns', 'parse durations such as 1h30m', '--json', '--top-k', '1'])).stdout,
  );
  expect(found).toMatchObject({ success: true, count: 1, mode: 'hybrid' });
  expect(found.patterns[0]).toMatchObject({
    ref: 'pattern-2',
    result: 'pass',
    function_name: 'parseDuration',
  });
  const byFile = await user.ltmc(['patterns', 'parse durations such as 1h30m', '--file', 'nothing.js']);
  expect(byFile.stdout).toContain('No attempt at this is known.');

  const analyzed = await user.ltmc(['analyze', '--by', 'function']);
  expect(analyzed.stdout).toContain(
    '2 code attempts in the last 30 days\n  ✔ 1 passed   ✖ 1 failed   ◐ 0 partial\n',
  );
  expect(analyzed.stdout).toContain('counted apart: 1 of the environment');
  expect(analyzed.stdout).toContain('50 % (9 % to 91 %, 95 %)');
  expect(analyzed.stdout).toMatch(/1× {2}fixed since {2}.*TypeError.* pattern-1\n/);
  expect(analyzed.stdout).toMatch(/parseDuration {2}█{5}░{5} {3}50 % {2}1 of 2 passed/);
  const json = JSON.parse((await user.ltmc(['analyze', '--json', '--days', '1'])).stdout);
  expect(json).toMatchObject({
    success: true,
    time_range_days: 1,
    total_patterns: 2,
    success_rate: 0.5,
    environment_count: 1,
    top_errors: [{ count: 1, example_pattern_id: 1, fixed: true }],
  });
  expect((await user.ltmc(['analyze', '--project', 'unknown/project'])).stdout).toBe(
    'No code attempts in the last 30 days.\n',
  );
});

test.each([
  [['patterns'], 'Expected QUERY'],
  [['patterns', 'x', '--result', 'passed'], 'pass, fail, partial; got "passed"'],
  [['patterns', 'x', '--top-k', '51'], '1 to 50; got 51'],
  [['analyze', '--by', 'author'], 'function, file, module, tag; got "author"'],
  [['analyze', '--days', '0'], 'got 0'],
])('%j is wrong usage', async (words, sentence) => {
  const { code, stdout, stderr } = await recordingUser(folder, { git: false }).ltmc(words);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(sentence);
});

test('without a database there is a sentence, and none is made', async () => {
  const user = recordingUser(folder, { git: false });
  expect(await user.ltmc(['analyze'])).toMatchObject({ code: 1, stdout: '' });
  expect(JSON.parse((await user.ltmc(['patterns', 'x', '--json'])).stdout)).toMatchObject({
    code: 'not_found',
  });
});

const stored: FoundPattern = {
  record: {
    patternId: 12,
    project: null,
    functionName: '長い名前の関数'.repeat(9),
    fileName: 'a.py',
    moduleName: null,
    inputPrompt: `Do it\n${'very '.repeat(60)}long`,
    generatedCode: 'code',
    result: 'pass',
    executionTimeMs: null,
    errorMessage: null,
    errorKind: null,
    errorSignature: null,
    lesson: null,
    testCommand: null,
    commit: null,
    tags: [],
    origin: null,
    createdAt: { text: '', ms: null },
    archived: false,
    vectorId: null,
    familyId: 1,
    fixedBy: null,
  },
  shownCode: `\tindented\n${'x'.repeat(300)}\n${'y\n'.repeat(20)}`,
  score: 0.5,
  sameCodeIds: [],
  attempts: { pass: 1, fail: 0, partial: 0 },
};

test.each([44, 80, 120])('no line is wider than a terminal of %i columns', (columns) => {
  const written: string[] = [];
  const out = Object.assign(Object.create(process.stdout), { isTTY: true, columns }) as NodeJS.WriteStream;
  printPatterns(
    { patterns: [stored], confidence: 'high', search: { mode: 'hybrid' } },
    'all',
    {
      out: (text) => void written.push(text),
      err: () => undefined,
      colour: false,
      streams: { out, err: out },
    },
    0,
  );
  const lines = written.join('').split('\n');
  expect(lines.length).toBeGreaterThan(8);
  for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(columns);
  expect(lines.some((line) => line.includes('… 14 more lines'))).toBe(true);
});

test('widths count columns, not characters', () => {
  expect(textWidth('日本 é e\u0301 👍')).toBe(4 + 1 + 1 + 1 + 1 + 1 + 2);
  expect(cutToWidth('日本語', 5)).toBe('日本…');
  expect(fitWidth('日本語', 4)).toBe('日… ');
  expect(fitWidth('ab', 4, 'right')).toBe('  ab');
});

test('a rate as a bar, with the interval around it', () => {
  expect(rateBar(0.5, [0.25, 0.75], 8)).toBe('██▓▓▒▒░░');
  expect(rateBar(0, [0, 1], 4)).toBe('▒▒▒▒');
  expect(rateBar(1, null, 4)).toBe('████');
});

test('a trend as a line: a sign a period up to now, a dot where nothing was tried', () => {
  const now = Date.parse('2026-03-10T12:00:00Z');
  const days = [
    { period: '2026-03-06', successRate: 0 },
    { period: '2026-03-08', successRate: 1 },
    { period: '2026-03-09', successRate: 0.5 },
  ];
  expect(sparkLine(days, 30, now, 60)).toEqual({ text: '▁·█▅·', unit: 'day' });
  expect(sparkLine(days, 30, now, 3)).toEqual({ text: '█▅·', unit: 'day' });
  // 23 February and 9 March 2026 are Mondays.
  const weeks = [
    { period: '2026-02-23', successRate: 1 },
    { period: '2026-03-09', successRate: 0 },
  ];
  expect(sparkLine(weeks, 90, now, 60)).toEqual({ text: '█·▁', unit: 'week' });
});

test('ages', () => {
  const day = 86_400_000;
  const ages = [0, 59_999, 60_000, day - 1, day, 45 * day, 800 * day].map((ms) =>
    ageOf(1_000 * day - ms, 1_000 * day),
  );
  expect(ages).toEqual(['now', 'now', '1 min', '23 h', '1 d', '1 mo', '2 y']);
  expect(ageOf(null, 0)).toBe('?');
});
