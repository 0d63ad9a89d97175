import { describe, expect, test } from 'vitest';
import type { LogAttemptInput } from '../../src/domain/code-patterns.ts';
import { limits } from '../../src/limits.ts';
import { refusal } from '../storage/opened-store.ts';
import { missingModel } from './opened-memories.ts';
import { ask, attempt, error, opened, others, recordOf, repairedCode } from './story-patterns.ts';

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
