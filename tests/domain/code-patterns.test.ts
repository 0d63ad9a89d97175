import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  CodePatterns,
  type FindPatternsInput,
  type LogAttemptInput,
} from '../../src/domain/code-patterns.ts';
import type { Embedder, PatternRecord, Store } from '../../src/domain/ports.ts';
import { OnnxEmbedder } from '../../src/embedding/onnx-embedder.ts';
import { limits } from '../../src/limits.ts';
import { realWorker } from '../embedding/worker-files.ts';
import { openedStore, refusal } from '../storage/opened-store.ts';
import { temporaryFolder } from '../storage/temporary-folder.ts';
import { missingModel, now } from './opened-memories.ts';

// Loading the model takes longer than most of these tests.
const sharedEmbedder = new OnnxEmbedder({ workerFile: realWorker });
afterAll(() => sharedEmbedder.close());

async function opened(
  embedder: Embedder = sharedEmbedder,
): Promise<{ patterns: CodePatterns; store: Store; embedder: Embedder }> {
  const store = await openedStore({ path: join(temporaryFolder(), 'ltmc.db') });
  let clockMs = now;
  return { patterns: new CodePatterns(store, embedder, () => (clockMs += 60_000)), store, embedder };
}

async function recordOf(store: Store, patternId: number): Promise<PatternRecord> {
  return (await store.getPatterns([patternId]))[0]!;
}

function attempt(more: Partial<LogAttemptInput> = {}): LogAttemptInput {
  return {
    project: 'shop',
    inputPrompt: 'Parse durations such as "1h30m" into seconds',
    generatedCode: 'def parse_duration(text):\n    return int(text)\n',
    result: 'fail',
    functionName: 'parse_duration',
    fileName: 'src/times.py',
    moduleName: null,
    executionTimeMs: 12,
    errorMessage: null,
    errorKind: null,
    lesson: null,
    testCommand: null,
    commit: null,
    tags: [],
    fixesPatternId: null,
    usedPatternIds: [],
    origin: 'agent',
    ...more,
  };
}

function ask(query: string, more: Partial<FindPatternsInput> = {}): FindPatternsInput {
  return {
    scope: { project: 'shop' },
    query,
    topK: 5,
    detail: 'brief',
    maxTokens: 2_000,
    includeWeak: false,
    explain: false,
    ...more,
  };
}

const error = [
  'Traceback (most recent call last):',
  '  File "/home/ann/shop/src/times.py", line 2, in parse_duration',
  "ValueError: invalid literal for int() with base 10: '1h30m'",
].join('\n');
const repairedCode =
  'import re\n\ndef parse_duration(text):\n    parts = re.findall(r"(\\d+)([hms])", text)\n    return sum(int(n) * {"h": 3600, "m": 60, "s": 1}[u] for n, u in parts)\n';

const others: Partial<LogAttemptInput>[] = [
  {
    inputPrompt: 'Render the cart as an HTML table',
    functionName: 'render_cart',
    fileName: 'src/cart.py',
    generatedCode:
      'def render_cart(cart):\n    return "<table>" + "".join(f"<tr><td>{i}</td></tr>" for i in cart) + "</table>"',
    result: 'pass',
  },
  {
    inputPrompt: 'Retry a request with growing pauses',
    functionName: 'fetch_with_retry',
    fileName: 'src/http.py',
    generatedCode:
      'def fetch_with_retry(url):\n    for pause in (1, 2, 4):\n        try:\n            return get(url)\n        except OSError:\n            sleep(pause)',
    result: 'pass',
  },
];

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

describe('what is stored', () => {
  test('secrets are masked in every text before anything else sees them', async () => {
    const { patterns, store } = await opened();
    const secret = `ghp_${'a1B2c3D4e5F6g7H8i9J0'.repeat(2).slice(0, 36)}`;
    const logged = await patterns.log(
      attempt({
        inputPrompt: `Use ${secret}`,
        generatedCode: `TOKEN = "${secret}"`,
        errorMessage: `401 for ${secret}`,
        lesson: `Not ${secret}`,
        functionName: `f_${secret.slice(4, 8)}`,
        testCommand: `TOKEN=${secret} pytest`,
        tags: [secret],
      }),
    );
    expect(logged.masked.map(({ field }) => field).toSorted()).toEqual([
      'error_message',
      'generated_code',
      'input_prompt',
      'lesson',
      'tags',
      'test_command',
    ]);
    const record = await recordOf(store, logged.patternId);
    expect(JSON.stringify(record)).not.toContain(secret);
    expect(record.inputPrompt).toMatch(/^Use \[masked:github-token:[0-9a-f]{4}\]$/);
    const { hits } = await store.searchPatterns(
      { words: [secret.toLowerCase()], vector: null },
      { scope: 'all' },
    );
    expect(hits).toEqual([]);
  });

  test('a long error keeps its head and its tail', async () => {
    const { patterns, store } = await opened(missingModel());
    const message = `HEAD ${'€'.repeat(200_000)} TAIL`;
    const record = await recordOf(store, (await patterns.log(attempt({ errorMessage: message }))).patternId);
    expect(Buffer.byteLength(record.errorMessage!)).toBeLessThanOrEqual(limits.errorBytesMax + 100);
    expect(record.errorMessage).toMatch(/^HEAD €/);
    expect(record.errorMessage).toMatch(/€ TAIL$/);
    expect(record.errorMessage).toContain('bytes left out');
  });

  test('the largest prompt, code and error that are allowed', async () => {
    const { patterns, store } = await opened();
    const { patternId } = await patterns.log(
      attempt({
        inputPrompt: 'p '.repeat(limits.promptBytesMax / 2),
        generatedCode: 'x = "y" # z\n'.repeat(Math.floor(limits.codeBytesMax / 12)),
        errorMessage: 'E'.repeat(limits.errorBytesMax),
      }),
    );
    const record = await recordOf(store, patternId);
    expect(record.inputPrompt).toHaveLength(limits.promptBytesMax);
    expect(record.errorMessage).toHaveLength(limits.errorBytesMax);
  });

  test('times and names are kept as given', async () => {
    const { patterns, store } = await opened(missingModel());
    const given = attempt({
      createdAt: { text: '2020-02-02T02:02:02Z', ms: Date.parse('2020-02-02T02:02:02Z') },
      commit: 'abc',
      moduleName: 'times',
      errorKind: 'timeout',
      tags: ['a', 'b'],
    });
    const { patternId } = await patterns.log(given);
    expect(await recordOf(store, patternId)).toMatchObject({
      createdAt: given.createdAt,
      commit: 'abc',
      moduleName: 'times',
      errorKind: 'timeout',
      tags: ['a', 'b'],
      executionTimeMs: 12,
      origin: 'agent',
    });
  });

  test('used attempts are linked, whatever their project', async () => {
    const { patterns } = await opened();
    const one = await patterns.log(attempt({ project: 'bank' }));
    const two = await patterns.log(attempt({ ...others[0], usedPatternIds: [one.patternId] }));
    expect(two.linked.map((link) => [link.patternId, link.contextType])).toEqual([
      [one.patternId, 'informed_by'],
    ]);
  });
});

describe('without a model', () => {
  test('attempts are stored with their vectors pending and found by word', async () => {
    const { patterns } = await opened(missingModel());
    const failed = await patterns.log(attempt({ lesson: 'Units.', errorMessage: error }));
    expect(failed).toMatchObject({ pendingVectors: 3, modelProblem: expect.any(String) });
    await patterns.log(attempt(others[0]));
    const passed = await patterns.log(attempt({ result: 'pass', generatedCode: repairedCode }));
    expect(passed.fixes).toBe(failed.patternId);
    const found = await patterns.find(ask('durations in seconds'));
    expect(found.search.mode).toBe('lexical');
    expect(found.patterns[0]?.record.patternId).toBe(passed.patternId);
    expect(found.patterns[0]?.similarity).toBeUndefined();
    expect((await patterns.find(ask(error))).patterns[0]?.record.patternId).toBe(failed.patternId);
  });
});

describe('refusals', () => {
  test.each<[string, Partial<LogAttemptInput>, string, RegExp]>([
    [
      'half of a surrogate pair',
      { generatedCode: 'x = "\ud800"' },
      'invalid_argument',
      /generated_code.*offset 5/,
    ],
    [
      'a repair by a failure',
      { fixesPatternId: 1 },
      'invalid_argument',
      /Expected result "pass".*got "fail"/,
    ],
    ['a repair of nothing', { fixesPatternId: 99, result: 'pass' }, 'not_found', /got 99/],
    ['used attempts that are not there', { usedPatternIds: [1, 98, 99] }, 'not_found', /got 98, 99/],
    [
      'a repair of what passed',
      { fixesPatternId: 2, result: 'pass' },
      'invalid_argument',
      /got 2, which passed/,
    ],
  ])('%s, and nothing is stored', async (_name, more, code, message) => {
    const { patterns, store } = await opened(missingModel());
    await patterns.log(attempt());
    await patterns.log(attempt({ ...others[0] }));
    const refused = await refusal(() => patterns.log(attempt(more)));
    expect(refused.code).toBe(code);
    expect(refused.message).toMatch(message);
    expect((await store.status()).counts.patterns).toBe(2);
  });

  test('a query that is no Unicode', async () => {
    const { patterns } = await opened(missingModel());
    expect((await refusal(() => patterns.find(ask('\udc00')))).code).toBe('invalid_argument');
  });
});
