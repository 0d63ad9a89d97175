import { expect, onTestFinished, test } from 'vitest';
import { prepareAttempt } from '../../src/domain/attempt-log.ts';
import { placeAttempt } from '../../src/domain/attempt-placement.ts';
import type { CodePatterns } from '../../src/domain/code-patterns.ts';
import type { Embedder } from '../../src/domain/ports.ts';
import { limits } from '../../src/limits.ts';
import { Database } from '../../src/storage/sqlite/database.ts';
import { insertAttempt } from '../../src/storage/sqlite/pattern-rows.ts';
import { attemptContext } from '../../src/storage/sqlite/related-attempts.ts';
import { vectorOfText } from '../storage/made-vectors.ts';
import { now } from './opened-memories.ts';
import { loggedAttempt, openedPatterns } from './opened-patterns.ts';

const attemptsLogged = 10_000;

/** Vectors that depend on the text alone, and no time of a model's. */
const textEmbedder: Embedder = {
  modelName: 'made',
  dimensions: 384,
  embed: async (texts) => ({ vectors: texts.map(vectorOfText), modelHash: 'made' }),
  tokenMap: async () => ({ ends: new Uint32Array(0), tokens: new Uint32Array(0) }),
  countTokens: async (texts) => texts.map((text) => Math.ceil(text.length / 4)),
  status: () => ({ state: 'ready', modelHash: 'made', textsEmbedded: 0, embeddingMs: 0 }),
  close: async () => {},
};

function nthAttempt(n: number) {
  return loggedAttempt({
    inputPrompt: 'Parse durations such as "1h30m" into seconds',
    generatedCode: `def parse_duration(text):\n    return int(text) + ${n % 3_000}\n`,
    functionName: 'parse_duration',
    fileName: 'src/times.py',
    testCommand: 'pytest -q',
    result: n % 10 === 9 ? 'pass' : 'fail',
    errorMessage: n % 10 === 9 ? null : `ValueError: attempt ${n} at 0x7f${n} is wrong`,
  });
}

async function find(patterns: CodePatterns) {
  return patterns.find({
    scope: { project: 'shop' },
    query: 'parse durations into seconds',
    topK: 50,
    detail: 'brief',
    maxTokens: 2_000,
    includeWeak: true,
    explain: false,
  });
}

/** Logs them as CodePatterns does, but in one transaction: ten thousand take minutes on a busy disk. */
function logAll(path: string): { relatedMost: number; linksMost: number } {
  const database = new Database({ path, programVersion: 'a test', now: Date.now });
  onTestFinished(() => database.close());
  const most = { relatedMost: 0, linksMost: 0 };
  database.write(() => {
    for (let n = 0; n < attemptsLogged; n += 1) {
      const at = { text: new Date(now + n).toISOString(), ms: now + n };
      const { attempt } = prepareAttempt(nthAttempt(n), new Uint8Array(32), at);
      const embeddings = [
        { role: 'prompt' as const, vector: vectorOfText(attempt.inputPrompt) },
        { role: 'code' as const, vector: vectorOfText(attempt.generatedCode) },
      ];
      const logged = { ...attempt, embeddings, modelHash: 'made' };
      const context = attemptContext(database, logged);
      const placement = placeAttempt(logged, context);
      most.relatedMost = Math.max(most.relatedMost, context.related.length);
      most.linksMost = Math.max(most.linksMost, placement.links.length);
      insertAttempt(database, logged, placement, 'a test');
    }
  });
  return most;
}

test(`${attemptsLogged} attempts at one function: what is looked at and shown stays bounded`, async () => {
  const { store, patterns, knownFailures, analysis } = await openedPatterns(textEmbedder);
  const { relatedMost, linksMost } = logAll((await store.status()).databasePath);
  // Prompt, name, file and test command lead to the same newest attempts; their families add their first one each.
  expect(relatedMost).toBeLessThanOrEqual(limits.relatedAttemptsPerKeyMax + 2);
  // Those alike, the repair, and the failures that were the same.
  expect(linksMost).toBeLessThanOrEqual(2 * limits.linkedPatternsMax + 1);

  const familyIds = Array.from({ length: attemptsLogged / limits.familyMembersMax }, (_, index) => index + 1);
  const counts = await store.familyCounts(familyIds);
  expect(counts.size).toBe(familyIds.length);
  expect([...counts.values()].every(({ pass, fail }) => pass + fail === limits.familyMembersMax)).toBe(true);
  expect(await store.familyCounts([familyIds.length + 1])).toEqual(new Map());

  const found = await find(patterns);
  expect(found.patterns).toHaveLength(50);
  expect(found.patterns[0]?.record.result).toBe('pass');
  const shown = found.patterns.flatMap(({ record, sameCodeIds }) => [record.patternId, ...sameCodeIds]);
  expect(new Set(shown).size).toBe(shown.length);
  expect(shown.length).toBeLessThanOrEqual(limits.familiesMetMax * limits.familyMembersMax);

  const check = (n: number) =>
    knownFailures.check({
      scope: { project: 'shop' },
      proposal: nthAttempt(n).generatedCode,
      topK: 5,
      tokensMax: 2_000,
    });
  expect((await check(0)).failures).toMatchObject([{ match: 'same_code', failedTimes: 4 }]);
  expect(await check(9)).toEqual({ failures: [] });

  const { total, pass, topErrors } = await analysis.analyze({ scope: 'all', timeRangeDays: 36_500 });
  expect([total, pass]).toEqual([attemptsLogged, attemptsLogged / 10]);
  expect(topErrors).toMatchObject([{ count: attemptsLogged * 0.9 }]);
}, 120_000);
