import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AttemptTally } from '../../src/domain/attempt-tally.ts';
import { type GroupBy, PatternAnalysis } from '../../src/domain/pattern-analysis.ts';
import type { AttemptFact, NewAttempt, Store } from '../../src/domain/ports.ts';
import { limits } from '../../src/limits.ts';
import { alone, newAttempt } from '../storage/made-rows.ts';
import { newStore } from '../storage/opened-store.ts';

function analysisOf(facts: readonly AttemptFact[], groupBy?: GroupBy) {
  const tally = new AttemptTally((ms) => new Date(ms).toISOString().slice(0, 10), groupBy);
  for (const fact of facts) tally.add(fact);
  return tally.analysis();
}

async function analysisAt(
  nowText: string,
  attempts: readonly (Partial<Omit<NewAttempt, 'createdAt'>> & { at: string })[],
): Promise<PatternAnalysis> {
  const { store } = await newStore();
  for (const { at, ...attempt } of attempts) {
    const createdAt = { text: at, ms: Date.parse(at) };
    await store.logAttempt(newAttempt({ ...attempt, createdAt }), alone);
  }
  return new PatternAnalysis(store, () => Date.parse(nowText));
}

test('the window ends to the millisecond, whatever the day', async () => {
  const analysis = await analysisAt('2026-03-02T00:00:01.000Z', [
    { at: '2026-03-01T00:00:00.999Z' },
    { at: '2026-03-01T00:00:01.000Z' },
    { at: '2026-03-01T23:59:59.999Z' },
    { at: '2026-03-02T00:00:00.000Z', result: 'fail' },
  ]);
  const { total, trend } = await analysis.analyze({ scope: 'all', timeRangeDays: 1 });
  expect(total).toBe(3);
  expect(trend).toEqual([
    { period: '2026-03-01', total: 2, pass: 2, fail: 0, partial: 0, successRate: 1 },
    { period: '2026-03-02', total: 1, pass: 0, fail: 1, partial: 0, successRate: 0 },
  ]);
});

test('in a longer window the trend is by week, from Monday to Sunday', async () => {
  const analysis = await analysisAt('2026-03-10T00:00:00Z', [
    { at: '2026-03-01T23:59:59.999Z' },
    { at: '2026-03-02T00:00:00.000Z' },
    { at: '2026-03-08T23:59:59.999Z' },
    { at: '2026-03-09T00:00:00.000Z' },
    { at: '1969-12-31T00:00:00.000Z' },
  ]);
  const { trend } = await analysis.analyze({ scope: 'all', timeRangeDays: 36_500 });
  expect(trend.map(({ period, total }) => [period, total])).toEqual([
    ['1969-12-29', 1],
    ['2026-02-23', 1],
    ['2026-03-02', 2],
    ['2026-03-09', 1],
  ]);
});

test('times are those of the attempts that have one', async () => {
  const at = '2026-03-01T00:00:00Z';
  const times = [10, 20, 30, 1000];
  const analysis = await analysisAt('2026-03-01T01:00:00Z', [
    ...times.map((executionTimeMs) => ({ at, executionTimeMs })),
    { at },
  ]);
  const { executionTime, total } = await analysis.analyze({ scope: 'all', timeRangeDays: 1 });
  expect({ executionTime, total }).toEqual({
    executionTime: { average: 265, median: 25, p95: 1000 },
    total: 5,
  });
});

test('archived attempts and other projects are not counted', async () => {
  const { store } = await newStore();
  const now = newAttempt().createdAt.ms as number;
  for (const project of ['mine', 'mine', 'other']) await store.logAttempt(newAttempt({ project }), alone);
  await store.changeAttempt(1, { archived: true, searchText: '' });
  const analysis = new PatternAnalysis(store, () => now);
  const { total } = await analysis.analyze({ scope: { project: 'mine' }, timeRangeDays: 1 });
  expect(total).toBe(1);
});

test('a time with a zone counts on its day in UTC', async () => {
  const analysis = await analysisAt('2026-03-02T12:00:00Z', [
    { at: '2026-03-02T01:30:00+05:30' },
    { at: '2026-03-01T23:30:00-02:00' },
    { at: '2026-03-02T13:59:59+14:00' },
    { at: '2026-02-28T22:00:00-12:00' },
  ]);
  const { trend } = await analysis.analyze({ scope: 'all', timeRangeDays: 31 });
  expect(trend.map(({ period, total }) => [period, total])).toEqual([
    ['2026-03-01', 3],
    ['2026-03-02', 1],
  ]);
});

test('the environment and chance are counted apart, a timeout is not', async () => {
  const at = '2026-03-01T00:00:00Z';
  const fail = { at, result: 'fail' } as const;
  const analysis = await analysisAt('2026-03-01T01:00:00Z', [
    { at },
    fail,
    { ...fail, errorKind: 'timeout' },
    { ...fail, errorKind: 'environment', errorSignature: 'exception: ECONNREFUSED' },
    { ...fail, errorKind: 'environment', executionTimeMs: 90_000 },
    { at, errorKind: 'flaky' },
  ]);
  expect(await analysis.analyze({ scope: 'all', timeRangeDays: 1 })).toMatchObject({
    total: 3,
    pass: 1,
    fail: 2,
    environmentCount: 2,
    flakyCount: 1,
    topErrors: [],
    executionTime: { average: 0 },
  });
});

const signature = 'exception: TypeError; x is not a function';
function fact(patternId: number, more: Partial<AttemptFact> = {}): AttemptFact {
  return {
    patternId,
    project: null,
    result: 'fail',
    errorKind: null,
    errorSignature: signature,
    testCommand: null,
    executionTimeMs: null,
    createdAtMs: 0,
    functionName: 'f',
    fileName: 'a.ts',
    moduleName: null,
    tags: [],
    repaired: false,
    ...more,
  };
}

test.each([
  ['not one that is open', [fact(1)], false],
  ['one whose last occurrence was repaired', [fact(1), fact(2, { repaired: true })], true],
  ['not one that came back', [fact(1, { repaired: true }), fact(2)], false],
  [
    'not one that is open in another file',
    [fact(1, { fileName: 'b.ts' }), fact(2, { repaired: true })],
    false,
  ],
])('an error is fixed: %s', (_, facts, fixed) => {
  expect(analysisOf(facts).topErrors).toMatchObject([{ count: facts.length, fixed }]);
});

test('more attempts than are held at a time are all counted, also those of one moment', async () => {
  const facts = Array.from({ length: 2 * limits.factsPerPage + 1 }, (_, n) =>
    fact(n + 1, { createdAtMs: n % 3 }),
  );
  const store: Pick<Store, 'attemptFacts'> = {
    attemptFacts: async (_filters, _sinceMs, { after, limit }) => {
      const from = after === null ? 0 : facts.findIndex(({ patternId }) => patternId === after.patternId) + 1;
      return facts.slice(from, from + limit);
    },
  };
  const analysis = new PatternAnalysis(store as Store, () => 10);
  const { total, topErrors } = await analysis.analyze({ scope: 'all', timeRangeDays: 1 });
  expect(total).toBe(facts.length);
  expect(topErrors).toMatchObject([{ count: facts.length, examplePatternId: facts.length }]);
});

const anyFact = fc.record({
  patternId: fc.integer({ min: 1, max: 1_000 }),
  project: fc.constant(null),
  result: fc.constantFrom('pass', 'fail', 'partial', null, 'unknown'),
  errorKind: fc.constantFrom(null, 'code', 'environment', 'timeout', 'flaky'),
  errorSignature: fc.constantFrom(null, 'a', 'b'),
  testCommand: fc.constant(null),
  executionTimeMs: fc.option(fc.integer({ min: 0, max: 10_000 })),
  createdAtMs: fc.integer({ min: 0, max: 10 ** 12 }),
  functionName: fc.constantFrom(null, 'f', 'g'),
  fileName: fc.constant(null),
  moduleName: fc.constant(null),
  tags: fc.subarray(['x', 'y']),
  repaired: fc.boolean(),
});

test('adding a failure never raises a success rate, that of a group and a period neither', () => {
  fc.assert(
    fc.property(
      fc.array(anyFact, { maxLength: 40 }),
      anyFact,
      fc.constantFrom('function', 'tag'),
      (facts, more, groupBy) => {
        const before = analysisOf(facts, groupBy);
        const after = analysisOf([...facts, { ...more, result: 'fail' }], groupBy);
        expect(after.successRate).toBeLessThanOrEqual(before.successRate);
        for (const end of [0, 1] as const) {
          expect(after.successRateInterval[end]).toBeLessThanOrEqual(before.successRateInterval[end] + 1e-12);
        }
        for (const group of after.groups ?? []) {
          const earlier = before.groups?.find(({ name }) => name === group.name);
          expect(group.successRate).toBeLessThanOrEqual(earlier?.successRate ?? 0);
        }
        for (const each of after.trend) {
          const earlier = before.trend.find(({ period }) => period === each.period);
          expect(each.successRate).toBeLessThanOrEqual(earlier?.successRate ?? 0);
        }
      },
    ),
  );
});

test('the interval holds the rate, and pass, fail and partial never exceed the total', () => {
  fc.assert(
    fc.property(fc.array(anyFact, { maxLength: 40 }), (facts) => {
      const { successRate, successRateInterval, total, pass, fail, partial, environmentCount, flakyCount } =
        analysisOf(facts);
      const [low, high] = successRateInterval;
      if (total > 0) expect(low <= successRate + 1e-12 && successRate - 1e-12 <= high).toBe(true);
      expect(pass + fail + partial).toBeLessThanOrEqual(total);
      expect(total + environmentCount + flakyCount).toBe(facts.length);
    }),
  );
});
